#include "engine/wire/opt_reader.h"

#include "engine/wire/edns_options.h"
#include "engine/world/limits.h"

namespace wire {
namespace {

using world::OctetView;

constexpr uint32_t kDnssecOk = 0x8000;

/// Returns the number of the two octets at `at`.
uint16_t Read16(OctetView octets, size_t at) { return static_cast<uint16_t>(octets[at] << 8 | octets[at + 1]); }

/// Returns how many octets the well-formed UTF-8 character at the start of `text` has (RFC 3629 section 4), or 0 when
/// it is none or a control character.
size_t Utf8Length(OctetView text) {
  const uint8_t lead = text[0];
  if (lead < 0x80) return lead >= ' ' && lead != 0x7f ? 1 : 0;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((text[i] & 0xc0) != 0x80) return 0;
  }
  const bool is_control = lead == 0xc2 && text[1] < 0xa0;  // U+0080 to U+009F.
  const bool is_overlong = (lead == 0xe0 && text[1] < 0xa0) || (lead == 0xf0 && text[1] < 0x90);
  const bool is_surrogate = lead == 0xed && text[1] >= 0xa0;
  const bool is_too_great = lead == 0xf4 && text[1] >= 0x90;
  return is_control || is_overlong || is_surrogate || is_too_great ? 0 : length;
}

/// Returns `octets` as UTF-8 without control characters: `?` stands for each octet that is not. What a stranger wrote
/// into a message is shown to people, terminals and JSON readers.
std::string PrintableUtf8(OctetView octets) {
  std::string text;
  text.reserve(octets.size());
  while (!octets.empty()) {
    const size_t length = Utf8Length(octets);
    if (length == 0) {
      text += '?';
      octets = octets.subspan(1);
      continue;
    }
    text.append(reinterpret_cast<const char*>(octets.data()), length);
    octets = octets.subspan(length);
  }
  return text;
}

/// Adds one option to `edns`. An Extended DNS Error without a code is kept as the octets that it is.
void AddOption(uint16_t code, OctetView value, Edns& edns) {
  if (code != kExtendedErrorOption || value.size() < 2) {
    edns.options.push_back({.code = code, .value = world::Octets(value.begin(), value.end())});
    return;
  }
  edns.errors.push_back({.code = static_cast<EdeCode>(Read16(value, 0)), .text = PrintableUtf8(value.subspan(2))});
}

}  // namespace

uint16_t ExtendedRcodeBits(const OptFields& fields) { return static_cast<uint16_t>(fields.flags >> 24 << 4); }

std::optional<Edns> ReadOpt(const OptFields& fields, OctetView options) {
  Edns edns{.payload_octets = fields.payload_octets,
            .version = static_cast<uint8_t>(fields.flags >> 16),
            .dnssec_ok = (fields.flags & kDnssecOk) != 0,
            .errors = {},
            .options = {}};
  for (size_t count = 0; !options.empty(); ++count) {
    if (options.size() < 4 || count == world::limits::kMaxEdnsOptions) return std::nullopt;
    const size_t length = Read16(options, 2);
    if (length > options.size() - 4) return std::nullopt;
    AddOption(Read16(options, 0), options.subspan(4, length), edns);
    options = options.subspan(4 + length);
  }
  return edns;
}

}  // namespace wire
