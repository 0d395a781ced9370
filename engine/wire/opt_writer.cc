#include "engine/wire/opt_writer.h"

#include <algorithm>
#include <string_view>

#include "engine/wire/edns_options.h"
#include "engine/world/check.h"

namespace wire {
namespace {

using world::Octets;
using world::OctetView;

/// The INFO-CODE of an Extended DNS Error (RFC 8914 section 2).
constexpr size_t kInfoCodeOctets = 2;
constexpr size_t kMostRdataOctets = 0xffff;

/// Adds a number in two octets.
void Append16(size_t number, Octets& out) {
  out.push_back(static_cast<uint8_t>(number >> 8));
  out.push_back(static_cast<uint8_t>(number));
}

/// Returns as much of UTF-8 `text` as fits into `most` octets without cutting a character.
std::string_view CutText(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<uint8_t>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

/// Adds options while there is room for them.
class OptionWriter {
 public:
  OptionWriter(size_t room, Octets& out) : room_(room), out_(out) {}

  /// Adds the error, with as much of its text as leaves `kept` octets of room; returns false where not even the code
  /// fits.
  bool Add(const ExtendedError& error, size_t kept) {
    constexpr size_t kLeast = kOptionHeaderOctets + kInfoCodeOctets;
    if (room_ < kLeast) return false;
    const size_t spare = room_ - kLeast > kept ? room_ - kLeast - kept : 0;
    const std::string_view text = CutText(error.text, spare);
    Append16(kExtendedErrorOption, out_);
    Append16(kInfoCodeOctets + text.size(), out_);
    Append16(static_cast<uint16_t>(error.code), out_);
    out_.insert(out_.end(), text.begin(), text.end());
    room_ -= kLeast + text.size();
    return true;
  }

  /// Adds the option; returns false where it does not fit.
  bool Add(const EdnsOption& option) {
    if (room_ < kOptionHeaderOctets + option.value.size()) return false;
    Append16(option.code, out_);
    Append16(option.value.size(), out_);
    out_.insert(out_.end(), option.value.begin(), option.value.end());
    room_ -= kOptionHeaderOctets + option.value.size();
    return true;
  }

 private:
  size_t room_;
  Octets& out_;
};

/// Returns how many octets the options take that are not Extended DNS Errors.
size_t OptionOctets(const Edns& edns) {
  size_t octets = 0;
  for (const EdnsOption& option : edns.options) octets += kOptionHeaderOctets + option.value.size();
  return octets;
}

}  // namespace

size_t LeastOptOctets(const Edns& edns) {
  return kBareOptOctets + OptionOctets(edns) + edns.errors.size() * (kOptionHeaderOctets + kInfoCodeOctets);
}

size_t WholeOptOctets(const Edns& edns) {
  size_t octets = LeastOptOctets(edns);
  for (const ExtendedError& error : edns.errors) octets += error.text.size();
  return octets;
}

void WriteOpt(const Edns& edns, Rcode rcode, size_t room, Octets& out) {
  CHECK(room >= kBareOptOctets);
  out.push_back(0);
  Append16(static_cast<uint16_t>(RrType::kOpt), out);
  Append16(edns.payload_octets, out);
  out.push_back(static_cast<uint8_t>(static_cast<uint16_t>(rcode) >> 4));  // RFC 6891 section 6.1.3.
  out.push_back(edns.version);
  Append16(edns.dnssec_ok ? 0x8000 : 0, out);
  const size_t length_at = out.size();
  Append16(0, out);

  OptionWriter writer(std::min(room - kBareOptOctets, kMostRdataOctets), out);
  size_t kept = LeastOptOctets(edns) - kBareOptOctets;
  for (const ExtendedError& error : edns.errors) {
    kept -= kOptionHeaderOctets + kInfoCodeOctets;
    if (!writer.Add(error, kept)) break;
  }
  for (const EdnsOption& option : edns.options) {
    if (!writer.Add(option)) break;
  }
  const size_t length = out.size() - length_at - 2;
  out[length_at] = static_cast<uint8_t>(length >> 8);
  out[length_at + 1] = static_cast<uint8_t>(length);
}

}  // namespace wire
