#include "engine/validation/sentinel.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

namespace validation {
namespace {

/// Returns the key tag behind `prefix` in a label of exactly this shape: five digits, the first ones zero at need.
std::optional<uint16_t> TagBehind(std::string_view prefix, std::string_view label) {
  constexpr size_t kDigits = 5;
  if (label.size() != prefix.size() + kDigits || !label.starts_with(prefix)) return std::nullopt;
  uint16_t tag = 0;
  const char* const end = label.data() + label.size();
  const auto [at, error] = std::from_chars(label.data() + prefix.size(), end, tag);
  return error == std::errc() && at == end ? std::optional(tag) : std::nullopt;
}

/// Returns whether a key of this tag is a trust anchor of the root.
bool IsRootAnchor(uint16_t tag, const Anchors& anchors) {
  const Anchor* const root = anchors.Above(wire::Name(), 0);
  if (root == nullptr) return false;
  return std::ranges::find(root->ds, tag, &dnssec::Ds::key_tag) != root->ds.end() ||
         std::ranges::find(root->keys, tag, &dnssec::Dnskey::tag) != root->keys.end();
}

}  // namespace

std::optional<wire::ExtendedError> SentinelRefusal(const wire::Question& question, const Anchors& anchors) {
  const bool is_address = question.type == wire::RrType::kA || question.type == wire::RrType::kAaaa;
  if (!is_address || question.name.IsRoot()) return std::nullopt;
  const wire::Name lowered = question.name.Lowered();
  const world::OctetView octets = lowered.Label(0);
  const std::string_view label(reinterpret_cast<const char*>(octets.data()), octets.size());
  const auto is_ta = TagBehind("root-key-sentinel-is-ta-", label);
  if (is_ta && !IsRootAnchor(*is_ta, anchors)) {
    return wire::ExtendedError{wire::EdeCode::kOther, fmt::format("key {} is no trust anchor of the root", *is_ta)};
  }
  const auto not_ta = TagBehind("root-key-sentinel-not-ta-", label);
  if (not_ta && IsRootAnchor(*not_ta, anchors)) {
    return wire::ExtendedError{wire::EdeCode::kOther, fmt::format("key {} is a trust anchor of the root", *not_ta)};
  }
  return std::nullopt;
}

}  // namespace validation
