// How upstreams are read: a URL, or a table with a URL and what stands beside it.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/settings/reader.h"
#include "engine/settings/units.h"

namespace settings {
namespace {

/// The most that an upstream may weigh.
constexpr int64_t kMostWeight = 1'000;

/// What an upstream looks like.
constexpr std::string_view kExpected = "a URL such as \"tls://192.0.2.1#dns.example\", or a table with one";

/// Reads a URL; nothing, and told, where it is none.
std::optional<UpstreamUrl> ReadUrl(const toml::node& node, const Row& row, MistakeList& mistakes) {
  const auto text = node.value_exact<std::string>();
  if (!text) {
    mistakes.AddWrong(node, row.Path(), kExpected);
    return std::nullopt;
  }
  auto read = UpstreamFromText(*text);
  if (auto* url = std::get_if<UpstreamUrl>(&read)) return std::move(*url);
  mistakes.Add(node.source().begin,
               fmt::format("{}: found {}: {}", row.Path(), Describe(node), std::get<std::string_view>(read)));
  return std::nullopt;
}

/// Reads the pins of an upstream.
void ReadPins(const toml::node& node, const Row& row, UpstreamUrl& url, MistakeList& mistakes) {
  const toml::array* list = node.as_array();
  if (list == nullptr) return mistakes.AddWrong(node, row.Path(), "pins as a list of texts");
  for (const toml::node& item : *list) {
    const auto pin = item.value_exact<std::string>();
    if (pin && IsPin(*pin)) {
      url.pins.push_back(*pin);
    } else {
      mistakes.AddWrong(item, row.Path(), "the SHA-256 of a public key in base64");
    }
  }
}

/// Reads what a table says beside the URL.
void ReadMember(std::string_view key, const toml::node& node, const Row& row, UpstreamUrl& url, MistakeList& mistakes) {
  if (key == "url") return;
  if (key == "pins") return ReadPins(node, row, url, mistakes);
  const auto word = node.value_exact<std::string>();
  if (key == "weight") {
    const auto weight = node.value_exact<int64_t>();
    if (!weight || *weight < 1 || *weight > kMostWeight) {
      return mistakes.AddWrong(node, row.Path(), fmt::format("a weight from 1 to {}", kMostWeight));
    }
    url.weight = static_cast<int>(*weight);
  } else if (key == "verify") {
    if (word != "name" && word != "off") return mistakes.AddWrong(node, row.Path(), "verify as \"name\" or \"off\"");
    url.authentication = word == "off" ? world::Authentication::kNone : world::Authentication::kRequired;
  } else if (key == "method") {
    if (word != "post" && word != "get") return mistakes.AddWrong(node, row.Path(), "method as \"post\" or \"get\"");
    url.method = word == "get" ? world::HttpMethod::kGet : world::HttpMethod::kPost;
  } else {
    mistakes.Add(
        node.source().begin,
        fmt::format("{}: found unknown key {}, expected url, weight, pins, verify or method", row.Path(), Quote(key)));
  }
}

/// Reads one upstream.
std::optional<UpstreamUrl> ReadUpstream(const toml::node& node, const Row& row, MistakeList& mistakes) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return ReadUrl(node, row, mistakes);
  const toml::node* text = table->get("url");
  if (text == nullptr) {
    mistakes.AddWrong(node, row.Path(), kExpected);
    return std::nullopt;
  }
  auto url = ReadUrl(*text, row, mistakes);
  if (!url) return std::nullopt;
  for (const auto& [key, value] : *table) ReadMember(key.str(), value, row, *url, mistakes);
  return url;
}

}  // namespace

void ReadValue(const toml::node& node, const Row& row, std::vector<UpstreamUrl>& value, MistakeList& mistakes) {
  const toml::array* list = node.as_array();
  if (list == nullptr || (list->empty() && row.range.presence == Presence::kRequired)) {
    return mistakes.AddWrong(node, row.Path(), "a list of URLs");
  }
  std::vector<UpstreamUrl> urls;
  for (const toml::node& item : *list) {
    auto url = ReadUpstream(item, row, mistakes);
    if (!url) continue;
    const bool twice = std::ranges::any_of(urls, [&](const auto& other) { return other.ToText() == url->ToText(); });
    if (twice) {
      mistakes.AddWrong(item, row.Path(), "each item once");
    } else {
      urls.push_back(*std::move(url));
    }
  }
  value = std::move(urls);
}

}  // namespace settings
