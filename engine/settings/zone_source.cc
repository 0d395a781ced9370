#include "engine/settings/zone_source.h"

#include <fmt/format.h>

#include <variant>

#include "engine/settings/upstream_url.h"
#include "engine/world/check.h"

namespace settings {
namespace {

constexpr std::string_view kFileStart = "file:";
constexpr std::string_view kAxfrStart = "axfr://";
constexpr std::string_view kHttpsStart = "https://";
constexpr uint16_t kDnsPort = 53;
constexpr uint16_t kHttpsPort = 443;

}  // namespace

std::optional<ZoneSource> ZoneSource::FromText(std::string_view text) {
  if (text.starts_with(kFileStart)) {
    const std::string_view path = text.substr(kFileStart.size());
    if (!path.starts_with('/') || path.find('\0') != path.npos) return std::nullopt;
    return ZoneSource{.kind = Kind::kFile, .path = std::string(path)};
  }
  const bool is_axfr = text.starts_with(kAxfrStart);
  if (!is_axfr && !text.starts_with(kHttpsStart)) return std::nullopt;
  const auto read =
      is_axfr ? UpstreamFromText(fmt::format("tcp://{}", text.substr(kAxfrStart.size()))) : UpstreamFromText(text);
  const auto* const url = std::get_if<UpstreamUrl>(&read);
  // A file of a server has a name: there is no usual one, as DNS over HTTPS has.
  if (url == nullptr || (!is_axfr && text.find('/', kHttpsStart.size()) == text.npos)) return std::nullopt;
  return ZoneSource{.kind = is_axfr ? Kind::kAxfr : Kind::kHttps,
                    .host = url->host,
                    .port = url->port,
                    .path = url->path,
                    .name = url->name};
}

std::string ZoneSource::ToText() const {
  if (kind == Kind::kFile) return fmt::format("{}{}", kFileStart, path);
  const bool is_axfr = kind == Kind::kAxfr;
  const bool is_bracketed = host.find(':') != host.npos;
  std::string text = fmt::format("{}{}{}{}", is_axfr ? kAxfrStart : kHttpsStart, is_bracketed ? "[" : "", host,
                                 is_bracketed ? "]" : "");
  if (port != (is_axfr ? kDnsPort : kHttpsPort)) text += fmt::format(":{}", port);
  text += path;
  if (!name.empty() && name != host) text += "#" + name;
  return text;
}

std::vector<ZoneSource> ZoneSources(std::string_view list) {
  std::vector<ZoneSource> sources;
  while (!list.empty()) {
    const size_t end = list.find(' ');
    const auto source = ZoneSource::FromText(list.substr(0, end));
    CHECK(source.has_value());
    sources.push_back(*source);
    list = end == list.npos ? std::string_view() : list.substr(end + 1);
  }
  return sources;
}

}  // namespace settings
