#include "engine/validation/anchors.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/world/check.h"
#include "engine/world/limits.h"
#include "engine/zone/record_reader.h"

namespace validation {

/// The text of zones/root.anchors.
extern const std::string_view kRootAnchorsText;

namespace {

namespace limits = world::limits;

using wire::Name;
using wire::RrType;

}  // namespace

Anchor& Anchors::Of(const Name& zone) {
  const auto at = std::ranges::find(anchors_, zone, &Anchor::zone);
  return at != anchors_.end() ? *at : anchors_.emplace_back(Anchor{zone, {}, {}});
}

absl::StatusOr<SharedAnchors> Anchors::Parse(world::OctetView text, std::string_view file_name) {
  auto anchors = std::make_shared<Anchors>();
  zone::RecordReader reader(text, file_name, Name());
  reader.AssumeTtl(0);  // Tools that write anchors leave the TTL out: nothing here depends on it.
  size_t count = 0;
  for (;;) {
    absl::StatusOr<std::optional<zone::Record>> record = reader.Next();
    if (!record.ok()) return record.status();
    if (!record->has_value()) break;
    const zone::Record& found = **record;
    auto ds = dnssec::Ds::FromRdata(found.rdata);
    auto key = dnssec::Dnskey::FromRdata(found.rdata);
    if (++count > limits::kMaxTrustAnchors) {
      return reader.ErrorAt(found.line, fmt::format("more than {} trust anchors", limits::kMaxTrustAnchors));
    }
    if (found.type == RrType::kDs && ds) {
      anchors->Of(found.owner).ds.push_back(*std::move(ds));
    } else if (found.type == RrType::kDnskey && key) {
      anchors->Of(found.owner).keys.push_back(*std::move(key));
    } else {
      return reader.ErrorAt(
          found.line, fmt::format("type {}: trust anchors are DS and DNSKEY records alone", wire::ToText(found.type)));
    }
  }
  if (anchors->anchors_.empty()) return reader.ErrorAt(reader.line(), "no trust anchor");
  return anchors;
}

SharedAnchors Anchors::BuiltIn() {
  const auto* const octets = reinterpret_cast<const uint8_t*>(kRootAnchorsText.data());
  absl::StatusOr<SharedAnchors> anchors = Parse({octets, kRootAnchorsText.size()}, "zones/root.anchors");
  CHECK(anchors.ok());
  return *std::move(anchors);
}

SharedAnchors Anchors::From(std::vector<Anchor> anchors) {
  auto made = std::make_shared<Anchors>();
  made->anchors_ = std::move(anchors);
  return made;
}

const Anchor* Anchors::Above(const Name& name, size_t most_labels) const {
  const Anchor* deepest = nullptr;
  for (const Anchor& anchor : anchors_) {
    const size_t labels = anchor.zone.LabelCount();
    if (labels > most_labels || !name.IsAtOrBelow(anchor.zone)) continue;
    if (deepest == nullptr || labels > deepest->zone.LabelCount()) deepest = &anchor;
  }
  return deepest;
}

const Anchor* Trust::AnchorAbove(const Name& name, size_t most_labels) const {
  const Anchor* const anchor = anchors.Above(name, most_labels);
  const bool is_useless = anchor != nullptr && anchor->zone.IsRoot() && root == RootChain::kAbsent;
  return is_useless ? nullptr : anchor;
}

bool HasNegativeAnchor(const Name& name, const Trust& trust) {
  const Anchor* const positive = trust.AnchorAbove(name, name.LabelCount());
  return std::ranges::any_of(trust.policy.negative_anchors, [&](const settings::NegativeAnchor& negative) {
    if (negative.until <= trust.now || !name.IsAtOrBelow(negative.zone)) return false;
    return positive == nullptr || !positive->zone.IsBelow(negative.zone);
  });
}

bool IsExempt(const Name& name, const Trust& trust) {
  return HasNegativeAnchor(name, trust) || (trust.routes != nullptr && !trust.routes->Of(name).is_judged);
}

std::vector<dnssec::Ds> CountingDs(const wire::RrSet& ds_set, const settings::Settings::Dnssec& policy) {
  std::vector<dnssec::Ds> counting = dnssec::UsableDs(ds_set);
  if (!policy.sha1) std::erase_if(counting, [](const dnssec::Ds& ds) { return dnssec::UsesSha1(ds.algorithm); });
  return counting;
}

}  // namespace validation
