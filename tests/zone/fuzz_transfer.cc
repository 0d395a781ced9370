// Any octets as the messages of a zone transfer, each with a length of two octets before it: an error, or a zone that
// its own text makes again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/zone/transfer.h"
#include "engine/zone/verified_copy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  constexpr uint16_t kId = 0;
  world::OctetView rest(octets, size);
  zone::Transfer transfer("fuzz", wire::Name(), kId);
  while (rest.size() >= 2) {
    const size_t length = size_t{rest[0]} << 8 | rest[1];
    if (length > rest.size() - 2) break;
    const world::OctetView message = rest.subspan(2, length);
    rest = rest.subspan(2 + length);
    static_cast<void>(zone::SoaOfResponse(message, kId, wire::Name()));
    const auto taken = transfer.Take(message);
    if (!taken.ok()) return 0;
    if (*taken == nullptr) continue;
    const std::string text = zone::CopyText({.source = "fuzz", .fetched = {}, .checked = {}}, **taken);
    const auto again =
        zone::Zone::Parse({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, "again", zone::LoadOptions{});
    if (again.ok() && !(*again)->SameContent(**taken)) std::abort();
    return 0;
  }
  static_cast<void>(zone::ReadCopyHead({octets, size}));
  return 0;
}
