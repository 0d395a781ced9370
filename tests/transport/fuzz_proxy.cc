#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/transport/proxy_header.h"

/// Reads a header: what it takes is there, and any beginning of it is unfinished, nothing else.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  const world::OctetView stream(octets, size);
  const auto read = transport::ReadProxyHeader(stream);
  const auto* header = std::get_if<transport::ProxyHeader>(&read);
  if (header == nullptr) return 0;
  if (header->octets > size) std::abort();
  for (size_t i = 0; i < header->octets; ++i) {
    if (!std::holds_alternative<transport::ProxyUnfinished>(transport::ReadProxyHeader(stream.first(i)))) std::abort();
  }
  return 0;
}
