#include "engine/simulator/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/wire/message.h"

namespace simulator {
namespace {

/// What an answer may take beyond the time that a query has: timers have a grain, hand-overs a way.
constexpr world::Duration kTimeGrain = world::Milliseconds(10);

/// How long after an outage its failures may still be told: remembered ones (RFC 9520), and servers that back off.
constexpr world::Duration kOutageEcho = world::Seconds(15);

/// Returns a wrong judgement.
Judgement Wrong(std::string reason) { return {Verdict::kWrong, std::move(reason)}; }

/// Returns whether rdata of the type holds names whose case is that of a question: the names were compressed from it,
/// or made of it.
bool HoldsCompressibleNames(wire::RrType type) {
  switch (type) {
    case wire::RrType::kNs:
    case wire::RrType::kCname:
    case wire::RrType::kDname:
    case wire::RrType::kSoa:
    case wire::RrType::kPtr:
    case wire::RrType::kMx:
      return true;
    default:
      return false;
  }
}

/// Returns the rdatas in an order of their own, so that sets compare.
std::vector<world::Octets> Sorted(const wire::RrSet& rrset) {
  std::vector<world::Octets> rdatas;
  for (world::OctetView rdata : rrset.rdatas) {
    world::Octets& octets = rdatas.emplace_back(rdata.begin(), rdata.end());
    if (HoldsCompressibleNames(rrset.type)) std::ranges::transform(octets, octets.begin(), wire::Lower);
  }
  std::ranges::sort(rdatas);
  return rdatas;
}

/// Returns whether both are of one name and type.
bool SameKey(const wire::RrSet& a, const wire::RrSet& b) { return a.owner == b.owner && a.type == b.type; }

/// Returns what tells a set from the true one; empty: nothing does.
std::string Difference(const wire::RrSet& truth, const wire::RrSet& told) {
  if (!SameKey(truth, told)) return fmt::format("{}instead of {}", wire::ToText(told), wire::ToText(truth));
  if (Sorted(truth) != Sorted(told)) return fmt::format("{}instead of {}", wire::ToText(told), wire::ToText(truth));
  if (told.ttl > truth.ttl)
    return fmt::format("TTL {} of {} {}, at most {}", told.ttl, told.owner.ToText(), wire::ToText(told.type),
                       truth.ttl);
  return "";
}

/// Returns whether the rcode is one of those with which a resolver says that it failed.
bool IsFailure(wire::Rcode rcode) { return rcode == wire::Rcode::kServFail || rcode == wire::Rcode::kRefused; }

/// Judges what came of a query to which nothing is owed.
Judgement OfNonsense(const Fate& fate) {
  if (fate.drops == 1) return {};
  if (fate.response.size() < wire::kHeaderOctets) return Wrong("nonsense brought less than a header");
  const auto rcode = static_cast<wire::Rcode>(fate.response[3] & 0x0f);
  if (rcode == wire::Rcode::kFormErr || rcode == wire::Rcode::kNotImp) return {};
  return Wrong("nonsense brought " + wire::ToText(rcode));
}

}  // namespace

Judgement Judge::Of(const Asking& asking, const Fate& fate) const {
  if (asking.due == Due::kNothing) return OfNonsense(fate);
  if (fate.drops > 0) return Wrong("dropped");
  const std::optional<wire::Message> response = wire::Parse(fate.response);
  if (!response) return Wrong("a malformed response");
  if (std::string fault = FormFault(asking, fate, *response); !fault.empty()) return Wrong(std::move(fault));
  if (asking.due == Due::kTruth) return OfTruth(asking, fate, *response);
  if (response->header.rcode == wire::Rcode::kRefused && response->answer.empty()) return {};
  return Wrong("a stranger was answered " + wire::ToText(response->header.rcode));
}

std::string Judge::FormFault(const Asking& asking, const Fate& fate, const wire::Message& response) const {
  const wire::Header& header = response.header;
  if (fate.ended - fate.asked > settings_.walk.query_time + kTimeGrain) return "too late";
  if (header.id != asking.id) return "another ID";
  if (!header.qr || !header.rd || !header.ra || header.aa || header.opcode != wire::Opcode::kQuery)
    return "wrong flags";
  if (!response.question || *response.question != asking.question) return "another question";
  if (!response.question->name.SameCase(asking.question.name)) return "the question in another case";
  if (response.edns.has_value() != asking.has_edns) return "EDNS where there was none, or none where there was";
  const bool is_udp = asking.client.via == world::Protocol::kUdp;
  const size_t most = is_udp ? std::min<size_t>(asking.most_octets, settings_.server.udp_payload_octets) : 65'535;
  if (fate.response.size() > most) return fmt::format("{} octets, at most {}", fate.response.size(), most);
  if (header.tc && !is_udp) return "truncated over TCP";
  return "";
}

Judgement Judge::OfTruth(const Asking& asking, const Fate& fate, const wire::Message& response) const {
  if (IsFailure(response.header.rcode)) return OfFailure(asking, fate);
  const Truth truth = internet_.TruthOf(asking.question, fate.ended);
  const bool is_as_good = truth.perhaps_nxdomain && response.header.rcode == wire::Rcode::kNxDomain;
  if (response.header.rcode != truth.rcode && !is_as_good) {
    return Wrong(fmt::format("{} instead of {}", wire::ToText(response.header.rcode), wire::ToText(truth.rcode)));
  }
  if (std::string stray = StrayRecord(response, fate.ended); !stray.empty()) return Wrong("stray: " + stray);
  if (response.header.tc) return {Verdict::kTruncated, ""};
  if (std::string fault = AnswerFault(truth, response); !fault.empty()) return Wrong(std::move(fault));
  return {};
}

Judgement Judge::OfFailure(const Asking& asking, const Fate& fate) const {
  if (network_.IsDown(fate.asked - kOutageEcho, fate.ended)) return {Verdict::kExcused, "the uplink was down"};
  for (world::Instant at : {fate.asked, fate.ended}) {
    const Truth truth = internet_.TruthOf(asking.question, at);
    if (truth.unreachable || truth.uncertain) return {Verdict::kExcused, "no server works"};
  }
  return {Verdict::kUnlucky, "a failure although a server works"};
}

std::string Judge::AnswerFault(const Truth& truth, const wire::Message& response) const {
  if (response.answer.size() != truth.answer.size()) {
    return fmt::format("{} sets in the answer instead of {}", response.answer.size(), truth.answer.size());
  }
  for (size_t i = 0; i < truth.answer.size(); ++i) {
    if (std::string what = Difference(truth.answer[i], response.answer[i]); !what.empty()) return what;
  }
  return "";
}

std::string Judge::StrayRecord(const wire::Message& response, world::Instant at) const {
  for (const auto* section : {&response.authority, &response.additional}) {
    for (const wire::RrSet& told : *section) {
      // The engines take up one root zone after another, each with a serial of its own.
      if (told.owner.IsRoot() && told.type == wire::RrType::kSoa) continue;
      const Truth truth = internet_.TruthOf({told.owner, told.type, told.rr_class}, at);
      const auto same = [&told](const wire::RrSet& held) { return Difference(held, told).empty(); };
      if (!std::ranges::any_of(truth.answer, same)) return wire::ToText(told);
    }
  }
  return "";
}

}  // namespace simulator
