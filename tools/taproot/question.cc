#include "tools/taproot/question.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>

namespace taproot {

std::optional<wire::Question> QuestionOf(const Arguments& arguments) {
  const auto name = wire::Name::FromText(arguments.Word(0));
  if (!name) {
    fmt::print(stderr, "taproot: `{}` is no domain name\n", arguments.Word(0));
    return std::nullopt;
  }
  const std::string type_text = arguments.Word(1).empty() ? "A" : arguments.Word(1);
  const auto type = wire::RrTypeFromText(type_text);
  if (!type) {
    fmt::print(stderr, "taproot: `{}` is no RR type; AAAA, MX and TYPE65280 are\n", type_text);
    return std::nullopt;
  }
  return wire::Question{*name, *type, wire::RrClass::kIn};
}

std::optional<size_t> CountOf(const Arguments& arguments, std::string_view option, size_t otherwise) {
  const auto text = arguments.Value(option);
  if (!text) return otherwise;
  constexpr size_t kMost = 100'000;
  size_t count = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), count);
  if (error == std::errc{} && end == text->data() + text->size() && count >= 1 && count <= kMost) return count;
  fmt::print(stderr, "taproot: {} wants a number from 1 to {}, not `{}`\n", option, kMost, *text);
  return std::nullopt;
}

}  // namespace taproot
