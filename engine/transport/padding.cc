#include "engine/transport/padding.h"

#include <algorithm>
#include <optional>

#include "engine/wire/edns_options.h"
#include "engine/wire/message.h"

namespace transport {
namespace {

constexpr size_t kBlock = 468;
constexpr size_t kMostOctets = 65'535;

/// A record after its owner: type, class, TTL, length of rdata.
constexpr size_t kRecordHeadOctets = 10;

/// Returns two octets as a number.
size_t NumberAt(const world::Octets& octets, size_t at) { return size_t{octets[at]} << 8 | octets[at + 1]; }

/// Returns where a name ends; nothing where the octets do.
std::optional<size_t> SkipName(const world::Octets& octets, size_t at) {
  constexpr uint8_t kPointer = 0xc0;
  while (at < octets.size()) {
    const uint8_t length = octets[at];
    if ((length & kPointer) == kPointer) return at + 2;
    at += size_t{length} + 1;
    if (length == 0) return at;
  }
  return std::nullopt;
}

/// Returns where the last record begins, after its owner; nothing where there is none, or the message is malformed.
std::optional<size_t> LastRecord(const world::Octets& octets) {
  if (octets.size() < wire::kHeaderOctets || NumberAt(octets, 4) > 1) return std::nullopt;
  std::optional<size_t> at = wire::kHeaderOctets;
  if (NumberAt(octets, 4) == 1) {
    at = SkipName(octets, *at);
    if (!at) return std::nullopt;
    *at += 4;
  }
  const size_t records = NumberAt(octets, 6) + NumberAt(octets, 8) + NumberAt(octets, 10);
  std::optional<size_t> last;
  for (size_t i = 0; i < records; ++i) {
    at = SkipName(octets, *at);
    if (!at || *at + kRecordHeadOctets > octets.size()) return std::nullopt;
    last = at;
    *at += kRecordHeadOctets + NumberAt(octets, *at + kRecordHeadOctets - 2);
    if (*at > octets.size()) return std::nullopt;
  }
  return last;
}

}  // namespace

void PadResponse(world::Octets& response) {
  constexpr size_t kOptType = 41;
  const auto opt = LastRecord(response);
  if (!opt || NumberAt(response, *opt) != kOptType) return;
  const size_t length_at = *opt + kRecordHeadOctets - 2;
  const size_t rdata = NumberAt(response, length_at);
  if (*opt + kRecordHeadOctets + rdata != response.size()) return;
  const size_t beyond = (response.size() + wire::kOptionHeaderOctets) % kBlock;
  const size_t padding = beyond == 0 ? 0 : kBlock - beyond;
  if (response.size() + wire::kOptionHeaderOctets + padding > kMostOctets) return;
  const size_t longer = rdata + wire::kOptionHeaderOctets + padding;
  response[length_at] = static_cast<uint8_t>(longer >> 8);
  response[length_at + 1] = static_cast<uint8_t>(longer & 0xff);
  response.insert(response.end(),
                  {0, wire::kPaddingOption, static_cast<uint8_t>(padding >> 8), static_cast<uint8_t>(padding & 0xff)});
  response.resize(response.size() + padding);
}

}  // namespace transport
