#include "engine/dnssec/canonical.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/wire/rdata_shape.h"

namespace dnssec {
namespace {

using wire::Field;
using wire::RrType;
using world::Octets;
using world::OctetView;

/// Returns whether a name in this field of the type's rdata is written in lower case.
bool IsLowered(Field::Kind kind, RrType type) {
  switch (kind) {
    case Field::Kind::kName:
    case Field::Kind::kLegacyName:
      return true;
    case Field::Kind::kWholeName:
      return type == RrType::kRrsig;  // RFC 6840 section 5.1: the signer is, the next name of an NSEC is not.
    case Field::Kind::kRest:
    case Field::Kind::kOctets:
    case Field::Kind::kString:
    case Field::Kind::kStrings:
      return false;
  }
  return false;
}

}  // namespace

Octets CanonicalRdata(RrType type, wire::RrClass rr_class, OctetView rdata) {
  Octets canonical;
  canonical.reserve(rdata.size());
  wire::FieldReader reader(rdata, 0, rdata.size());
  wire::NameBuffer name;
  for (const Field& field : wire::ShapeOf(type, rr_class).fields()) {
    const std::optional<OctetView> octets = reader.Next(field, name);
    if (!octets) return {rdata.begin(), rdata.end()};
    const size_t start = canonical.size();
    Append(*octets, canonical);
    if (!IsLowered(field.kind, type)) continue;
    // Length octets are below 'A'.
    std::transform(canonical.begin() + static_cast<ptrdiff_t>(start), canonical.end(),
                   canonical.begin() + static_cast<ptrdiff_t>(start), wire::Lower);
  }
  if (!reader.AtEnd()) return {rdata.begin(), rdata.end()};
  return canonical;
}

Octets CanonicalRecords(const CanonicalOwner& owner, const wire::RdataList& rdatas) {
  std::vector<Octets> ordered;
  ordered.reserve(rdatas.size());
  size_t size = 0;
  const wire::Name lowered = owner.name.Lowered();
  for (const OctetView rdata : rdatas) {
    ordered.push_back(CanonicalRdata(owner.type, owner.rr_class, rdata));
    size += lowered.octets().size() + 10 + ordered.back().size();
  }
  // RFC 4034 section 6.3: as sequences of unsigned octets, where a shorter one that is a prefix comes first.
  std::ranges::sort(ordered);
  ordered.erase(std::unique(ordered.begin(), ordered.end()), ordered.end());
  Octets out;
  out.reserve(size);
  for (const Octets& rdata : ordered) {
    Append(lowered.octets(), out);
    Append16(static_cast<uint16_t>(owner.type), out);
    Append16(static_cast<uint16_t>(owner.rr_class), out);
    Append32(owner.ttl, out);
    Append16(static_cast<uint16_t>(rdata.size()), out);
    Append(rdata, out);
  }
  return out;
}

void Append16(uint16_t number, Octets& out) {
  out.push_back(static_cast<uint8_t>(number >> 8));
  out.push_back(static_cast<uint8_t>(number));
}

void Append32(uint32_t number, Octets& out) {
  Append16(static_cast<uint16_t>(number >> 16), out);
  Append16(static_cast<uint16_t>(number), out);
}

void Append(OctetView octets, Octets& out) { out.insert(out.end(), octets.begin(), octets.end()); }

}  // namespace dnssec
