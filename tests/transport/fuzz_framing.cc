#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/transport/framing.h"

/// Reads a stream twice, in pieces and whole: both must cut the same messages (RFC 7766 section 8). The first octet is
/// the size of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  if (size < 1) return 0;
  const size_t step = size_t{octets[0]} + 1;
  const world::OctetView stream(octets + 1, size - 1);
  constexpr size_t kBound = 4096;

  world::Octets whole;
  transport::FrameReader reader(kBound);
  for (auto cut = reader.Next(stream); cut.message; cut = reader.Next(cut.rest)) {
    transport::AppendFrame(*cut.message, whole);
  }

  world::Octets pieces;
  transport::FrameReader slow(kBound);
  for (size_t at = 0; at < stream.size(); at += step) {
    const auto piece = stream.subspan(at, step < stream.size() - at ? step : stream.size() - at);
    for (auto cut = slow.Next(piece); cut.message; cut = slow.Next(cut.rest)) {
      transport::AppendFrame(*cut.message, pieces);
    }
  }
  if (whole != pieces || reader.Broken() != slow.Broken()) std::abort();
  return 0;
}
