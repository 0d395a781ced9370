#include "engine/cache/store.h"

#include <algorithm>
#include <bit>
#include <mutex>
#include <utility>

#include "engine/cache/entry.h"
#include "engine/cache/lifetime.h"
#include "engine/cache/lowered_name.h"
#include "engine/cache/ready_answer.h"
#include "engine/cache/shard.h"
#include "engine/world/check.h"

namespace cache {
namespace {

using world::Instant;
using world::OctetView;

/// What a shard is worth at least, and about what it is worth with large caches: whatever must visit a whole shard
/// under its lock (the index growing, a flush) is then over in a fraction of a millisecond.
constexpr size_t kShardOctets = 1024 * 1024;
constexpr size_t kMostShards = 16'384;

/// Returns how many shards share `limit_octets`: a power of two.
size_t ShardCount(size_t limit_octets) {
  return std::bit_floor(std::clamp<size_t>(limit_octets / kShardOctets, 1, kMostShards));
}

/// Returns the traits of the key of (name, type) of a set or NODATA.
KeyTraits RecordsTraits(wire::RrType type) { return {.kind = EntryKind::kRecords, .type = type}; }

/// Returns the traits of the key of a failed question.
KeyTraits FailureTraits(const wire::Question& question) {
  return {.kind = EntryKind::kFailure, .type = question.type, .rr_class = question.rr_class};
}

/// Returns the traits of the key of a ready answer.
KeyTraits AnswerTraits(const AnswerKey& key) {
  const int flags = (key.dnssec_ok ? 1 : 0) | (key.checking_disabled ? 2 : 0) | (key.edns ? 4 : 0);
  return {.kind = EntryKind::kAnswer, .flags = static_cast<uint8_t>(flags), .type = key.type, .rr_class = key.rr_class};
}

/// The hits of a ready answer that was due already.
constexpr uint8_t kWasDue = UINT8_MAX;

constexpr KeyTraits kNxDomainTraits{.kind = EntryKind::kNxDomain};
constexpr KeyTraits kDelegationTraits{.kind = EntryKind::kDelegation};

/// Returns a set for sharing, without room to grow.
std::shared_ptr<const wire::RrSet> Share(wire::RrSet rrset) {
  rrset.rdatas.ShrinkToFit();
  rrset.signatures.ShrinkToFit();
  return std::make_shared<const wire::RrSet>(std::move(rrset));
}

/// Returns what the cache knows by an entry of records or NXDOMAIN.
Known ToKnown(const Entry& entry) {
  Known known{.what = NxDomain{},
              .rank = entry.rank,
              .stored = entry.stored,
              .expires = entry.expires,
              .stale_until = entry.stale_until,
              .assurance = {entry.security, entry.backing}};
  if (const auto* positive = std::get_if<Positive>(&entry.content)) known.what = *positive;
  if (const auto* no_data = std::get_if<NoData>(&entry.content)) known.what = *no_data;
  if (const auto* nx_domain = std::get_if<NxDomain>(&entry.content)) known.what = *nx_domain;
  return known;
}

/// Returns how far something is to be trusted: first by its security, then by its rank (RFC 2181 section 5.4.1).
std::pair<bool, Rank> WeightOf(dnssec::Security security, Rank rank) {
  return {security == dnssec::Security::kSecure, rank};
}

/// Counts a hit of a ready answer; returns how it was found.
Hit NoteHit(Entry& entry, Instant now) {
  if (entry.hits == kWasDue) return Hit::kFresh;
  if (entry.hits < Store::kPopularHits) ++entry.hits;
  const world::Duration life = entry.expires - entry.stored;
  if (entry.hits < Store::kPopularHits || entry.expires - now > life / 10) return Hit::kFresh;
  entry.hits = kWasDue;
  return Hit::kDue;
}

}  // namespace

uint32_t Known::TtlAt(Instant now) const {
  CHECK(expires > now);
  return static_cast<uint32_t>((expires - now) / world::Seconds(1));
}

/// A shard under its lock, on cache lines of its own.
struct alignas(64) Store::Shelf {
  explicit Shelf(size_t limit_octets) : shard(limit_octets) {}

