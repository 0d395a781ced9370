#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace dnssec_test {

/// Returns the text of a file; empty where there is none.
inline std::string TextOf(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Returns the text of a root zone from $TAPROOT_SHARED, or else from `folder`; empty, with a word, where it is not at
/// hand: root zones are not in the repository.
inline std::string SharedText(const std::string& folder, const std::string& file) {
  const char* const shared = std::getenv("TAPROOT_SHARED");
  const std::string path = (shared == nullptr ? folder : std::string(shared)) + "/data/" + file;
  std::string text = TextOf(path);
  if (text.empty()) MESSAGE("skipped: ", path, " is not there");
  return text;
}

}  // namespace dnssec_test
