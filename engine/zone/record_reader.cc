#include "engine/zone/record_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "engine/zone/rdata_text.h"

namespace zone {
namespace {

/// The largest TTL (RFC 2181 section 8).
constexpr uint64_t kMaxTtl = std::numeric_limits<int32_t>::max();

/// Takes the next word off the front of `text`; spaces that a backslash precedes belong to it. Empty at the end.
std::string_view TakeWord(std::string_view& text) {
  const size_t begin = std::min(text.find_first_not_of(' '), text.size());
  size_t end = begin;
  while (end < text.size() && text[end] != ' ') end += text[end] == '\\' ? 2U : 1U;
  end = std::min(end, text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

/// Returns whether both are the same word but for the case of ASCII letters. Requires: `upper` has no small letter.
bool IsWord(std::string_view text, std::string_view upper) {
  return std::ranges::equal(text, upper,
                            [](char a, char b) { return a == b || (a >= 'a' && a <= 'z' && a - 32 == b); });
}

/// Returns how many seconds a unit letter of a TTL stands for; 0 for no unit.
uint64_t SecondsOf(char unit) {
  switch (unit) {
    case 's':
    case 'S':
      return 1;
    case 'm':
    case 'M':
      return 60;
    case 'h':
    case 'H':
      return 3600;
    case 'd':
    case 'D':
      return 86400;
    case 'w':
    case 'W':
      return 604800;
    default:
      return 0;
  }
}

/// Returns the seconds of `3600` or, as many servers write it, `1h30m`; nothing for other text or above kMaxTtl.
std::optional<uint32_t> TtlFromText(std::string_view text) {
  if (text.empty()) return std::nullopt;
  uint64_t total = 0;
  uint64_t number = 0;
  bool in_number = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      number = number * 10 + static_cast<uint64_t>(c - '0');
      in_number = true;
    } else {
      if (!in_number || SecondsOf(c) == 0) return std::nullopt;
      total += number * SecondsOf(c);
      number = 0;
      in_number = false;
    }
    if (number > kMaxTtl || total > kMaxTtl) return std::nullopt;
  }
  if (total + number > kMaxTtl) return std::nullopt;
  return static_cast<uint32_t>(total + number);
}

/// Returns text of the file as an error shows it: quoted, on one line, not too long.
std::string Shown(std::string_view text) {
  constexpr size_t kMostShown = 60;
  std::string shown = "'";
  for (const char c : text.substr(0, kMostShown)) shown += c >= ' ' && c <= '~' ? c : '?';
  return shown + (text.size() > kMostShown ? "...'" : "'");
}

/// Returns whether the name's text ends in a dot that no backslash makes part of a label.
bool IsAbsolute(std::string_view text) {
  if (!text.ends_with('.')) return false;
  text.remove_suffix(1);
  const size_t last = text.find_last_not_of('\\');
  const size_t backslashes = text.size() - (last == std::string_view::npos ? 0 : last + 1);
  return backslashes % 2 == 0;
}

}  // namespace

absl::StatusOr<std::optional<Record>> RecordReader::Next() {
  while (true) {
    absl::StatusOr<std::optional<Entry>> entry = lines_.Next();
    if (!entry.ok()) return entry.status();
    if (!entry->has_value()) return std::optional<Record>();
    if ((*entry)->text.front() == '$') {
      if (absl::Status status = Obey(**entry); !status.ok()) return status;
      continue;
    }
    absl::StatusOr<Record> record = Parse(**entry);
    if (!record.ok()) return record.status();
    return std::optional<Record>(*std::move(record));
  }
}

absl::Status RecordReader::Obey(const Entry& entry) {
  std::string_view rest = entry.text;
  const std::string_view directive = TakeWord(rest);
  const std::string_view argument = TakeWord(rest);
  if (IsWord(directive, "$INCLUDE")) return ErrorAt(entry.line, "$INCLUDE is not followed: a zone is one file");
  if (!TakeWord(rest).empty()) return ErrorAt(entry.line, fmt::format("more than one word after {}", Shown(directive)));
  if (IsWord(directive, "$ORIGIN")) {
    const std::optional<wire::Name> origin = NameFromText(argument);
    if (!origin) return ErrorAt(entry.line, fmt::format("{} is no domain name", Shown(argument)));
    origin_ = *origin;
    return absl::OkStatus();
  }
  if (IsWord(directive, "$TTL")) {
    default_ttl_ = TtlFromText(argument);
    if (!default_ttl_) return ErrorAt(entry.line, fmt::format("{} is no TTL", Shown(argument)));
    return absl::OkStatus();
  }
  return ErrorAt(entry.line, fmt::format("unknown directive {}", Shown(directive)));
}

absl::StatusOr<Record> RecordReader::Parse(const Entry& entry) {
  std::string_view rest = entry.text;
  absl::StatusOr<wire::Name> owner = TakeOwner(entry, rest);
  if (!owner.ok()) return owner.status();
  Record record{.line = entry.line, .owner = *std::move(owner), .type = {}, .ttl = 0, .rdata = {}};
  if (absl::Status status = TakeTtlClassAndType(rest, record); !status.ok()) return status;
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  std::optional<world::Octets> rdata = RdataFromMasterText(record.type, rest, origin_);
  if (!rdata)
    return ErrorAt(entry.line, fmt::format("{} is no rdata of type {}", Shown(rest), wire::ToText(record.type)));
  record.rdata = *std::move(rdata);
  last_owner_ = record.owner;
  return record;
}

absl::StatusOr<wire::Name> RecordReader::TakeOwner(const Entry& entry, std::string_view& text) {
  if (entry.BeginsBlank()) {
    if (!last_owner_) return ErrorAt(entry.line, "the first record has no owner");
    return *last_owner_;
  }
  const std::string_view word = TakeWord(text);
  const std::optional<wire::Name> owner = NameFromText(word);
  if (!owner) return ErrorAt(entry.line, fmt::format("{} is no domain name", Shown(word)));
  return *owner;
}

absl::Status RecordReader::TakeTtlClassAndType(std::string_view& text, Record& record) {
  std::optional<uint32_t> ttl;
  std::optional<wire::RrClass> rr_class;
  std::string_view word = TakeWord(text);
  for (; !word.empty(); word = TakeWord(text)) {
    const bool is_number = word.front() >= '0' && word.front() <= '9';
    if (is_number && !ttl) {
      ttl = TtlFromText(word);
      if (!ttl) return ErrorAt(record.line, fmt::format("{} is no TTL", Shown(word)));
      continue;
    }
    if (rr_class) break;
    rr_class = wire::RrClassFromText(word);
    if (!rr_class) break;
    if (rr_class != wire::RrClass::kIn)
      return ErrorAt(record.line, fmt::format("class {}: only IN is served", Shown(word)));
  }
  if (word.empty()) return ErrorAt(record.line, "the record ends before its type");
  const std::optional<wire::RrType> type = wire::RrTypeFromText(word);
  if (!type) return ErrorAt(record.line, fmt::format("{} is no type", Shown(word)));
  record.type = *type;
  if (ttl) last_ttl_ = ttl;
  const std::optional<uint32_t> effective = ttl ? ttl : default_ttl_ ? default_ttl_ : last_ttl_;
  if (!effective) return ErrorAt(record.line, "no TTL, neither here nor before");
  record.ttl = *effective;
  return absl::OkStatus();
}

std::optional<wire::Name> RecordReader::NameFromText(std::string_view text) const {
  if (text == "@") return origin_;
  if (IsAbsolute(text) || origin_.IsRoot()) return wire::Name::FromText(text);
  return wire::Name::FromText(fmt::format("{}.{}", text, origin_.ToText()));
}

}  // namespace zone
