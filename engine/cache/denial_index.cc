#include "engine/cache/denial_index.h"

#include <algorithm>
#include <utility>

#include "engine/dnssec/nsec.h"
#include "engine/world/limits.h"

namespace cache {
namespace {

using dnssec::DenialOutcome;
using wire::Name;
using wire::RrSet;
using wire::RrType;
using world::Instant;

/// Hashes that one look-up makes at the most: the name and its ancestors, and a wildcard.
constexpr int kMostHashes = 32;

/// Returns the entry whose key is the last that is not after `key`, going around to the last one of all; the end for an
/// empty map.
template <typename Map, typename Key>
typename Map::const_iterator AtOrBefore(const Map& map, const Key& key) {
  auto after = map.upper_bound(key);
  if (after != map.begin()) return std::prev(after);
  return map.empty() ? map.end() : std::prev(map.end());
}

/// Adds a proof unless its time is over, or it is there.
template <typename Gathered, typename Proof>
void Gather(Gathered& gathered, const Proof& proof, Instant now) {
  if (proof.expires > now && std::ranges::find(gathered, &proof) == gathered.end()) gathered.push_back(&proof);
}

/// Returns what the sets deny: NXDOMAIN, NODATA, or nothing.
template <typename AnyProof>
std::optional<wire::Rcode> Denied(AnyProof& proof, const wire::Question& question) {
  if (proof.NameDoesNotExist(question.name) == DenialOutcome::kProven) return wire::Rcode::kNxDomain;
  if (proof.TypeDoesNotExist(question.name, question.type) == DenialOutcome::kProven) return wire::Rcode::kNoError;
  return std::nullopt;
}

}  // namespace

void DenialIndex::Put(const RrSet& soa, std::span<const RrSet> proofs, Instant now, Instant not_after) {
  const Name& zone = soa.owner;
  const auto until = [&](const RrSet& rrset) { return std::min(now + world::Seconds(rrset.ttl), not_after); };
  const std::lock_guard lock(mutex_);
  Chain& chain = chains_[zone];
  chain.soa = {std::make_shared<const RrSet>(soa), until(soa)};
  for (const RrSet& rrset : proofs) {
    if (Add(chain, zone, {std::make_shared<const RrSet>(rrset), until(rrset)})) places_.push_back({zone, rrset.owner});
  }
  if (chain.nsecs.empty() && chain.nsec3s.empty()) chains_.erase(zone);
  while (places_.size() > world::limits::kMaxIndexedDenials) DropOldest();
}

bool DenialIndex::Add(Chain& chain, const Name& zone, Proof proof) {
  const RrSet& rrset = *proof.rrset;
  if (dnssec::Nsec::FromRrSet(rrset, zone)) return chain.nsecs.insert_or_assign(rrset.owner, std::move(proof)).second;
  const auto nsec3 = dnssec::Nsec3::FromRrSet(rrset, zone);
  if (!nsec3) return false;
  // The zone was hashed anew: what is known of its former chain is of no use.
  if (chain.parameters != nsec3->parameters) chain.nsec3s.clear();
  chain.parameters = nsec3->parameters;
  return chain.nsec3s.insert_or_assign(nsec3->owner, std::move(proof)).second;
}

void DenialIndex::DropOldest() {
  const Place place = std::move(places_.front());
  places_.pop_front();
  const auto at = chains_.find(place.zone);
  if (at == chains_.end()) return;
  Chain& chain = at->second;
  chain.nsecs.erase(place.owner);
  if (!place.owner.IsRoot()) {
    if (const auto hash = dnssec::FromBase32Hex(place.owner.Label(0))) chain.nsec3s.erase(*hash);
  }
  if (chain.nsecs.empty() && chain.nsec3s.empty()) chains_.erase(at);
}

DenialIndex::Gathered DenialIndex::NsecsFor(const Chain& chain, const Name& zone, const Name& name, Instant now) {
  Gathered gathered;
  const auto covering = AtOrBefore(chain.nsecs, name);
  if (covering == chain.nsecs.end()) return gathered;
  Gather(gathered, covering->second, now);
  const auto nsec = dnssec::Nsec::FromRrSet(*covering->second.rrset, zone);
  if (!nsec) return gathered;
  const size_t encloser = std::max(name.CommonLabels(nsec->owner), name.CommonLabels(nsec->next));
  if (const auto wildcard = name.Suffix(encloser).Wildcard()) {
    Gather(gathered, AtOrBefore(chain.nsecs, *wildcard)->second, now);
  }
  return gathered;
}

DenialIndex::Gathered DenialIndex::Nsec3sFor(const Chain& chain, const Name& zone, const Name& name, Instant now) {
  Gathered gathered;
  if (chain.nsec3s.empty() || chain.parameters.iterations > world::limits::kMaxNsec3Iterations) return gathered;
  dnssec::Nsec3Hasher hasher(kMostHashes);
  const auto gather = [&](const Name& of) {
    const auto hash = hasher.Hash(of, chain.parameters);
    if (!hash) return false;
    const auto at = AtOrBefore(chain.nsec3s, *hash);
    Gather(gathered, at->second, now);
    return at->first == *hash;
  };
  // The closest encloser is the first ancestor that has an NSEC3 of its own (RFC 5155 section 8.3).
  for (size_t labels = name.LabelCount() + 1; labels-- > zone.LabelCount();) {
    const Name encloser = name.Suffix(labels);
    if (!gather(encloser)) continue;
    if (const auto wildcard = encloser.Wildcard()) gather(*wildcard);
    break;
  }
  return gathered;
}

std::optional<DenialIndex::Found> DenialIndex::FindIn(const Chain& chain, const Name& zone,
                                                      const wire::Question& question, Instant now) {
  if (chain.soa.expires <= now) return std::nullopt;
  for (const Gathered& gathered :
       {NsecsFor(chain, zone, question.name, now), Nsec3sFor(chain, zone, question.name, now)}) {
    if (gathered.empty()) continue;
    std::vector<const RrSet*> sets;
    for (const Proof* const proof : gathered) sets.push_back(proof->rrset.get());
    dnssec::Nsec3Hasher hasher(kMostHashes);
    dnssec::NsecProof nsecs(sets, zone);
    dnssec::Nsec3Proof nsec3s(sets, zone, hasher);
    const bool is_nsec = sets.front()->type == RrType::kNsec;
    const auto rcode = is_nsec ? Denied(nsecs, question) : Denied(nsec3s, question);
    if (!rcode) continue;
    Found found{*rcode, chain.soa.rrset, {}, chain.soa.expires};
    for (const Proof* const proof : gathered) {
      found.proofs.push_back(*proof->rrset);
      found.expires = std::min(found.expires, proof->expires);
    }
    return found;
  }
  return std::nullopt;
}

std::optional<DenialIndex::Found> DenialIndex::Find(const Name& name, RrType type, Instant now) const {
  // The DS of a name is its parent's to deny (RFC 4035 section 4.2).
  size_t labels = name.LabelCount();
  if (type == RrType::kDs && labels > 0) --labels;
  const std::lock_guard lock(mutex_);
  for (;; --labels) {
    const Name zone = name.Suffix(labels);
    const auto at = chains_.find(zone);
    if (at != chains_.end()) {
      if (auto found = FindIn(at->second, zone, {name, type, wire::RrClass::kIn}, now)) return found;
    }
    if (labels == 0) return std::nullopt;
  }
}

void DenialIndex::Forget(const Name& name) {
  const std::lock_guard lock(mutex_);
  absl::erase_if(chains_,
                 [&](const auto& chain) { return chain.first.IsAtOrBelow(name) || name.IsAtOrBelow(chain.first); });
  std::erase_if(places_, [&](const Place& place) { return !chains_.contains(place.zone); });
}

size_t DenialIndex::size() const {
  const std::lock_guard lock(mutex_);
  return places_.size();
}

}  // namespace cache
