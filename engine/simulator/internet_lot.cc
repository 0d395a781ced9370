#include "engine/simulator/internet_lot.h"

namespace simulator {

Lot LotOf(uint64_t seed, const wire::Name& name) {
  uint64_t hash = Scramble(seed) ^ 0xcbf29ce484222325ULL;
  for (uint8_t octet : name.octets()) hash = (hash ^ wire::Lower(octet)) * 0x100000001b3ULL;
  return Lot{Scramble(hash)};
}

}  // namespace simulator
