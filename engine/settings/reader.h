#pragma once

#include <toml++/toml.h>
#include <string>
#include <string_view>

#include "engine/settings/parse.h"
#include "engine/settings/table.h"

namespace settings {

/// Gathers the mistakes of a file while it is read.
class MistakeList {
 public:
  /// Tells of a mistake at a place of the file.
  void Add(const toml::source_position& at, std::string text);

  /// Tells that a value is not one that its setting may have: `subject: found ..., expected ...`.
  void AddWrong(const toml::node& node, std::string_view subject, std::string_view expected);

  bool empty() const { return mistakes_.empty(); }
  size_t size() const { return mistakes_.size(); }

  /// Gives the mistakes away, in the order of their places, at most kMaxMistakes.
  Mistakes Take();

 private:
  Mistakes mistakes_;
};

/// Returns what a node is, for people: `the number 3`, `"abc"`, `a list`.
std::string Describe(const toml::node& node);

/// Reads the settings of a whole file into `settings`, which has the defaults so far; tells what is wrong with them.
void ReadSettings(const toml::table& file, Settings& settings, MistakeList& mistakes);

/// Reads one setting's value: one overload for each type that a setting may have. What is wrong is told, and then the
/// value stays as it was.
void ReadValue(const toml::node& node, const Row& row, bool& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, uint16_t& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, int& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, size_t& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, std::string& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, world::Duration& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, wire::Name& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, QnameMinimisation& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, Strategy& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, Fallback& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, RouteAction& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, ZonemdPolicy& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, LogLevel& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, LogFormat& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, std::vector<world::Endpoint>& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, std::vector<wire::Name>& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, std::vector<std::string>& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, std::vector<UpstreamUrl>& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, std::vector<world::Prefix>& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, std::vector<ZoneSource>& value, MistakeList& mistakes);
void ReadValue(const toml::node& node, const Row& row, std::vector<NegativeAnchor>& value, MistakeList& mistakes);

}  // namespace settings
