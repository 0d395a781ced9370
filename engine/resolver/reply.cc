#include "engine/resolver/reply.h"

#include <algorithm>
#include <utility>

#include "engine/world/check.h"

namespace resolver {
namespace {

using iteration::AnswerSet;
using iteration::Result;
using iteration::Source;
using wire::Message;
using wire::Rcode;

constexpr size_t kNoLimit = 65'535;
constexpr size_t kFlagsOffset = 2;
constexpr uint8_t kRdBit = 0x01;  // In the third octet (RFC 1035 section 4.1.1).
constexpr uint8_t kTcBit = 0x02;
constexpr uint8_t kAdBit = 0x20;  // In the fourth octet (RFC 4035 section 3.2.3).
constexpr uint8_t kCdBit = 0x10;  // In the fourth octet (RFC 4035 section 3.2.2).

/// Returns a response without records.
Message Begin(const Asking& asking, Rcode rcode, const settings::Settings& settings) {
  Message response;
  response.header = {asking.header.id, asking.header.opcode, rcode, true, false, false, asking.header.rd, true, false,
                     asking.header.cd};
  response.question = asking.question;
  if (asking.edns) response.edns = wire::Edns{settings.server.udp_payload_octets, 0, asking.dnssec_ok, {}, {}};
  return response;
}

/// Copies the sets of an answer into a section, with the TTLs they have left.
void Fill(std::vector<wire::RrSet>& section, const std::vector<AnswerSet>& sets) {
  for (const AnswerSet& set : sets) {
    section.push_back(*set.rrset);
    section.back().ttl = set.ttl;
  }
}

/// Fills the authority section: the SOA of a denial and, for those who ask for DNSSEC, what proves it, and that no name
/// is nearer than the wildcards of the answer (RFC 4035 section 3.1.3).
void FillAuthority(std::vector<wire::RrSet>& section, const Asking& asking, const Result& result) {
  for (const AnswerSet& set : result.denial) {
    if (set.rrset->type != wire::RrType::kSoa && !asking.dnssec_ok) continue;
    section.push_back(*set.rrset);
    section.back().ttl = set.ttl;
  }
  if (!asking.dnssec_ok) return;
  for (const AnswerSet& set : result.answer) {
    if (!set.assurance.backing) continue;
    for (const wire::RrSet& proof : set.assurance.backing->proofs) {
      const auto is_same = [&](const wire::RrSet& s) { return s.type == proof.type && s.owner == proof.owner; };
      if (std::ranges::any_of(section, is_same)) continue;
      section.push_back(proof);
      section.back().ttl = std::min(proof.ttl, set.ttl);
    }
  }
}

/// Returns the least TTL of the answer in seconds; nothing when it has no set.
std::optional<uint32_t> LeastTtl(const Result& result) {
  std::optional<uint32_t> least;
  for (const auto* sets : {&result.answer, &result.denial}) {
    for (const AnswerSet& set : *sets) least = std::min(least.value_or(set.ttl), set.ttl);
  }
  return least;
}

/// Returns the octet after the name that begins at `at`, which may end in a pointer. Requires: a message of our own
/// writing.
size_t SkipName(world::OctetView message, size_t at) {
  while (message[at] != 0) {
    if (message[at] >= 0xc0) return at + 2;
    at += 1U + message[at];
  }
  return at + 1;
}

/// Returns the 16-bit number at an offset.
uint16_t Read16(world::OctetView message, size_t at) {
  return static_cast<uint16_t>(message[at] << 8 | message[at + 1]);
}

/// Returns where the TTLs of a message's records stand, that of OPT left out.
std::vector<uint16_t> TtlOffsets(world::OctetView message) {
  std::vector<uint16_t> offsets;
  size_t at = SkipName(message, wire::kHeaderOctets) + 4;
  const size_t records = size_t{Read16(message, 6)} + Read16(message, 8) + Read16(message, 10);
  for (size_t i = 0; i < records; ++i) {
    at = SkipName(message, at);
    if (wire::RrType{Read16(message, at)} != wire::RrType::kOpt) offsets.push_back(static_cast<uint16_t>(at + 4));
    at += 10U + Read16(message, at + 8);
  }
  CHECK(at == message.size());
  return offsets;
}

/// Cuts a response down to its question and OPT, and sets TC.
void Truncate(world::Octets& response) {
  const size_t question_end = SkipName(response, wire::kHeaderOctets) + 4;
  const auto whole = wire::Parse(response);
  Message rest;
  if (whole) {
    rest.header = whole->header;
    rest.question = whole->question;
    rest.edns = whole->edns;
    rest.header.tc = true;
    response.clear();
    wire::Write(rest, kNoLimit, wire::Signatures::kOmit, response);
  } else {
    response.resize(question_end);
    std::fill(response.begin() + 6, response.begin() + 12, uint8_t{0});
    response[kFlagsOffset] |= kTcBit;
  }
}

}  // namespace

Message MakeResponse(const Asking& asking, const Result& result, const settings::Settings& settings) {
  // RFC 4035 section 5.5: what is bogus is for those alone who check for themselves.
  const bool is_withheld = result.security == dnssec::Security::kBogus && !asking.header.cd;
  Message response = Begin(asking, is_withheld ? Rcode::kServFail : result.rcode, settings);
  if (!is_withheld) {
    Fill(response.answer, result.answer);
    FillAuthority(response.authority, asking, result);
    // RFC 6840 sections 5.7 and 5.8: for those who know the bit.
    response.header.ad = result.security == dnssec::Security::kSecure && (asking.header.ad || asking.dnssec_ok);
  }
  if (response.edns) response.edns->errors = result.errors;
  return response;
}

Message MakeResponse(const Immediate& immediate, const settings::Settings& settings) {
  Message response = Begin(immediate.asking, immediate.rcode, settings);
  response.answer = immediate.answer;
  if (!immediate.echoes_question) response.question.reset();
  if (response.edns && immediate.error) response.edns->errors.push_back(*immediate.error);
  return response;
}

Message MakeFailure(const Asking& asking, const wire::ExtendedError& error, const settings::Settings& settings) {
  return MakeResponse(Immediate{asking, Rcode::kServFail, {}, error, true}, settings);
}

void WriteResponse(const Asking& asking, const Message& response, world::Octets& out) {
  wire::Write(response, asking.limit, asking.dnssec_ok ? wire::Signatures::kInclude : wire::Signatures::kOmit, out);
}

std::optional<cache::ReadyAnswer> MakeReady(const Asking& asking, const Result& result, const Message& response,
                                            world::Instant now) {
  const bool answered = result.rcode == Rcode::kNoError || result.rcode == Rcode::kNxDomain;
  if (!answered || result.security == dnssec::Security::kBogus || !result.errors.empty() ||
      result.source == Source::kRootZone)
    return std::nullopt;
  const auto ttl = LeastTtl(result);
  if (!ttl || *ttl == 0) return std::nullopt;
  cache::ReadyAnswer ready;
  Message kept = response;
  kept.header.ad = result.security == dnssec::Security::kSecure;
  const auto written = wire::Write(
      kept, kNoLimit, asking.dnssec_ok ? wire::Signatures::kInclude : wire::Signatures::kOmit, ready.message);
  if (written.truncated) return std::nullopt;
  ready.ttl_offsets = TtlOffsets(ready.message);
  ready.stored = now;
  ready.expires = now + world::Seconds(*ttl);
  return ready;
}

cache::AnswerKey KeyOf(const Asking& asking) {
  return {asking.question.name.octets(),
          asking.question.type,
          asking.question.rr_class,
          asking.dnssec_ok,
          asking.header.cd,
          asking.edns};
}

void Personalise(const Personal& query, world::Octets& response) {
  response[0] = static_cast<uint8_t>(query.id >> 8);
  response[1] = static_cast<uint8_t>(query.id & 0xff);
  uint8_t* flags = response.data() + kFlagsOffset;
  flags[0] = static_cast<uint8_t>((flags[0] & ~kRdBit) | (query.rd ? kRdBit : 0));
  flags[1] = static_cast<uint8_t>((flags[1] & ~kCdBit) | (query.cd ? kCdBit : 0));
  if (!query.knows_ad) flags[1] = static_cast<uint8_t>(flags[1] & ~kAdBit);
  // Same name, so same length: only the case of letters differs.
  std::copy(query.name.begin(), query.name.end(), response.begin() + wire::kHeaderOctets);
  if (response.size() > query.limit) Truncate(response);
}

}  // namespace resolver
