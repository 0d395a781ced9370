#include "engine/settings/upstream_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "engine/wire/name.h"
#include "engine/world/address.h"

namespace settings {
namespace {

using world::Protocol;

/// What a scheme is called, and its port (RFC 7858 section 3.1, RFC 8484 section 4.1).
struct SchemeRow {
  std::string_view word;
  Protocol via;
  uint16_t port;
};

constexpr auto kSchemes = std::to_array<SchemeRow>({{"udp", Protocol::kUdp, 53},
                                                    {"tcp", Protocol::kTcp, 53},
                                                    {"tls", Protocol::kTls, 853},
                                                    {"https", Protocol::kHttps, 443}});

/// Where DNS is found at a server of HTTPS that says nothing else.
constexpr std::string_view kUsualPath = "/dns-query";

/// Returns the row of a scheme.
const SchemeRow& RowOf(Protocol via) { return kSchemes[static_cast<size_t>(via)]; }

/// Returns what stands before the mark, and takes both off the text; the whole text where there is no mark.
std::string_view TakeUntil(std::string_view mark, std::string_view& text) {
  const size_t at = text.find(mark);
  const std::string_view head = text.substr(0, at);
  text = at == text.npos ? std::string_view() : text.substr(at + mark.size());
  return head;
}

/// Returns a port, or nothing.
std::optional<uint16_t> PortFromText(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

/// Splits `host`, `host:port`, `[v6]:port` or a bare IPv6 address; returns whether it is one of these.
bool ReadAuthority(std::string_view text, UpstreamUrl& url) {
  std::string_view port;
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == text.npos) return false;
    url.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) return false;
    if (!port.empty()) port.remove_prefix(1);
  } else if (std::ranges::count(text, ':') > 1) {
    url.host = text;
  } else {
    const bool has_port = text.find(':') != text.npos;
    url.host = TakeUntil(":", text);
    port = text;
    if (has_port && port.empty()) return false;
  }
  if (!port.empty()) {
    const auto number = PortFromText(port);
    if (!number) return false;
    url.port = *number;
  }
  return true;
}

/// Returns whether a host is an address, or a name that can be looked up and be in a certificate.
bool IsHost(std::string_view host) {
  if (host.empty()) return false;
  if (world::Address::FromText(host)) return true;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
  };
  return std::ranges::all_of(host, allowed) && wire::Name::FromText(host).has_value();
}

/// Returns whether a path can stand in a request: visible ASCII alone.
bool IsPath(std::string_view path) {
  return std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

std::string UpstreamUrl::ToText() const {
  const bool bracketed = host.find(':') != host.npos;
  std::string text = fmt::format("{}://{}{}{}", RowOf(via).word, bracketed ? "[" : "", host, bracketed ? "]" : "");
  if (port != RowOf(via).port) text += fmt::format(":{}", port);
  if (via == Protocol::kHttps) text += path;
  if (!name.empty() && name != host) text += "#" + name;
  return text;
}

std::variant<UpstreamUrl, std::string_view> UpstreamFromText(std::string_view text) {
  std::string_view rest = text;
  std::string_view word = "udp";
  if (rest.find("://") != rest.npos) word = TakeUntil("://", rest);
  if (word == "doq" || word == "quic" || word == "h3") return "DNS over QUIC and HTTP/3 are not built in";
  const auto* row = std::ranges::find(kSchemes, word, &SchemeRow::word);
  if (row == kSchemes.end()) return "a URL begins with udp://, tcp://, tls:// or https://";
  UpstreamUrl url;
  url.via = row->via;
  url.port = row->port;
  std::string_view before = rest;
  url.name = rest.find('#') != rest.npos ? rest.substr(rest.find('#') + 1) : std::string_view();
  before = TakeUntil("#", rest);
  const size_t slash = before.find('/');
  url.path = slash == before.npos ? std::string_view() : before.substr(slash);
  if (!ReadAuthority(before.substr(0, slash), url) || !IsHost(url.host)) return "the host is no address and no name";
  if (url.via != Protocol::kHttps && !url.path.empty()) return "only https:// has a path";
  if (!IsPath(url.path)) return "the path has octets that no path may have";
  if (url.via == Protocol::kHttps && (url.path.empty() || url.path == "/")) url.path = kUsualPath;
  const bool encrypted = world::IsEncrypted(url.via);
  if (!encrypted && !url.name.empty()) return "only tls:// and https:// have a name after #";
  if (!url.name.empty() && !IsHost(url.name)) return "what stands after # is no name of a certificate";
  if (encrypted && url.name.empty()) url.name = url.host;
  return url;
}

bool IsPin(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  constexpr size_t kDigits = 43;  // 256 bits, six each, and one sign of padding.
  return text.size() == kDigits + 1 && text.back() == '=' && std::ranges::all_of(text.substr(0, kDigits), allowed);
}

}  // namespace settings
