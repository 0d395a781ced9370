#include "engine/zone/zone.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/world/check.h"

namespace zone {

using wire::Name;
using wire::RrSet;
using wire::RrType;

const Zone::Node* Zone::NodeAt(const Name& name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

const RrSet* Zone::SetOf(const Node& node, RrType type) const {
  for (uint32_t i = node.first; i < node.first + node.count; ++i) {
    if (rrsets_[i].type == type) return &rrsets_[i];
  }
  return nullptr;
}

Lookup Zone::Find(const Name& name, RrType type) const {
  CHECK(name.IsAtOrBelow(origin_));
  const size_t labels = name.LabelCount();
  Name encloser = origin_;
  const Node* node = NodeAt(origin_);
  for (size_t depth = origin_.LabelCount() + 1; depth <= labels; ++depth) {
    // RFC 6672 section 2.3: what stands below a DNAME is its to answer.
    if (const RrSet* dname = SetOf(*node, RrType::kDname)) return Found{.rrset = dname, .denial = {}};
    Name next = name.Suffix(depth);
    const Node* const below = NodeAt(next);
    if (below == nullptr) return BelowEncloser(encloser, name, type);
    node = below;
    // RFC 4035 section 3.1.4.1: the parent answers for the DS at the cut.
    const bool is_parents_question = depth == labels && type == RrType::kDs;
    if (node->cut != kNoCut && !is_parents_question) return ReferralOf(cuts_[node->cut]);
    encloser = std::move(next);
  }
  return AtNode(*node, name, type);
}

const RrSet* Zone::Exact(const Name& name, RrType type) const {
  const Node* const node = NodeAt(name);
  return node == nullptr ? nullptr : SetOf(*node, type);
}

Lookup Zone::AtNode(const Node& node, const Name& name, RrType type) const {
  if (const RrSet* rrset = SetOf(node, type)) return Found{.rrset = rrset, .denial = {}};
  if (type == RrType::kAny && node.count > 0) return Found{.rrset = &rrsets_[node.first], .denial = {}};
  if (const RrSet* cname = SetOf(node, RrType::kCname)) return Found{.rrset = cname, .denial = {}};
  // An empty non-terminal has no NSEC of its own: the one that covers it proves it (RFC 4035 section 3.1.3.2).
  return NoData{.soa = soa_, .denial = NsecFor(name)};
}

Lookup Zone::BelowEncloser(const Name& encloser, const Name& name, RrType type) const {
  Denial denial = NsecFor(name);
  const std::optional<Name> wildcard = encloser.Wildcard();
  const Node* const node = wildcard ? NodeAt(*wildcard) : nullptr;
  if (node == nullptr) {
    const Denial of_wildcard = wildcard ? NsecFor(*wildcard) : Denial{};
    if (!of_wildcard.empty() && of_wildcard != denial) denial.push_back(of_wildcard.front());
    return NxDomain{.soa = soa_, .denial = std::move(denial)};
  }
  Lookup at_wildcard = AtNode(*node, *wildcard, type);
  if (auto* found = std::get_if<Found>(&at_wildcard)) {
    found->denial = std::move(denial);
  } else if (auto* nodata = std::get_if<NoData>(&at_wildcard)) {
    // RFC 4035 section 3.1.3.4: no such name, and no such type at the wildcard.
    if (!denial.empty() && denial != nodata->denial) nodata->denial.push_back(denial.front());
  }
  return at_wildcard;
}

Referral Zone::ReferralOf(const Cut& cut) const {
  Referral referral{.ns = cut.ns, .ds = cut.ds, .glue = {}, .denial = {}};
  referral.glue = std::span(glue_).subspan(cut.first_glue, cut.glue_count);
  // RFC 4035 section 3.1.4: the NSEC of the delegation shows that it has no DS.
  if (cut.ds == nullptr) referral.denial = NsecFor(cut.ns->owner);
  return referral;
}

Denial Zone::NsecFor(const Name& name) const {
  const auto after = std::upper_bound(nsecs_.begin(), nsecs_.end(), name,
                                      [](const Name& wanted, const RrSet* nsec) { return wanted < nsec->owner; });
  // The apex has the first NSEC and no name comes before it; so one precedes, unless the zone has none.
  if (after == nsecs_.begin()) return {};
  return {*std::prev(after)};
}

bool Zone::IsSigned() const {
  const RrSet* const keys = Exact(origin_, RrType::kDnskey);
  if (keys == nullptr || keys->signatures.empty()) return false;
  // Archives keep the signatures of SOA and keys at times, and leave out all others.
  return nsecs_.empty() || !nsecs_.front()->signatures.empty();
}

bool Zone::SameContent(const Zone& other) const { return origin_ == other.origin_ && rrsets_ == other.rrsets_; }

bool SerialIsOlder(uint32_t a, uint32_t b) {
  const uint32_t ahead = b - a;
  return ahead != 0 && ahead < 0x8000'0000U;
}

Replacement JudgeReplacement(const Snapshot& current, const Zone& candidate) {
  if (current == nullptr || SerialIsOlder(current->serial(), candidate.serial())) return Replacement::kTaken;
  if (current->serial() != candidate.serial()) return Replacement::kOlder;
  return current->SameContent(candidate) ? Replacement::kSame : Replacement::kSameSerial;
}

}  // namespace zone
