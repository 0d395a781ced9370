#include "engine/wire/rdata_shape.h"

namespace wire {
namespace {

using world::OctetView;

constexpr Field kRest{Field::Kind::kRest};
constexpr Field kString{Field::Kind::kString};
constexpr Field kStrings{Field::Kind::kStrings};
constexpr Field kName{Field::Kind::kName};
constexpr Field kLegacyName{Field::Kind::kLegacyName};
constexpr Field kWholeName{Field::Kind::kWholeName};

/// Returns a field of `count` octets.
constexpr Field Fixed(uint8_t count) { return {Field::Kind::kOctets, count}; }

/// The types with a shape, by number: up to HTTPS, and CAA at the end.
constexpr size_t kShapes = 66;

/// Returns the shapes of all types below kShapes.
constexpr std::array<Shape, kShapes> MakeShapes() {
  std::array<Shape, kShapes> shapes;
  for (const size_t one_name : {2u, 3u, 4u, 5u, 7u, 8u, 9u, 12u})
    shapes[one_name] = {kName};             // NS MD MF CNAME MB MG MR PTR
  shapes[1] = {Fixed(4)};                   // A
  shapes[6] = {kName, kName, Fixed(20)};    // SOA
  shapes[13] = {kString, kString};          // HINFO
  shapes[14] = {kName, kName};              // MINFO
  shapes[15] = {Fixed(2), kName};           // MX
  shapes[16] = {kStrings};                  // TXT
  shapes[17] = {kLegacyName, kLegacyName};  // RP
  for (const size_t preferred : {18u, 21u, 36u}) shapes[preferred] = {Fixed(2), kLegacyName};  // AFSDB RT KX
  shapes[24] = {Fixed(18), kLegacyName, kRest};                                                // SIG
  shapes[26] = {Fixed(2), kLegacyName, kLegacyName};                                           // PX
  shapes[28] = {Fixed(16)};                                                                    // AAAA
  shapes[30] = {kLegacyName, kRest};                                                           // NXT
  shapes[33] = {Fixed(6), kLegacyName};                                                        // SRV
  shapes[35] = {Fixed(4), kString, kString, kString, kLegacyName};                             // NAPTR
  shapes[39] = {kLegacyName};                                                                  // DNAME
  shapes[43] = {Fixed(4), kRest};                                                              // DS
  shapes[46] = {Fixed(18), kWholeName, kRest};       // RRSIG (RFC 4034 section 3.1.7)
  shapes[47] = {kWholeName, kRest};                  // NSEC (RFC 4034 section 4.1.1)
  shapes[48] = {Fixed(4), kRest};                    // DNSKEY
  shapes[50] = {Fixed(4), kString, kString, kRest};  // NSEC3
  shapes[51] = {Fixed(4), kString};                  // NSEC3PARAM
  shapes[52] = {Fixed(3), kRest};                    // TLSA
  shapes[63] = {Fixed(6), kRest};                    // ZONEMD
  for (const size_t service : {64u, 65u}) shapes[service] = {Fixed(2), kWholeName, kRest};  // SVCB HTTPS (RFC 9460 2.2)
  return shapes;
}

constexpr std::array<Shape, kShapes> kShapeOfType = MakeShapes();
constexpr Shape kShapeOfCaa = {Fixed(1), kString, kRest};
constexpr Shape kUnknown;

/// Returns whether the rdata of a type has another form in each class (RFC 1035 section 3.4, RFC 3596).
bool IsOfInternetOnly(RrType type) { return type == RrType::kA || type == RrType::kAaaa; }

}  // namespace

const Shape& ShapeOf(RrType type, RrClass rr_class) {
  if (rr_class == RrClass::kAny || rr_class == RrClass::kNone) return kUnknown;
  if (rr_class != RrClass::kIn && IsOfInternetOnly(type)) return kUnknown;
  const auto number = static_cast<size_t>(type);
  if (number < kShapes) return kShapeOfType[number];
  return type == RrType::kCaa ? kShapeOfCaa : kUnknown;
}

std::optional<OctetView> FieldReader::Next(Field field, NameBuffer& name) {
  switch (field.kind) {
    case Field::Kind::kRest:
      return Take(message_.size() - at_);
    case Field::Kind::kOctets:
      return Take(field.octets);
    case Field::Kind::kString:
      if (AtEnd()) return std::nullopt;
      return Take(message_[at_] + size_t{1});
    case Field::Kind::kStrings:
      return TakeStrings();
    case Field::Kind::kName:
    case Field::Kind::kLegacyName:
    case Field::Kind::kWholeName:
      break;
  }
  const bool is_whole = field.kind == Field::Kind::kWholeName;
  const std::optional<size_t> after =
      names_.Read(at_, is_whole ? Compression::kForbidden : Compression::kAllowed, name);
  if (!after) return std::nullopt;
  at_ = *after;
  return name.view();
}

std::optional<OctetView> FieldReader::Take(size_t count) {
  if (count > message_.size() - at_) return std::nullopt;
  const OctetView taken = message_.subspan(at_, count);
  at_ += count;
  return taken;
}

std::optional<OctetView> FieldReader::TakeStrings() {
  const size_t start = at_;
  do {
    if (AtEnd() || !Take(message_[at_] + size_t{1})) return std::nullopt;
  } while (!AtEnd());
  return message_.subspan(start);
}

}  // namespace wire
