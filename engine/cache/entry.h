#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <variant>

#include "engine/cache/store.h"
#include "engine/dnssec/security.h"
#include "engine/world/octets.h"
#include "engine/world/time.h"

namespace cache {

/// What an entry holds; part of its key.
enum class EntryKind : uint8_t {
  kRecords,     ///< A set, or the proof that there is none: name and type.
  kNxDomain,    ///< Name alone.
  kDelegation,  ///< Name alone: the zone.
  kFailure,     ///< Name, type and class.
  kAnswer,      ///< Name, type, class and the flags that shape a response.
};
inline constexpr size_t kEntryKinds = 5;

/// Everything of a key but its name.
struct KeyTraits {
  EntryKind kind = EntryKind::kRecords;
  uint8_t flags = 0;  ///< Of a ready answer.
  wire::RrType type{};
  wire::RrClass rr_class = wire::RrClass::kIn;

  bool operator==(const KeyTraits&) const = default;
};

/// A key whose name is borrowed for the look-up.
struct KeyView {
  world::OctetView name;  ///< Lower case.
  KeyTraits traits;
  uint64_t hash = 0;  ///< Of all the above.
};

/// Returns the hash of a lower-case name alone: it picks the shard, so that all that is known of a name is in one.
uint64_t HashOfName(world::OctetView lowered);

/// Returns the key of `name`, whose hash is `name_hash`.
KeyView MakeKey(world::OctetView lowered, uint64_t name_hash, const KeyTraits& traits);

/// A failure with how many came before it without an answer in between; -1 where there is only one that does not count.
struct FailureRecord {
  Failure failure;
  int earlier = 0;
};

struct Entry;

/// Ends the life of an entry together with the octets that stand behind it.
struct EntryDeleter {
  void operator()(Entry* entry) const;
};
using OwnedEntry = std::unique_ptr<Entry, EntryDeleter>;

/// One thing known to the store. Name and, of a ready answer, message and TTL offsets stand right behind it in the same
/// allocation, so that a hit touches one place.
struct Entry {
  using Content =
      std::variant<std::monostate, Positive, NoData, NxDomain, SharedDelegation, std::unique_ptr<const FailureRecord>>;

  /// Returns an entry of `key` with `extra_octets` of room behind the name.
  static OwnedEntry Make(const KeyView& key, size_t extra_octets);

  /// The lower-case name of the key.
  world::OctetView name() const { return {reinterpret_cast<const uint8_t*>(this + 1), name_octets}; }
  /// The room behind the name.
  uint8_t* extra() { return reinterpret_cast<uint8_t*>(this + 1) + name_octets; }
  const uint8_t* extra() const { return reinterpret_cast<const uint8_t*>(this + 1) + name_octets; }
  /// Returns whether this is the entry of `key`.
  bool Is(const KeyView& key) const;

  uint64_t hash;
  Content content;
  std::shared_ptr<const Backing> backing;  ///< Null: nothing.
  Entry* newer = nullptr;                  ///< The order of insertion, for SIEVE.
  Entry* older = nullptr;
  world::Instant stored;
  world::Instant expires;
  world::Instant stale_until;  ///< Never before `expires`; in between it is of use where nothing better is to be had.
  uint32_t charge = 0;         ///< Heap octets, as HeapCharge() counts them.
  KeyTraits traits;
  uint16_t message_octets = 0;
  uint16_t ttl_count = 0;
  uint8_t name_octets;
  Rank rank = Rank::kGlue;
  dnssec::Security security = dnssec::Security::kUnchecked;
  uint8_t hits = 0;      ///< Of a ready answer.
  bool visited = false;  ///< Found since the hand last passed.

 private:
  explicit Entry(const KeyView& key);
};

/// Returns what an allocation of `octets` takes from the heap: malloc's header and rounding included.
size_t AllocationCost(size_t octets);

/// Returns what `entry` and all that hangs on it take from the heap; `extra_octets` as the entry was made with.
size_t HeapCharge(const Entry& entry, size_t extra_octets);

}  // namespace cache
