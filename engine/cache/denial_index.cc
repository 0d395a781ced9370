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
template <typename Proof>
void Gather(std::vector<Proof>& proofs, const Proof& proof, Instant now) {
  const auto is_same = [&](const Proof& other) { return other.rrset == proof.rrset; };
  if (proof.expires > now && std::ranges::none_of(proofs, is_same)) proofs.push_back(proof);
}

/// Returns what the sets deny: NXDOMAIN, NODATA, or nothing.
template <typename AnyProof>
std::optional<wire::Rcode> Denied(AnyProof& proof, const wire::Question& question) {
  if (proof.NameDoesNotExist(question.name) == DenialOutcome::kProven) return wire::Rcode::kNxDomain;
  if (proof.TypeDoesNotExist(question.name, question.type) == DenialOutcome::kProven) return wire::Rcode::kNoError;
  return std::nullopt;
}

/// Returns the sets of proofs, borrowed.
template <typename Proof>
std::vector<const RrSet*> SetsOf(const std::vector<Proof>& proofs) {
  std::vector<const RrSet*> sets;
  sets.reserve(proofs.size());
  for (const Proof& proof : proofs) sets.push_back(proof.rrset.get());
  return sets;
}

/// Returns the name and those above it, so many in all, with their hashes, as far as the hasher goes.
std::vector<std::pair<Name, dnssec::Nsec3Hash>> HashesOf(const Name& name, size_t count,
                                                         const dnssec::Nsec3Parameters& parameters,
                                                         dnssec::Nsec3Hasher& hasher) {
  std::vector<std::pair<Name, dnssec::Nsec3Hash>> hashes;
  for (size_t i = 0; i < count; ++i) {
    const Name above = name.Suffix(name.LabelCount() - i);
    const auto hash = hasher.Hash(above, parameters);
    if (!hash) break;
    hashes.emplace_back(above, *hash);
  }
  return hashes;
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

DenialIndex::Gathered DenialIndex::NsecsFor(const Name& zone, const Name& name, Instant now) const {
  Gathered gathered;
  const std::lock_guard lock(mutex_);
  const auto at = chains_.find(zone);
  if (at == chains_.end() || at->second.soa.expires <= now) return gathered;
  const Chain& chain = at->second;
  gathered.soa = chain.soa;
  const auto covering = AtOrBefore(chain.nsecs, name);
  if (covering == chain.nsecs.end()) return gathered;
  Gather(gathered.proofs, covering->second, now);
  const auto nsec = dnssec::Nsec::FromRrSet(*covering->second.rrset, zone);
  if (!nsec) return gathered;
  const size_t encloser = std::max(name.CommonLabels(nsec->owner), name.CommonLabels(nsec->next));
  if (const auto wildcard = name.Suffix(encloser).Wildcard()) {
    Gather(gathered.proofs, AtOrBefore(chain.nsecs, *wildcard)->second, now);
  }
  return gathered;
}

std::optional<dnssec::Nsec3Parameters> DenialIndex::ParametersOf(const Name& zone, Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto at = chains_.find(zone);
  if (at == chains_.end() || at->second.soa.expires <= now || at->second.nsec3s.empty()) return std::nullopt;
  if (at->second.parameters.iterations > world::limits::kMaxNsec3Iterations) return std::nullopt;
  return at->second.parameters;
}

std::optional<Name> DenialIndex::GatherNsec3s(const Name& zone, const Hashed& names, Instant now,
                                              Gathered& gathered) const {
  const std::lock_guard lock(mutex_);
  const auto at = chains_.find(zone);
  // Of what came in between other parameters the proof will make nothing.
  if (at == chains_.end() || at->second.nsec3s.empty()) return std::nullopt;
  gathered.soa = at->second.soa;
  for (const auto& [name, hash] : names) {
    const auto nsec3 = AtOrBefore(at->second.nsec3s, hash);
    Gather(gathered.proofs, nsec3->second, now);
    // The closest encloser is the first ancestor that has an NSEC3 of its own (RFC 5155 section 8.3).
    if (nsec3->first == hash) return name;
  }
  return std::nullopt;
}

std::optional<DenialIndex::Found> DenialIndex::FindIn(const Name& zone, const wire::Question& question,
                                                      Instant now) const {
  const auto found_by = [](const Gathered& gathered, std::optional<wire::Rcode> rcode) -> std::optional<Found> {
    if (!rcode) return std::nullopt;
    Found found{*rcode, gathered.soa.rrset, {}, gathered.soa.expires};
    for (const Proof& proof : gathered.proofs) {
      found.proofs.push_back(*proof.rrset);
      found.expires = std::min(found.expires, proof.expires);
    }
    return found;
  };
  if (const Gathered gathered = NsecsFor(zone, question.name, now); !gathered.proofs.empty()) {
    const std::vector<const RrSet*> sets = SetsOf(gathered.proofs);
    dnssec::NsecProof proof(sets, zone);
    if (auto found = found_by(gathered, Denied(proof, question))) return found;
  }
  const auto parameters = ParametersOf(zone, now);
  if (!parameters) return std::nullopt;
  dnssec::Nsec3Hasher hasher(kMostHashes);
  Gathered gathered;
  const auto encloser = GatherNsec3s(
      zone, HashesOf(question.name, question.name.LabelCount() - zone.LabelCount() + 1, *parameters, hasher), now,
      gathered);
  if (!encloser) return std::nullopt;
  if (const auto wildcard = encloser->Wildcard())
    GatherNsec3s(zone, HashesOf(*wildcard, 1, *parameters, hasher), now, gathered);
  const std::vector<const RrSet*> sets = SetsOf(gathered.proofs);
  dnssec::Nsec3Proof proof(sets, zone, hasher);
  return found_by(gathered, Denied(proof, question));
}

std::optional<DenialIndex::Found> DenialIndex::Find(const Name& name, RrType type, Instant now) const {
  // The DS of a name is its parent's to deny (RFC 4035 section 4.2).
  size_t labels = name.LabelCount();
  if (type == RrType::kDs && labels > 0) --labels;
  for (;; --labels) {
    if (auto found = FindIn(name.Suffix(labels), {name, type, wire::RrClass::kIn}, now)) return found;
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
