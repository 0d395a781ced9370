#include "tools/taproot/settings_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "engine/settings/parse.h"
#include "engine/world/limits.h"

namespace taproot {
namespace {

constexpr std::string_view kUsualPath = "/etc/taproot/taproot.toml";

/// Closes a file of the C library.
struct FileCloser {
  void operator()(FILE* file) const { static_cast<void>(std::fclose(file)); }
};

}  // namespace

SettingsPath PathOfSettings(const Arguments& arguments) {
  const auto given = arguments.Value("--config");
  return given ? SettingsPath{*given, true} : SettingsPath{std::string(kUsualPath), false};
}

std::optional<std::string> ReadFile(const std::string& path) {
  const std::unique_ptr<FILE, FileCloser> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return std::nullopt;
  std::string content(world::limits::kMaxZoneOctets + 1, '\0');  // One more than any reader takes, so that it is told.
  content.resize(std::fread(content.data(), 1, content.size(), file.get()));
  if (std::ferror(file.get()) != 0) return std::nullopt;
  return content;
}

std::optional<settings::Settings> LoadSettings(const Arguments& arguments) {
  const SettingsPath from = PathOfSettings(arguments);
  const auto text = ReadFile(from.path);
  if (!text && errno == ENOENT && !from.is_given) return settings::Settings();
  if (!text) {
    fmt::print(stderr, "{}: {}\n", from.path, std::strerror(errno));
    return std::nullopt;
  }
  auto parsed = settings::Parse(*text);
  if (auto* good = std::get_if<settings::Settings>(&parsed)) return std::move(*good);
  const auto& mistakes = std::get<settings::Mistakes>(parsed);
  for (const settings::Mistake& mistake : mistakes) {
    fmt::print(stderr, "{}\n", settings::ToText(mistake, from.path));
  }
  return std::nullopt;
}

}  // namespace taproot
