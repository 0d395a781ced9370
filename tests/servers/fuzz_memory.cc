#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/servers/memory.h"

/// Reads any octets behind the file's beginning, with the checksum that they need: what is taken for a memory is
/// written and read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  constexpr std::string_view kBegin = "taproot servers 4\n";
  constexpr world::Now kNow{world::Instant(world::Seconds(1'000)), world::WallTime(world::Seconds(1'790'000'000))};
  world::Octets file(kBegin.begin(), kBegin.end());
  file.insert(file.end(), octets, octets + size);
  uint64_t sum = 0xcbf29ce484222325;
  for (const uint8_t octet : file) sum = (sum ^ octet) * 0x100000001b3;
  for (int shift = 56; shift >= 0; shift -= 8) file.push_back(static_cast<uint8_t>(sum >> shift));
  const auto memory = servers::Decode(file, kNow);
  if (!memory.ok()) return 0;
  const auto again = servers::Decode(servers::Encode(*memory, kNow), kNow);
  if (!again.ok() || again->addresses.size() != memory->addresses.size() ||
      again->zones.size() != memory->zones.size()) {
    std::abort();
  }
  return 0;
}
