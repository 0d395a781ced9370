#include "engine/cache/entry.h"

#include <absl/hash/hash.h>

#include <algorithm>
#include <new>
#include <string_view>

namespace cache {
namespace {

/// Octets that make_shared puts beside the object: two counts and a table of functions.
constexpr size_t kSharedOverhead = 16;

/// Returns the cost of an allocation that may not have been made at all.
size_t OptionalCost(size_t octets) { return octets == 0 ? 0 : AllocationCost(octets); }

/// Returns the heap cost of a shared set.
size_t CostOf(const std::shared_ptr<const wire::RrSet>& rrset) {
  if (rrset == nullptr) return 0;
  return AllocationCost(sizeof(*rrset) + kSharedOverhead) + OptionalCost(rrset->owner.HeapOctets()) +
         OptionalCost(rrset->rdatas.HeapOctets()) + OptionalCost(rrset->signatures.HeapOctets());
}

size_t CostOf(const Positive& positive) { return CostOf(positive.rrset); }
size_t CostOf(const NoData& no_data) { return CostOf(no_data.soa); }
size_t CostOf(const NxDomain& nx_domain) { return CostOf(nx_domain.soa); }
size_t CostOf(std::monostate) { return 0; }

/// Returns the heap cost of what stands behind an entry.
size_t CostOf(const std::shared_ptr<const Backing>& backing) {
  if (backing == nullptr) return 0;
  size_t cost = AllocationCost(sizeof(*backing) + kSharedOverhead) +
                OptionalCost(backing->proofs.capacity() * sizeof(wire::RrSet));
  for (const wire::RrSet& rrset : backing->proofs) {
    cost += OptionalCost(rrset.owner.HeapOctets()) + OptionalCost(rrset.rdatas.HeapOctets()) +
            OptionalCost(rrset.signatures.HeapOctets());
  }
  if (backing->error) cost += OptionalCost(backing->error->text.capacity());
  if (backing->keys == nullptr) return cost;
  cost += AllocationCost(sizeof(dnssec::ZoneKeys)) + OptionalCost(backing->keys->zone.HeapOctets());
  for (const dnssec::ZoneKey& key : backing->keys->keys) cost += sizeof(key) + dnssec::HeapOctets(key);
  return cost;
}

/// Returns the heap cost of a delegation.
size_t CostOf(const SharedDelegation& delegation) {
  size_t cost = AllocationCost(sizeof(*delegation) + kSharedOverhead) + OptionalCost(delegation->zone.HeapOctets()) +
                OptionalCost(delegation->servers.capacity() * sizeof(NameServer));
  for (const NameServer& server : delegation->servers) {
    cost += OptionalCost(server.name.HeapOctets()) + OptionalCost(server.glue.capacity() * sizeof(world::Address));
  }
  return cost;
}

/// Returns the heap cost of a failure with its text.
size_t CostOf(const std::unique_ptr<const FailureRecord>& record) {
  return AllocationCost(sizeof(*record)) + AllocationCost(record->failure.error.text.capacity() + 1);
}

}  // namespace

uint64_t HashOfName(world::OctetView lowered) {
  return absl::HashOf(std::string_view(reinterpret_cast<const char*>(lowered.data()), lowered.size()));
}

KeyView MakeKey(world::OctetView lowered, uint64_t name_hash, const KeyTraits& traits) {
  const uint64_t packed = uint64_t{static_cast<uint8_t>(traits.kind)} << 40 | uint64_t{traits.flags} << 32 |
                          uint64_t{static_cast<uint16_t>(traits.type)} << 16 | static_cast<uint16_t>(traits.rr_class);
  return {lowered, traits, absl::HashOf(name_hash, packed)};
}

Entry::Entry(const KeyView& key)
    : hash(key.hash), traits(key.traits), name_octets(static_cast<uint8_t>(key.name.size())) {}

OwnedEntry Entry::Make(const KeyView& key, size_t extra_octets) {
  void* const memory = ::operator new(sizeof(Entry) + key.name.size() + extra_octets);
  OwnedEntry entry(new (memory) Entry(key));
  std::copy(key.name.begin(), key.name.end(), reinterpret_cast<uint8_t*>(entry.get() + 1));
  return entry;
}

void EntryDeleter::operator()(Entry* entry) const {
  entry->~Entry();
  ::operator delete(entry);
}

bool Entry::Is(const KeyView& key) const {
  return hash == key.hash && traits == key.traits && std::ranges::equal(name(), key.name);
}

size_t AllocationCost(size_t octets) {
  constexpr size_t kHeader = 8;
  constexpr size_t kGrain = 16;
  constexpr size_t kLeast = 32;
  return std::max(kLeast, (octets + kHeader + kGrain - 1) / kGrain * kGrain);
}

size_t HeapCharge(const Entry& entry, size_t extra_octets) {
  return AllocationCost(sizeof(Entry) + entry.name_octets + extra_octets) + CostOf(entry.backing) +
         std::visit([](const auto& content) { return CostOf(content); }, entry.content);
}

}  // namespace cache
