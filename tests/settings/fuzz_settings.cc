// Any text is either settings, which then survive being written and read again, or has mistakes.
#include <cstdint>
#include <string>
#include <variant>

#include "engine/settings/pages.h"
#include "engine/settings/parse.h"
#include "engine/world/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  const std::string text(octets, octets + size);
  const auto parsed = settings::Parse(text);
  if (const auto* mistakes = std::get_if<settings::Mistakes>(&parsed)) {
    CHECK(!mistakes->empty());
    return 0;
  }
  const auto& settings = std::get<settings::Settings>(parsed);
  const auto again = settings::Parse(settings::ToToml(settings));
  CHECK(std::holds_alternative<settings::Settings>(again));
  CHECK(std::get<settings::Settings>(again) == settings);
  return 0;
}
