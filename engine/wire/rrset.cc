#include "engine/wire/rrset.h"

#include <algorithm>

#include "engine/world/check.h"

namespace wire {
namespace {

using world::OctetView;

/// Octets of a SOA's five numbers.
constexpr size_t kSoaNumbersOctets = 20;

/// Returns the number of the four octets at `at`.
uint32_t Read32(OctetView octets, size_t at) {
  return uint32_t{octets[at]} << 24 | uint32_t{octets[at + 1]} << 16 | uint32_t{octets[at + 2]} << 8 | octets[at + 3];
}

}  // namespace

void RdataList::Add(OctetView rdata) {
  CHECK(rdata.size() <= 0xffff);
  block_.push_back(static_cast<uint8_t>(rdata.size() >> 8));
  block_.push_back(static_cast<uint8_t>(rdata.size()));
  block_.insert(block_.end(), rdata.begin(), rdata.end());
  ++count_;
}

bool RdataList::Contains(OctetView rdata) const {
  return std::any_of(begin(), end(), [rdata](OctetView own) { return std::ranges::equal(own, rdata); });
}

std::optional<Name> TargetName(RrType type, OctetView rdata) {
  switch (type) {
    case RrType::kNs:
    case RrType::kCname:
    case RrType::kDname:
    case RrType::kPtr:
      return Name::FromWire(rdata);
    case RrType::kMx:
      return rdata.size() > 2 ? Name::FromWire(rdata.subspan(2)) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Soa> SoaFromRdata(OctetView rdata) {
  std::optional<Name> primary = Name::FromWirePrefix(rdata);
  if (!primary) return std::nullopt;
  rdata = rdata.subspan(primary->octets().size());
  std::optional<Name> mailbox = Name::FromWirePrefix(rdata);
  if (!mailbox) return std::nullopt;
  rdata = rdata.subspan(mailbox->octets().size());
  if (rdata.size() != kSoaNumbersOctets) return std::nullopt;
  return Soa{.primary = *std::move(primary),
             .mailbox = *std::move(mailbox),
             .serial = Read32(rdata, 0),
             .refresh = Read32(rdata, 4),
             .retry = Read32(rdata, 8),
             .expire = Read32(rdata, 12),
             .minimum = Read32(rdata, 16)};
}

std::optional<RrType> TypeCovered(OctetView rrsig_rdata) {
  if (rrsig_rdata.size() < 2) return std::nullopt;
  return static_cast<RrType>(rrsig_rdata[0] << 8 | rrsig_rdata[1]);
}

}  // namespace wire
