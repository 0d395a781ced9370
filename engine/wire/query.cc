#include "engine/wire/query.h"

#include "engine/world/limits.h"

namespace wire {
namespace {

/// Octets of an OPT without options: root, type, payload, extended code and flags, length.
constexpr size_t kBareOptOctets = 11;

/// Returns the 16-bit number at an offset. Requires: it is there.
uint16_t Read16(world::OctetView octets, size_t at) { return static_cast<uint16_t>(octets[at] << 8 | octets[at + 1]); }

/// Returns how many octets the uncompressed name at the front takes; 0 where there is none.
size_t NameOctets(world::OctetView octets) {
  size_t at = 0;
  while (at < octets.size() && at < Name::kMaxOctets) {
    const uint8_t label = octets[at];
    if (label == 0) return at + 1;
    if (label > Name::kMaxLabelOctets) return 0;
    at += 1U + label;
  }
  return 0;
}

/// Takes the OPT that is all of `octets`; returns whether it is a bare one of version 0.
bool TakeOpt(world::OctetView octets, PlainQuery& query) {
  if (octets.size() != kBareOptOctets) return false;
  const bool bare = octets[0] == 0 && Read16(octets, 1) == static_cast<uint16_t>(RrType::kOpt) && octets[5] == 0 &&
                    octets[6] == 0 && Read16(octets, 9) == 0;
  if (!bare) return false;
  query.payload_octets = Read16(octets, 3);
  query.dnssec_ok = (octets[7] & 0x80) != 0;
  return true;
}

}  // namespace

std::optional<PlainQuery> ParsePlainQuery(world::OctetView octets) {
  if (octets.size() < kHeaderOctets) return std::nullopt;
  // QR, opcode, AA, TC, RA and rcode are clear; one question, no answer, no authority.
  if ((octets[2] & 0xfe) != 0 || (octets[3] & 0x8f) != 0) return std::nullopt;
  if (Read16(octets, 4) != 1 || Read16(octets, 6) != 0 || Read16(octets, 8) != 0) return std::nullopt;
  const size_t name_octets = NameOctets(octets.subspan(kHeaderOctets));
  const size_t end = kHeaderOctets + name_octets + 4;
  if (name_octets == 0 || octets.size() < end) return std::nullopt;
  PlainQuery query;
  query.id = Read16(octets, 0);
  query.rd = (octets[2] & 0x01) != 0;
  query.ad = (octets[3] & 0x20) != 0;
  query.cd = (octets[3] & 0x10) != 0;
  query.name = octets.subspan(kHeaderOctets, name_octets);
  query.type = RrType{Read16(octets, end - 4)};
  query.rr_class = RrClass{Read16(octets, end - 2)};
  const uint16_t additional = Read16(octets, 10);
  const world::OctetView rest = octets.subspan(end);
  if (additional == 0 && rest.empty()) return query;
  if (additional == 1 && TakeOpt(rest, query)) return query;
  return std::nullopt;
}

bool IsResponseTo(const Opening& opening, uint16_t id, const Question& asked) {
  if (!opening.header.qr || opening.header.id != id) return false;
  if (opening.header.opcode != Opcode::kQuery) return false;
  if (opening.question) return *opening.question == asked;
  // A server that cannot read the query may leave the question out, but only to say so (RFC 1035 section 4.1.1,
  // FORMERR).
  const bool error = opening.header.rcode != Rcode::kNoError && opening.header.rcode != Rcode::kNxDomain;
  return opening.question_count == 0 && error;
}

bool HasTooManyRecords(world::OctetView octets) {
  if (octets.size() < kHeaderOctets) return false;
  const size_t records = size_t{Read16(octets, 6)} + Read16(octets, 8) + Read16(octets, 10);
  return records > world::limits::kMaxRecordsPerMessage;
}

}  // namespace wire
