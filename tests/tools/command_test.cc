#include "tools/taproot/command.h"

#include <doctest/doctest.h>

#include <array>

using taproot::Arguments;
using taproot::Option;
using taproot::Verb;

namespace {

constexpr auto kOptions = std::to_array<Option>({{"--json", "", "x"}, {"--config", "FILE", "y"}});

/// Returns the arguments of words without a mistake.
Arguments Good(const std::vector<std::string>& words) { return std::get<Arguments>(Arguments::Parse(words, kOptions)); }

/// Returns what is wrong with the words.
std::string Wrong(const std::vector<std::string>& words) {
  return std::get<std::string>(Arguments::Parse(words, kOptions));
}

}  // namespace

TEST_CASE("Options stand anywhere, with their value behind a blank or an equals sign") {
  const Arguments arguments = Good({"a", "--config", "f", "b", "--json"});
  CHECK(arguments.Has("--json"));
  CHECK(arguments.Value("--config") == "f");
  CHECK(arguments.words() == std::vector<std::string>{"a", "b"});
  CHECK(Good({"--config=g=h"}).Value("--config") == "g=h");
  CHECK_FALSE(Good({}).Value("--config"));
}

TEST_CASE("After a double dash nothing is an option") {
  CHECK(Good({"--", "--json"}).words() == std::vector<std::string>{"--json"});
}

TEST_CASE("A wrong option is told, with the nearest") {
  CHECK(Wrong({"--jso"}) == "unknown option --jso; did you mean --json?");
  CHECK(Wrong({"--json=1"}) == "--json takes no value");
  CHECK(Wrong({"--config"}) == "--config wants a value: FILE");
}

TEST_CASE("A verb of two words goes before one of one") {
  const auto verbs = std::to_array<Verb>({{.name = "root"}, {.name = "root status"}});
  CHECK(FindVerb(verbs, std::vector<std::string>{"root", "status"}) == &verbs[1]);
  CHECK(FindVerb(verbs, std::vector<std::string>{"root", "other"}) == &verbs[0]);
  CHECK(FindVerb(verbs, std::vector<std::string>{"rot"}) == nullptr);
}
