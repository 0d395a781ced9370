/// Any octets: what parses prints, and what ldns prints of an rdata it reads again.
#include <cstdlib>

#include "engine/wire/message.h"

using world::OctetView;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  const OctetView input(octets, size);
  if (const std::optional<wire::Message> message = wire::Parse(input)) {
    if (wire::ToText(*message).empty()) std::abort();
  }
  if (size < 2) return 0;
  const auto type = static_cast<wire::RrType>(octets[0] << 8 | octets[1]);
  if (wire::RdataToText(type, input.subspan(2)).empty()) std::abort();
  const std::string text(input.begin() + 2, input.end());
  if (const std::optional<world::Octets> rdata = wire::RdataFromText(type, text)) {
    if (wire::RdataToText(type, *rdata).empty()) std::abort();
  }
  return 0;
}
