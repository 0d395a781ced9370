#include "engine/zone/verified_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string_view>

#include "engine/wire/generic_text.h"

namespace zone {
namespace {

using wire::RrType;

constexpr std::string_view kTitle = "; taproot root copy";

/// Returns the seconds since 1970.
int64_t SecondsOf(world::WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Returns the time of its seconds in text.
std::optional<world::WallTime> TimeOf(std::string_view text) {
  constexpr int64_t kMost = 1LL << 40;  // Far beyond any date, and no overflow in microseconds.
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > kMost) return std::nullopt;
  return world::WallTime(world::Seconds(seconds));
}

/// Returns the text with what would end its line left out: it may be a server's.
std::string OnOneLine(const std::string& text) {
  std::string line;
  for (const char c : text) {
    if (c >= ' ' && c <= '~') line += c;
  }
  return line;
}

/// Takes the next line off the front of the text.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

/// Takes the line `; NAME: VALUE`; returns the value, or nothing when it is another line.
std::optional<std::string_view> TakeValue(std::string_view& text, std::string_view name) {
  std::string_view line = TakeLine(text);
  const std::string start = fmt::format("; {}: ", name);
  if (!line.starts_with(start)) return std::nullopt;
  return line.substr(start.size());
}

/// Returns whether what ldns writes of the type is read back as the same octets: so it is of all that root zones have.
bool IsFaithful(RrType type) {
  constexpr auto kFaithful = std::to_array({RrType::kA, RrType::kAaaa, RrType::kNs, RrType::kSoa, RrType::kDs,
                                            RrType::kDnskey, RrType::kNsec, RrType::kZonemd});
  return std::ranges::find(kFaithful, type) != kFaithful.end();
}

/// Returns the records of a set, those of other types in the form that any type has.
std::string TextOf(const wire::RrSet& rrset) {
  if (IsFaithful(rrset.type)) return wire::ToText(rrset);
  std::string text;
  for (const world::OctetView rdata : rrset.rdatas) {
    text += fmt::format("{}\t{}\tIN\tTYPE{}\t{}\n", rrset.owner.ToText(), rrset.ttl, static_cast<uint16_t>(rrset.type),
                        wire::GenericText(rdata));
  }
  wire::RrSet signatures = rrset;
  signatures.rdatas = {};
  return text + wire::ToText(signatures);
}

}  // namespace

std::string CopyText(const CopyHead& head, const Zone& zone) {
  std::string text = fmt::format("{}\n; source: {}\n; fetched: {}\n; checked: {}\n; etag: {}\n; modified: {}\n", kTitle,
                                 OnOneLine(head.source), SecondsOf(head.fetched), SecondsOf(head.checked),
                                 OnOneLine(head.etag), OnOneLine(head.modified));
  for (const wire::RrSet& rrset : zone.rrsets()) text += TextOf(rrset);
  return text;
}

std::optional<CopyHead> ReadCopyHead(world::OctetView octets) {
  std::string_view text(reinterpret_cast<const char*>(octets.data()), octets.size());
  if (TakeLine(text) != kTitle) return std::nullopt;
  const auto source = TakeValue(text, "source");
  const auto fetched = TakeValue(text, "fetched");
  const auto checked = TakeValue(text, "checked");
  const auto etag = TakeValue(text, "etag");
  const auto modified = TakeValue(text, "modified");
  if (!source || !fetched || !checked || !etag || !modified) return std::nullopt;
  const auto fetched_at = TimeOf(*fetched);
  const auto checked_at = TimeOf(*checked);
  if (!fetched_at || !checked_at) return std::nullopt;
  return CopyHead{.source = std::string(*source),
                  .fetched = *fetched_at,
                  .checked = *checked_at,
                  .etag = std::string(*etag),
                  .modified = std::string(*modified)};
}

}  // namespace zone
