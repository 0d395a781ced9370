// Any octets as the messages of an answer to IXFR, each with a length of two octets before it: an error, or a newer
// zone that its own text makes again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "engine/zone/incremental.h"
#include "engine/zone/verified_copy.h"

namespace {

constexpr std::string_view kSince =
    ". 60 IN SOA a. b. 1 1800 900 604800 5\n. 60 IN NS a.\na. 60 IN A 192.0.2.1\nb. 60 IN NS a.\n";

/// Returns the zone of a text.
absl::StatusOr<zone::Snapshot> Parse(std::string_view text) {
  return zone::Zone::Parse({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, "fuzz", zone::LoadOptions{});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  constexpr uint16_t kId = 0;
  const zone::Snapshot since = *Parse(kSince);
  world::OctetView rest(octets, size);
  zone::IncrementalTransfer transfer("fuzz", *since, kId);
  while (rest.size() >= 2) {
    const size_t length = size_t{rest[0]} << 8 | rest[1];
    if (length > rest.size() - 2) break;
    const world::OctetView message = rest.subspan(2, length);
    rest = rest.subspan(2 + length);
    const auto taken = transfer.Take(message);
    if (!taken.ok()) return 0;
    if (!taken->has_value()) continue;
    const auto* zone = std::get_if<zone::Snapshot>(&**taken);
    if (zone == nullptr) return 0;
    const auto again = Parse(zone::CopyText({.source = "fuzz", .fetched = {}, .checked = {}}, **zone));
    if (again.ok() && !(*again)->SameContent(**zone)) std::abort();
    return 0;
  }
  return 0;
}
