// What is known of rolled keys, to and from a file.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "engine/validation/rollover.h"
#include "engine/world/limits.h"
#include "engine/zone/record_reader.h"

namespace validation {
namespace {

namespace limits = world::limits;

using world::WallTime;

/// The first line: what this is, and of which version.
constexpr std::string_view kHead = "taproot-anchors 1";

constexpr auto kStates =
    std::to_array<KeyState>({KeyState::kPending, KeyState::kValid, KeyState::kMissing, KeyState::kRevoked});

/// A key and its zone, as a line has them.
struct Line {
  wire::Name zone;
  FollowedKey key;
};

/// Takes the first word off a text.
std::string_view TakeWord(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

/// Returns a number of decimal digits alone.
template <typename T>
std::optional<T> NumberOf(std::string_view word) {
  T number{};
  const auto [at, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || at != word.data() + word.size() || word.empty()) return std::nullopt;
  return number;
}

/// Returns the state of a word.
std::optional<KeyState> StateOf(std::string_view word) {
  const auto* const at = std::ranges::find(kStates, word, [](KeyState state) { return ToText(state); });
  return at != kStates.end() ? std::optional(*at) : std::nullopt;
}

/// Returns what a line says: `state since tag record`, where the tag says whether the key is whole.
std::optional<Line> ReadLine(std::string_view text) {
  const auto state = StateOf(TakeWord(text));
  const auto since = NumberOf<int64_t>(TakeWord(text));
  const auto tag = NumberOf<uint16_t>(TakeWord(text));
  if (!state || !since || !tag) return std::nullopt;
  const std::string entry = std::string(text) + "\n";
  zone::RecordReader reader({reinterpret_cast<const uint8_t*>(entry.data()), entry.size()}, "", wire::Name());
  const auto record = reader.Next();
  if (!record.ok() || !record->has_value() || (*record)->type != wire::RrType::kDnskey) return std::nullopt;
  auto key = dnssec::Dnskey::FromRdata((*record)->rdata);
  if (!key || key->tag != *tag || key->IsRevoked()) return std::nullopt;
  return Line{(*record)->owner, {*std::move(key), *state, WallTime(std::chrono::seconds(*since))}};
}

/// Returns that a line of the file is damaged.
absl::Status Damaged(std::string_view file_name, size_t line, std::string_view what) {
  return absl::DataLossError(fmt::format("{}:{}: {}", file_name, line, what));
}

/// Returns the lines of a state file between its first and its last, or what is wrong with it.
absl::StatusOr<std::vector<Line>> ReadLines(std::string_view text, std::string_view file_name) {
  std::vector<Line> lines;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return Damaged(file_name, number, "the line is cut short");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (number == 1) {
      if (line != kHead) return Damaged(file_name, number, fmt::format("not `{}`", kHead));
    } else if (line.starts_with("end ")) {
      if (NumberOf<size_t>(line.substr(4)) == lines.size() && text.empty()) return lines;
      return Damaged(file_name, number, "not the count of the keys before it");
    } else {
      std::optional<Line> read = ReadLine(line);
      if (!read) return Damaged(file_name, number, "no key with its state, time and tag");
      if (lines.size() == limits::kMaxTrustAnchors) return Damaged(file_name, number, "too many keys");
      lines.push_back(*std::move(read));
    }
  }
  return Damaged(file_name, 1, "the file has no end");
}

}  // namespace

std::string StateText(std::span<const Rollover> rollovers) {
  std::string text(kHead);
  text += '\n';
  size_t count = 0;
  for (const Rollover& rollover : rollovers) {
    for (const FollowedKey& key : rollover.keys()) {
      wire::RrSet rrset{rollover.zone(), wire::RrType::kDnskey, wire::RrClass::kIn, 0, {}, {}};
      rrset.rdatas.Add(key.dnskey.rdata);
      const auto since = std::chrono::duration_cast<std::chrono::seconds>(key.since.time_since_epoch()).count();
      text += fmt::format("{} {} {} {}", ToText(key.state), since, key.dnskey.tag, wire::ToText(rrset));
      ++count;
    }
  }
  return text + fmt::format("end {}\n", count);
}

absl::StatusOr<std::vector<Rollover>> Resume(const Anchors& configured, world::OctetView state,
                                             std::string_view file_name) {
  const auto lines = ReadLines({reinterpret_cast<const char*>(state.data()), state.size()}, file_name);
  if (!lines.ok()) return lines.status();
  std::vector<Rollover> rollovers;
  for (const Anchor& anchor : configured.all()) {
    std::vector<FollowedKey> known;
    for (const Line& line : *lines) {
      if (line.zone == anchor.zone && known.size() < limits::kMaxKeysPerZone) known.push_back(line.key);
    }
    rollovers.emplace_back(anchor, std::move(known));
  }
  return rollovers;
}

SharedAnchors Followed(std::span<const Rollover> rollovers) {
  std::vector<Anchor> anchors;
  for (const Rollover& rollover : rollovers) {
    if (std::optional<Anchor> trusted = rollover.Trusted()) anchors.push_back(*std::move(trusted));
  }
  return Anchors::From(std::move(anchors));
}

}  // namespace validation
