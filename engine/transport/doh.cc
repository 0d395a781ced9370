#include "engine/transport/doh.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/wire/message.h"
#include "engine/world/limits.h"

namespace transport {
namespace {

/// The media type of DNS messages (RFC 8484 section 6).
constexpr std::string_view kMediaType = "application/dns-message";

/// The digits of base64url.
constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The HTTP statuses that are used.
enum class Status : int {
  kOk = 200,
  kBadRequest = 400,
  kNotFound = 404,
  kMethodNotAllowed = 405,
  kTooLarge = 413,
  kUnsupportedMediaType = 415,
};

/// Returns a response without a message.
HttpResponse Refusal(Status status) { return {static_cast<int>(status), {{"content-length", "0"}}, {}}; }

/// Returns the value of the parameter `dns` of a query, or nothing.
std::optional<std::string_view> DnsParameter(std::string_view query) {
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view part = query.substr(0, end);
    if (part.starts_with("dns=")) return part.substr(4);
    query = end == query.npos ? std::string_view() : query.substr(end + 1);
  }
  return std::nullopt;
}

/// Returns whether a media type is that of DNS messages, whatever its parameters.
bool IsDnsMessage(std::string_view type) { return type.substr(0, type.find(';')) == kMediaType; }

/// Returns how long a message may be kept, in seconds: its least TTL; 0 where it has none, or is an error.
uint32_t LeastTtl(world::OctetView octets) {
  const auto message = wire::Parse(octets);
  if (!message || message->header.rcode == wire::Rcode::kServFail) return 0;
  std::optional<uint32_t> least;
  for (const auto* section : {&message->answer, &message->authority}) {
    for (const wire::RrSet& rrset : *section) least = std::min(least.value_or(rrset.ttl), rrset.ttl);
  }
  return least.value_or(0);
}

}  // namespace

std::string ToBase64Url(world::OctetView octets) {
  std::string text;
  uint32_t bits = 0;
  int held = 0;
  for (const uint8_t octet : octets) {
    bits = bits << 8 | octet;
    held += 8;
    for (; held >= 6; held -= 6) text += kDigits[bits >> (held - 6) & 0x3f];
  }
  if (held > 0) text += kDigits[bits << (6 - held) & 0x3f];
  return text;
}

std::optional<world::Octets> FromBase64Url(std::string_view text) {
  world::Octets octets;
  uint32_t bits = 0;
  int held = 0;
  while (text.ends_with('=')) text.remove_suffix(1);
  for (const char digit : text) {
    const size_t value = kDigits.find(digit);
    if (value == kDigits.npos) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    octets.push_back(static_cast<uint8_t>(bits >> held & 0xff));
  }
  return octets;
}

HttpRequest ToRequest(world::OctetView query, const world::Identity& identity) {
  HttpRequest request;
  request.authority = identity.authority;
  request.path = identity.path;
  request.fields = {{"accept", std::string(kMediaType)}};
  if (identity.method == world::HttpMethod::kGet) {
    const char joint = identity.path.find('?') == std::string::npos ? '?' : '&';
    request.path += fmt::format("{}dns={}", joint, ToBase64Url(query));
    return request;
  }
  request.method = "POST";
  request.fields.emplace_back("content-type", kMediaType);
  request.fields.emplace_back("content-length", fmt::format("{}", query.size()));
  request.body.assign(query.begin(), query.end());
  return request;
}

std::variant<world::Octets, HttpResponse> FromRequest(HttpRequest request, std::string_view path) {
  const std::string_view target = request.path;
  const size_t mark = target.find('?');
  if (target.substr(0, mark) != path) return Refusal(Status::kNotFound);
  if (request.method == "GET") {
    const auto text = mark == target.npos ? std::nullopt : DnsParameter(target.substr(mark + 1));
    auto query = text ? FromBase64Url(*text) : std::nullopt;
    if (!query || query->empty()) return Refusal(Status::kBadRequest);
    if (query->size() > world::limits::kMaxQueryOctets) return Refusal(Status::kTooLarge);
    return *std::move(query);
  }
  if (request.method != "POST") return Refusal(Status::kMethodNotAllowed);
  const auto type = std::ranges::find(request.fields, "content-type", &HttpField::first);
  if (type == request.fields.end() || !IsDnsMessage(type->second)) return Refusal(Status::kUnsupportedMediaType);
  if (request.body.empty()) return Refusal(Status::kBadRequest);
  if (request.body.size() > world::limits::kMaxQueryOctets) return Refusal(Status::kTooLarge);
  return std::move(request.body);
}

HttpResponse ToResponse(world::OctetView message) {
  HttpResponse response;
  response.status = static_cast<int>(Status::kOk);
  response.fields = {{"content-type", std::string(kMediaType)},
                     {"content-length", fmt::format("{}", message.size())},
                     {"cache-control", fmt::format("max-age={}", LeastTtl(message))}};
  response.body.assign(message.begin(), message.end());
  return response;
}

std::optional<world::Octets> FromResponse(HttpResponse response) {
  if (response.status < 200 || response.status > 299) return std::nullopt;
  if (!IsDnsMessage(response.Field("content-type"))) return std::nullopt;
  return std::move(response.body);
}

}  // namespace transport
