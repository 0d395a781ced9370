#pragma once

#include <absl/container/flat_hash_map.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
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
  /// What a zone has that may say something of a name; shared with the index.
  struct Gathered {
    Proof soa;
    std::vector<Proof> proofs;
  };
  /// A name and those above it down to the zone's, each with its hash.
  using Hashed = std::vector<std::pair<wire::Name, dnssec::Nsec3Hash>>;

  /// Keeps one proof; returns whether it is one of the zone's chain.
  static bool Add(Chain& chain, const wire::Name& zone, Proof proof);
  /// Takes out the oldest set.
  void DropOldest();
  /// Returns what the zone's chain denies of the question.
  std::optional<Found> FindIn(const wire::Name& zone, const wire::Question& question, world::Instant now) const;

  // All that follow take the lock for as long as they look.

  /// Returns the NSECs that match or cover the name, and the wildcard that could make it.
  Gathered NsecsFor(const wire::Name& zone, const wire::Name& name, world::Instant now) const;
  /// Returns how the zone's NSEC3s were hashed; nothing where it has none that count.
  std::optional<dnssec::Nsec3Parameters> ParametersOf(const wire::Name& zone, world::Instant now) const;
  /// Adds the NSEC3s that match or cover the names, from the first one up to the closest encloser, which it returns.
  std::optional<wire::Name> GatherNsec3s(const wire::Name& zone, const Hashed& names, world::Instant now,
                                         Gathered& gathered) const;

  mutable std::mutex mutex_;
  absl::flat_hash_map<wire::Name, Chain> chains_;
  std::deque<Place> places_;
};

}  // namespace cache