  std::mutex mutex;
  Shard shard;
};

/// Where a key is kept.
struct Store::Place {
  Shelf& shelf;
  KeyView key;
};

Store::Store(const StoreOptions& options) : options_(options) {
  const size_t count = ShardCount(options.limit_octets);
  shelves_.reserve(count);
  for (size_t i = 0; i < count; ++i) shelves_.push_back(std::make_unique<Shelf>(options.limit_octets / count));
}

Store::~Store() = default;

Store::Place Store::PlaceOf(OctetView lowered, const KeyTraits& traits) const {
  const uint64_t name_hash = HashOfName(lowered);
  return {*shelves_[name_hash & (shelves_.size() - 1)], MakeKey(lowered, name_hash, traits)};
}

bool Store::PutKnown(OctetView lowered, const KeyTraits& traits, Known known, Instant now) {
  const Place place = PlaceOf(lowered, traits);
  auto entry = Entry::Make(place.key, 0);
  std::visit([&](auto& what) { entry->content = std::move(what); }, known.what);
  entry->rank = known.rank;
  entry->stored = now;
  entry->expires = known.expires;
  entry->stale_until =
      std::max(known.expires, std::min(known.stale_until, known.expires + world::Seconds(options_.stale_seconds)));
  entry->security = known.assurance.security;
  entry->backing = std::move(known.assurance.backing);
  entry->charge = static_cast<uint32_t>(HeapCharge(*entry, 0));

  const std::lock_guard lock(place.shelf.mutex);
  const Entry* const standing = place.shelf.shard.Peek(place.key, now);
  const auto weight = WeightOf(known.assurance.security, known.rank);
  if (standing != nullptr && WeightOf(standing->security, standing->rank) > weight) return false;
  if (known.expires <= now) {
    place.shelf.shard.Remove(place.key);
  } else {
    place.shelf.shard.Put(std::move(entry), now);
  }
  return true;
}

void Store::OverrideNxDomains(OctetView lowered, dnssec::Security security, Rank rank, Instant now) {
  for (; lowered.size() > 1; lowered = ParentOf(lowered)) {
    const Place place = PlaceOf(lowered, kNxDomainTraits);
    const std::lock_guard lock(place.shelf.mutex);
    const Entry* const standing = place.shelf.shard.Peek(place.key, now);
    if (standing == nullptr || WeightOf(standing->security, standing->rank) > WeightOf(security, rank)) continue;
    place.shelf.shard.Remove(place.key);
  }
}

bool Store::PutRrSet(wire::RrSet rrset, Rank rank, Instant now, KeepUntil until, Assurance assurance) {
  if (rrset.rr_class != wire::RrClass::kIn) return true;
  const LoweredName name(rrset.owner);
  const wire::RrType type = rrset.type;
  rrset.ttl = TtlOfSet(rrset.ttl, options_);
  const Instant expires = std::min(now + world::Seconds(rrset.ttl), until.not_after);
  const dnssec::Security security = assurance.security;
  Known known{.what = Positive{Share(std::move(rrset))},
              .rank = rank,
              .stored = now,
              .expires = expires,
              .stale_until = until.stale_until,
              .assurance = std::move(assurance)};
  if (!PutKnown(name.octets(), RecordsTraits(type), std::move(known), now)) return false;
  OverrideNxDomains(name.octets(), security, rank, now);
  return true;
}

void Store::PutNoData(const wire::Name& name, wire::RrType type, std::optional<wire::RrSet> soa, Rank rank, Instant now,
                      KeepUntil until, const Assurance& assurance) {
  const LoweredName lowered(name);
  const dnssec::Security security = assurance.security;
  Known known = Negative<NoData>(std::move(soa), rank, now, until, assurance);
  if (!PutKnown(lowered.octets(), RecordsTraits(type), std::move(known), now)) return;
  OverrideNxDomains(lowered.octets(), security, rank, now);
}

void Store::PutNxDomain(const wire::Name& name, std::optional<wire::RrSet> soa, Rank rank, Instant now, KeepUntil until,
                        const Assurance& assurance) {
  const LoweredName lowered(name);
  PutKnown(lowered.octets(), kNxDomainTraits, Negative<NxDomain>(std::move(soa), rank, now, until, assurance), now);
}

template <typename Kind>
Known Store::Negative(std::optional<wire::RrSet> soa, Rank rank, Instant now, const KeepUntil& until,
                      const Assurance& assurance) const {
  uint32_t ttl = TtlOfNegative(soa, options_);
  if (!soa && assurance.backing && !assurance.backing->proofs.empty()) {
    const auto least = std::ranges::min_element(assurance.backing->proofs, {}, &wire::RrSet::ttl);
    ttl = std::min(least->ttl, options_.max_negative_ttl_seconds);
  }
  Kind kind;
  if (soa) {
    soa->ttl = ttl;  // RFC 2308 section 3: the SOA goes to clients with the TTL of the negative answer.
    kind.soa = Share(*std::move(soa));
  }
  const Instant expires = std::min(now + world::Seconds(ttl), until.not_after);
  return {.what = std::move(kind),
          .rank = rank,
          .stored = now,
          .expires = expires,
          .stale_until = until.stale_until,
          .assurance = assurance};
}

std::optional<Known> Store::Find(const wire::Name& name, wire::RrType type, Instant now) const {
  const LoweredName lowered(name);
  const uint64_t name_hash = HashOfName(lowered.octets());
  Shelf& shelf = *shelves_[name_hash & (shelves_.size() - 1)];
  const std::lock_guard lock(shelf.mutex);
  const Entry* const records = shelf.shard.Find(MakeKey(lowered.octets(), name_hash, RecordsTraits(type)), now);
  const Entry* const nx_domain = shelf.shard.Find(MakeKey(lowered.octets(), name_hash, kNxDomainTraits), now);
  if (records == nullptr && nx_domain == nullptr) return std::nullopt;
  // Of one rank both stand only when the NXDOMAIN came later: records override what they find.
  const auto weight = [](const Entry& entry) { return WeightOf(entry.security, entry.rank); };
  const bool records_win = nx_domain == nullptr || (records != nullptr && weight(*records) > weight(*nx_domain));
  return ToKnown(records_win ? *records : *nx_domain);
}

std::optional<Known> Store::FindStale(const wire::Name& name, wire::RrType type, Instant now) const {
  if (auto known = Find(name, type, now)) return known;
  const LoweredName lowered(name);
  const uint64_t name_hash = HashOfName(lowered.octets());
  Shelf& shelf = *shelves_[name_hash & (shelves_.size() - 1)];
  const std::lock_guard lock(shelf.mutex);
  const Entry* const records = shelf.shard.FindStale(MakeKey(lowered.octets(), name_hash, RecordsTraits(type)), now);
  const Entry* const nx_domain = shelf.shard.FindStale(MakeKey(lowered.octets(), name_hash, kNxDomainTraits), now);
  if (records == nullptr && nx_domain == nullptr) return std::nullopt;
  // What is stale does not make room for what comes after it: the later one counts.
  const bool records_win = nx_domain == nullptr || (records != nullptr && records->stored >= nx_domain->stored);
  return ToKnown(records_win ? *records : *nx_domain);
}

std::optional<Known> Store::FindNxDomainCut(const wire::Name& name, Instant now) const {
  const LoweredName lowered(name);
  for (OctetView ancestor = lowered.octets(); ancestor.size() > 1; ancestor = ParentOf(ancestor)) {
    const Place place = PlaceOf(ancestor, kNxDomainTraits);
    const std::lock_guard lock(place.shelf.mutex);
    if (const Entry* const entry = place.shelf.shard.Find(place.key, now)) return ToKnown(*entry);
  }
  return std::nullopt;
}

void Store::PutDelegation(Delegation delegation, Instant now) {
  const LoweredName zone(delegation.zone);
  delegation.servers.shrink_to_fit();
  for (NameServer& server : delegation.servers) server.glue.shrink_to_fit();
  delegation.expires = std::min(delegation.expires, now + world::Seconds(options_.max_ttl_seconds));

  const Place place = PlaceOf(zone.octets(), kDelegationTraits);
  auto entry = Entry::Make(place.key, 0);
  entry->stored = now;
  entry->expires = entry->stale_until = delegation.expires;
  entry->content = std::make_shared<const Delegation>(std::move(delegation));
  entry->charge = static_cast<uint32_t>(HeapCharge(*entry, 0));
  const std::lock_guard lock(place.shelf.mutex);
  if (entry->expires <= now) {
    place.shelf.shard.Remove(place.key);
  } else {
    place.shelf.shard.Put(std::move(entry), now);
  }
}

SharedDelegation Store::FindDelegation(const wire::Name& name, size_t least_labels, size_t most_labels,
                                       Instant now) const {
  const LoweredName lowered(name);
  OctetView zone = lowered.octets();
  size_t labels = name.LabelCount();
  for (; labels > most_labels; --labels) zone = ParentOf(zone);
  for (; labels >= least_labels; --labels, zone = ParentOf(zone)) {
    const Place place = PlaceOf(zone, kDelegationTraits);
    const std::lock_guard lock(place.shelf.mutex);
    if (const Entry* const entry = place.shelf.shard.Find(place.key, now)) {
      return std::get<SharedDelegation>(entry->content);
    }
    if (labels == 0) break;
  }
  return nullptr;
}

void Store::PutFailure(const wire::Question& question, const wire::ExtendedError& error, wire::Rcode rcode, Instant now,
                       Fault fault) {
  const LoweredName name(question.name);
  const Place place = PlaceOf(name.octets(), FailureTraits(question));
  auto record = std::make_unique<FailureRecord>(FailureRecord{{rcode, error, now}, 0});
  const std::lock_guard lock(place.shelf.mutex);
  int row = 0;
  if (const Entry* const entry = place.shelf.shard.Peek(place.key, now)) {
    const auto& standing = *std::get<std::unique_ptr<const FailureRecord>>(entry->content);
    // Several resolutions that fail together are one failure.
    if (standing.failure.expires > now) return;
    row = standing.earlier + 1;
  }
  // One of our own is not counted: the next one follows upon the one before it.
  record->earlier = fault == Fault::kOurNetwork ? row - 1 : row;
  record->failure.expires = now + (fault == Fault::kOurNetwork ? kRestWithoutNetwork : RestAfterFailure(row));
  auto entry = Entry::Make(place.key, 0);
  entry->stored = now;
  entry->expires = entry->stale_until = record->failure.expires + kFailureMemory;
  entry->content = std::unique_ptr<const FailureRecord>(std::move(record));
  entry->charge = static_cast<uint32_t>(HeapCharge(*entry, 0));
  place.shelf.shard.Put(std::move(entry), now);
}

std::optional<Failure> Store::FindFailure(const wire::Question& question, Instant now) const {
  const LoweredName name(question.name);
  const Place place = PlaceOf(name.octets(), FailureTraits(question));
  const std::lock_guard lock(place.shelf.mutex);
  const Entry* const entry = place.shelf.shard.Find(place.key, now);
  if (entry == nullptr) return std::nullopt;
  const Failure& failure = std::get<std::unique_ptr<const FailureRecord>>(entry->content)->failure;
  if (failure.expires <= now) return std::nullopt;
  return failure;
}

void Store::ClearFailure(const wire::Question& question) {
  const LoweredName name(question.name);
  const Place place = PlaceOf(name.octets(), FailureTraits(question));
  const std::lock_guard lock(place.shelf.mutex);
  place.shelf.shard.Remove(place.key);
}

void Store::PutAnswer(const AnswerKey& key, const ReadyAnswer& answer, Instant now) {
  const Instant expires = std::min(answer.expires, now + world::Seconds(options_.max_ttl_seconds));
  if (expires <= now || !wire::Name::FromWire(key.name)) return;
  const LoweredName name(key.name);
  const Place place = PlaceOf(name.octets(), AnswerTraits(key));
  OwnedEntry entry = MakeAnswerEntry(place.key, answer);
  entry->expires = entry->stale_until = expires;
  const std::lock_guard lock(place.shelf.mutex);
  place.shelf.shard.Put(std::move(entry), now);
}

std::optional<Hit> Store::CopyAnswer(const AnswerKey& key, Instant now, world::Octets& out) const {
  if (key.name.empty() || key.name.size() > wire::Name::kMaxOctets) return std::nullopt;
  const LoweredName name(key.name);
  const Place place = PlaceOf(name.octets(), AnswerTraits(key));
  const std::lock_guard lock(place.shelf.mutex);
  Entry* const entry = place.shelf.shard.Find(place.key, now);
  if (entry == nullptr) return std::nullopt;
  CopyMessage(*entry, now, out);
  return NoteHit(*entry, now);
}

size_t Store::Flush(const wire::Name& name) {
  denials_.Forget(name);
  const LoweredName top(name);
  size_t flushed = 0;
  for (const auto& shelf : shelves_) {
    std::vector<OwnedEntry> taken;  // Freed after the lock.
    const std::lock_guard lock(shelf->mutex);
    taken = shelf->shard.TakeIf([&](const Entry& entry) { return IsAtOrBelow(entry.name(), top.octets()); });
    flushed += taken.size();
  }
  return flushed;
}

size_t Store::FlushType(const wire::Name& name, wire::RrType type) {
  denials_.Forget(name);
  const LoweredName lowered(name);
  const OctetView octets = lowered.octets();
  Shelf& shelf = PlaceOf(octets, kNxDomainTraits).shelf;
  const auto matches = [&](const Entry& entry) {
    if (!std::ranges::equal(entry.name(), octets)) return false;
    switch (entry.traits.kind) {
      case EntryKind::kRecords:
      case EntryKind::kFailure:
        return entry.traits.type == type;
      case EntryKind::kDelegation:
        return type == wire::RrType::kNs;
      case EntryKind::kNxDomain:
      case EntryKind::kAnswer:
        return true;
    }
    return false;
  };
  std::vector<OwnedEntry> taken;  // Freed after the lock.
  const std::lock_guard lock(shelf.mutex);
  taken = shelf.shard.TakeIf(matches);
  return taken.size();
}

StoreStats Store::Stats() const {
  StoreStats stats;
  stats.limit_octets = options_.limit_octets;
  for (const auto& shelf : shelves_) {
    const std::lock_guard lock(shelf->mutex);
    const Shard& shard = shelf->shard;
    stats.rrset_entries += shard.CountOf(EntryKind::kRecords) + shard.CountOf(EntryKind::kNxDomain);
    stats.answer_entries += shard.CountOf(EntryKind::kAnswer);
    stats.delegation_entries += shard.CountOf(EntryKind::kDelegation);
    stats.failure_entries += shard.CountOf(EntryKind::kFailure);
    stats.octets += shard.Octets();
    stats.evictions += shard.evictions();
    stats.insertions += shard.insertions();
  }
  return stats;
}

}  // namespace cache
