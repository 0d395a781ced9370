#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/transport/http1.h"

/// Reads a response twice, whole and octet by octet: both must come to the same, within the bound.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  constexpr size_t kBound = 4096;
  const world::OctetView stream(octets, size);
  transport::Http1Reader whole(kBound);
  whole.Take(stream);
  whole.End();
  transport::Http1Reader pieces(kBound);
  for (size_t at = 0; at < size; ++at) pieces.Take(stream.subspan(at, 1));
  pieces.End();
  if (whole.state() != pieces.state() || whole.status() != pieces.status() || whole.body() != pieces.body() ||
      whole.body().size() > kBound) {
    std::abort();
  }
  return 0;
}
