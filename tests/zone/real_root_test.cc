// Root zones as they are published: not in the repository, skipped where they are not at hand.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>

#include "tests/zone/zone_text.h"

namespace {

using wire::RrType;
using zone_test::N;

/// Returns the file's text from $TAPROOT_SHARED or ../shared beside the source folder; empty, with a word, if absent.
std::string Text(const std::string& file) {
  const char* const shared = std::getenv("TAPROOT_SHARED");
  const std::string path = (shared == nullptr ? std::string(SHARED_FOLDER) : std::string(shared)) + "/data/" + file;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) MESSAGE("skipped: ", path, " is not there");
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("The root zone of 2026 is read whole") {
  const std::string text = Text("root-2026082201.zone");
  if (text.empty()) return;
  const auto parsed = zone_test::Parse(text);
  REQUIRE_MESSAGE(parsed.ok(), zone_test::ErrorOf(parsed));
  const zone::Zone& root = **parsed;
  CHECK(root.serial() == 2026082201);
  CHECK(root.record_count() == 22094);
  CHECK(root.delegation_count() == 1438);
  CHECK(std::holds_alternative<zone::Referral>(root.Find(N("www.example.com."), RrType::kA)));
  CHECK(std::holds_alternative<zone::NxDomain>(root.Find(N("printer.local."), RrType::kA)));
  CHECK(std::get<zone::Referral>(root.Find(N("com."), RrType::kA)).glue.size() == 26);
}

TEST_CASE("The signed root zone of 2020 is read whole, its signatures with the sets they cover") {
  const std::string text = Text("root-2020101902-signed.zone");
  if (text.empty()) return;
  const auto parsed = zone_test::Parse(text);
  REQUIRE_MESSAGE(parsed.ok(), zone_test::ErrorOf(parsed));
  CHECK((*parsed)->record_count() == 21591);
  CHECK((*parsed)->soa_rrset().signatures.size() == 1);
  CHECK((*parsed)->Exact(N("com."), RrType::kDs)->signatures.size() == 1);
}

TEST_CASE("A real root zone cut short at the end of a line is refused") {
  const std::string text = Text("root-2026082201.zone");
  if (text.empty()) return;
  size_t end = 0;
  for (int line = 1; (end = text.find('\n', end)) != std::string::npos; ++line) {
    ++end;
    if (line % 2000 != 0) continue;
    INFO(line);
    CHECK_FALSE(zone_test::Parse(std::string_view(text).substr(0, end)).ok());
  }
}
