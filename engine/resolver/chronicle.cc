#include "engine/resolver/chronicle.h"

#include <fmt/format.h>

#include <iterator>
#include <optional>

#include "engine/world/limits.h"

namespace resolver {
namespace {

using iteration::WalkStep;

/// Appends a JSON string (RFC 8259 section 7). Octets above 127 pass as they are: our texts are UTF-8, names are ASCII.
void AppendString(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Appends `"key":"text"`.
void AppendField(std::string& out, std::string_view key, std::string_view text) {
  fmt::format_to(std::back_inserter(out), "\"{}\":", key);
  AppendString(out, text);
}

/// Returns `www.example. A`, the form in which steps name questions.
std::string ShortText(const wire::Question& question) {
  return fmt::format("{} {}", question.name.ToText(), wire::ToText(question.type));
}

/// Returns the literal that names a transport.
std::string_view TransportOf(world::Protocol via) {
  switch (via) {
    case world::Protocol::kUdp:
      return "udp";
    case world::Protocol::kTcp:
      return "tcp";
    case world::Protocol::kTls:
      return "tls";
    case world::Protocol::kHttps:
      break;
  }
  return "https";
}

/// Appends one step.
void AppendStep(std::string& out, const WalkStep& step, world::Instant began) {
  fmt::format_to(std::back_inserter(out), "{{\"at_us\":{},", (step.sent - began).count());
  AppendField(out, "zone", step.zone.ToText());
  out += ',';
  AppendField(out, "server", step.server.ToText());
  out += ',';
  AppendField(out, "address", step.endpoint.address.ToText());
  fmt::format_to(std::back_inserter(out), ",\"port\":{},\"transport\":\"{}\",", step.endpoint.port,
                 TransportOf(step.via));
  AppendField(out, "question", ShortText(step.asked));
  fmt::format_to(std::back_inserter(out), ",\"minimised\":{},\"rtt_us\":", step.minimised);
  if (step.rtt.count() < 0) {
    out += "null";
  } else {
    fmt::format_to(std::back_inserter(out), "{}", step.rtt.count());
  }
  out += ',';
  AppendField(out, "outcome", step.outcome.empty() ? "waiting" : step.outcome);
  out += ',';
  AppendField(out, "why", step.why);
  fmt::format_to(std::back_inserter(out), ",\"depth\":{},\"for\":", step.depth);
  if (step.depth == 0) {
    out += "null}";
    return;
  }
  AppendString(out, ShortText(step.purpose));
  out += '}';
}

/// Appends the extended errors.
void AppendErrors(std::string& out, const std::vector<wire::ExtendedError>& errors) {
  out += "\"ede\":[";
  for (const wire::ExtendedError& error : errors) {
    if (out.back() != '[') out += ',';
    fmt::format_to(std::back_inserter(out), "{{\"code\":{},", static_cast<int>(error.code));
    AppendField(out, "text", error.text);
    out += '}';
  }
  out += ']';
}

}  // namespace

std::string_view ToText(iteration::Source source) {
  switch (source) {
    case iteration::Source::kWalk:
      return "walk";
    case iteration::Source::kForward:
      return "forward";
    case iteration::Source::kCache:
    case iteration::Source::kFailureCache:
      return "cache";
    case iteration::Source::kStaleCache:
      return "stale cache";
    case iteration::Source::kRootZone:
      return "root zone";
  }
  return "walk";
}

std::string ToJson(const Chapter& chapter) {
  std::string out = "{\"question\":{";
  AppendField(out, "name", chapter.question.name.ToText());
  out += ',';
  AppendField(out, "type", wire::ToText(chapter.question.type));
  out += "},\"client\":";
  if (chapter.client.empty()) {
    out += "null";
  } else {
    AppendString(out, chapter.client);
  }
  const auto started_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(chapter.started.wall.time_since_epoch());
  fmt::format_to(std::back_inserter(out), ",\"started_ms\":{},\"duration_us\":{},\"rcode\":\"{}\",\"source\":\"{}\",",
                 started_ms.count(), (chapter.ended - chapter.started.mono).count(), wire::ToText(chapter.rcode),
                 chapter.source);
  AppendErrors(out, chapter.errors);
  fmt::format_to(std::back_inserter(out), ",\"security\":\"{}\",\"trust\":[", dnssec::ToText(chapter.security));
  for (const validation::TrustLink& link : chapter.trust) {
    out += out.back() == '[' ? "{" : ",{";
    AppendField(out, "zone", link.zone.ToText());
    out += ',';
    AppendField(out, "link", validation::ToText(link));
    out += '}';
  }
  out += "],\"steps\":[";
  for (const WalkStep& step : chapter.steps) {
    if (out.back() != '[') out += ',';
    AppendStep(out, step, chapter.started.mono);
  }
  out += "]}";
  return out;
}

void Chronicle::Add(Chapter chapter) {
  if (chapters_.size() == world::limits::kMaxRememberedWalks) chapters_.pop_front();
  chapters_.push_back(std::move(chapter));
}

std::string Chronicle::ToJson(const std::string& name, size_t most) const {
  const auto wanted = wire::Name::FromText(name);
  std::string out = "[";
  for (auto chapter = chapters_.rbegin(); chapter != chapters_.rend() && most > 0; ++chapter) {
    if (!name.empty() && (!wanted || chapter->question.name != *wanted)) continue;
    if (out.size() > 1) out += ',';
    out += resolver::ToJson(*chapter);
    --most;
  }
  out += ']';
  return out;
}

}  // namespace resolver
