#pragma once

#include <absl/container/flat_hash_map.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "engine/dnssec/nsec3.h"
#include "engine/wire/message.h"
#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/world/time.h"

namespace cache {

/// The NSECs and NSEC3s of secure denials, in the order of their zones' chains: one of them denies many names, and so
/// most names that do not exist need not be asked for (RFC 8198). Safe to use from many threads.
class DenialIndex {
 public:
  /// Keeps what a secure denial of the zone showed. Requires: each proof carries a good signature of the zone.
  void Put(const wire::RrSet& soa, std::span<const wire::RrSet> proofs, world::Instant now, world::Instant not_after);

  /// A denial made of what is kept.
  struct Found {
    wire::Rcode rcode = wire::Rcode::kNoError;
    std::shared_ptr<const wire::RrSet> soa;
    std::vector<wire::RrSet> proofs;
    world::Instant expires;
  };

  /// Returns the denial of (name, type) that follows from what is kept, or nothing. Denies nothing by opt-out.
  std::optional<Found> Find(const wire::Name& name, wire::RrType type, world::Instant now) const;

  /// Forgets all zones at, below and above `name`.
  void Forget(const wire::Name& name);

  /// Returns how many sets are kept: at most kMaxIndexedDenials.
  size_t size() const;

 private:
  /// A set with its end.
  struct Proof {
    std::shared_ptr<const wire::RrSet> rrset;
    world::Instant expires;
  };
  /// What is kept of one zone.
  struct Chain {
    Proof soa;
    std::map<wire::Name, Proof> nsecs;  ///< By owner, in canonical order.
    std::map<dnssec::Nsec3Hash, Proof> nsec3s;
    dnssec::Nsec3Parameters parameters;  ///< Of all NSEC3s here.
  };
  /// Where a set is kept, in the order in which they came.
  struct Place {
    wire::Name zone;
    wire::Name owner;
  };
  /// The proofs that may say something of a name, borrowed.
  using Gathered = std::vector<const Proof*>;

  /// Keeps one proof; returns whether it is one of the zone's chain.
  static bool Add(Chain& chain, const wire::Name& zone, Proof proof);
  /// Takes out the oldest set.
  void DropOldest();
  /// Returns the NSECs that match or cover the name, and the wildcard that could make it.
  static Gathered NsecsFor(const Chain& chain, const wire::Name& zone, const wire::Name& name, world::Instant now);
  /// Returns the NSEC3s likewise.
  static Gathered Nsec3sFor(const Chain& chain, const wire::Name& zone, const wire::Name& name, world::Instant now);
  /// Returns what the zone's chain denies of (name, type).
  static std::optional<Found> FindIn(const Chain& chain, const wire::Name& zone, const wire::Question& question,
                                     world::Instant now);

  mutable std::mutex mutex_;
  absl::flat_hash_map<wire::Name, Chain> chains_;
  std::deque<Place> places_;
};

}  // namespace cache
