#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "engine/cache/denial_index.h"
#include "engine/dnssec/keys.h"
#include "engine/dnssec/security.h"
#include "engine/wire/message.h"
#include "engine/wire/rrset.h"
#include "engine/world/address.h"
#include "engine/world/octets.h"
#include "engine/world/time.h"

namespace cache {

struct KeyTraits;

/// How far a set is trusted, least first (RFC 2181 section 5.4.1). A set never replaces one of a higher rank that still
/// lives.
enum class Rank : uint8_t {
  kGlue,           ///< Additional section, or glue of a referral.
  kReferral,       ///< NS of a referral.
  kNonAuthAnswer,  ///< Answer section of a response without AA.
  kAuthAuthority,  ///< Authority section of an authoritative response.
  kAuthAnswer,     ///< Answer section of an authoritative response.
  kLocal,          ///< From a local zone: the root snapshot.
};

/// What stands behind a set or a denial beside its own records. Immutable, shared.
struct Backing {
  std::vector<wire::RrSet> proofs;               ///< The NSECs or NSEC3s of a denial, or of a wildcard's answer.
  std::shared_ptr<const dnssec::ZoneKeys> keys;  ///< Of a secure DNSKEY set: ready to verify with.
  std::optional<wire::ExtendedError> error;      ///< Why it is bogus, or insecure where that may surprise.
};

/// How far something was validated, and what stands behind it.
struct Assurance {
  dnssec::Security security = dnssec::Security::kUnchecked;
  std::shared_ptr<const Backing> backing;  ///< Null: nothing.
};

/// A set as it is kept.
struct Positive {
  std::shared_ptr<const wire::RrSet> rrset;  ///< Its ttl is the one it was stored with, floor and ceiling applied.
};

/// No such type at the name (RFC 2308 section 2.2).
struct NoData {
  std::shared_ptr<const wire::RrSet> soa;  ///< Null when the response had none; then it is kept only briefly.
};

/// No such name, for any type.
struct NxDomain {
  std::shared_ptr<const wire::RrSet> soa;
};

/// How long something may be kept, whatever its TTL.
struct KeepUntil {
  KeepUntil(world::Instant not_after_at) : not_after(not_after_at) {}  // NOLINT(google-explicit-constructor)
  KeepUntil(world::Instant not_after_at, world::Instant stale_until_at)
      : not_after(not_after_at), stale_until(stale_until_at) {}

  world::Instant not_after;                            ///< kNever: its TTL decides alone.
  world::Instant stale_until = world::Instant::min();  ///< Of use until then though its TTL be over (RFC 8767).
};

/// What a cache knows of (name, type).
struct Known {
  std::variant<Positive, NoData, NxDomain> what;
  Rank rank = Rank::kGlue;
  world::Instant stored;
  world::Instant expires;
  world::Instant stale_until = world::Instant::min();
  Assurance assurance{};

  /// Returns the whole seconds left. Requires: expires > now.
  uint32_t TtlAt(world::Instant now) const;
};

/// Whose fault it is that a question had no answer.
enum class Fault : uint8_t {
  kServers,
  kOurNetwork,  ///< Nobody could be reached.
};

/// A resolution that failed (RFC 9520), kept so that it is not tried again at once.
struct Failure {
  wire::Rcode rcode = wire::Rcode::kServFail;
  wire::ExtendedError error;
  world::Instant expires;
};

/// A nameserver of a delegation, with the addresses that came with it.
struct NameServer {
  wire::Name name;
  std::vector<world::Address> glue;
};

/// Where a zone is served, as its parent says: the only thing the walk goes by from one zone to the next. Child data
/// never lengthens its life (ghost domains, CVE-2022-30698).
struct Delegation {
  wire::Name zone;
  std::vector<NameServer> servers;  ///< At most kMaxNameServers.
  world::Instant expires;           ///< Never later than that of the delegation above it that led here.
};
using SharedDelegation = std::shared_ptr<const Delegation>;

/// The key of a ready answer: a question with what else changes the octets of the response. The flags are CD and DO and
/// whether the client sent EDNS.
struct AnswerKey {
  world::OctetView name;  ///< The question's name in uncompressed wire form, any case.
  wire::RrType type = wire::RrType::kA;
  wire::RrClass rr_class = wire::RrClass::kIn;
  bool dnssec_ok = false;
  bool checking_disabled = false;
  bool edns = false;
};

/// A whole response as it goes to a client but for ID, flags RD and CD, the case of the question's name, and TTLs.
struct ReadyAnswer {
  world::Octets message;
  std::vector<uint16_t> ttl_offsets;  ///< Where the 32-bit TTLs stand (the OPT's is not among them).
  world::Instant stored;
  world::Instant expires;
};

/// How a ready answer was found.
enum class Hit : uint8_t {
  kFresh,
  kDue,  ///< So many have asked for it that it is worth having anew before its end.
};

/// Counts of one kind of entry.
struct StoreStats {
  uint64_t rrset_entries = 0;
  uint64_t answer_entries = 0;
  uint64_t delegation_entries = 0;
  uint64_t failure_entries = 0;
  uint64_t octets = 0;
  uint64_t limit_octets = 0;
  uint64_t evictions = 0;
  uint64_t insertions = 0;
};

/// What bounds the store.
struct StoreOptions {
  size_t limit_octets = 64 * 1024 * 1024;
  uint32_t min_ttl_seconds = 0;
  uint32_t max_ttl_seconds = 86'400;
  uint32_t max_negative_ttl_seconds = 3'600;
  uint32_t stale_seconds = 0;  ///< How long a set is of use beyond its TTL, at the most; 0: not at all.
};

/// The cache that all workers share: sets, ready answers, delegations and failures, under one byte limit that holds at
/// all times, split into shards of one mutex each. Eviction is SIEVE: one visited bit, one hand, no list movement on a
/// hit. Every method may be called from any thread. Time is an argument; what has expired is never returned.
class Store {
 public:
  explicit Store(const StoreOptions& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Keeps a set. Returns false, and keeps what was there, when a live entry of a higher rank stands; one of equal rank
  /// is replaced. `until` bounds its life. A set that is left with TTL 0 is not
  /// kept, but what it would have replaced goes. A name with a set exists: NXDOMAINs of equal or lower rank of the name
  /// and of its ancestors go. What is secure counts more than any rank: nothing that is not replaces it, and it
  /// replaces whatever is not.
  bool PutRrSet(wire::RrSet rrset, Rank rank, world::Instant now, KeepUntil until, Assurance assurance = {});

  /// Keeps a negative answer for (name, type), by the same rules of rank; NODATA too means that the name exists. For
  /// NXDOMAIN the type does not matter. Its life is the least of the
  /// SOA's TTL, its minimum field and the negative ceiling (RFC 2308 section 5); without SOA that of the proofs behind
  /// it, and without those `kNoSoaTtl`.
  void PutNoData(const wire::Name& name, wire::RrType type, std::optional<wire::RrSet> soa, Rank rank,
                 world::Instant now, KeepUntil until, const Assurance& assurance = {});
  void PutNxDomain(const wire::Name& name, std::optional<wire::RrSet> soa, Rank rank, world::Instant now,
                   KeepUntil until, const Assurance& assurance = {});

  /// Returns what is known of (name, type): an exact set, or NODATA, or NXDOMAIN of the name. Of an NXDOMAIN and a set
  /// the higher rank counts, of equal ranks the one that came later.
  std::optional<Known> Find(const wire::Name& name, wire::RrType type, world::Instant now) const;

  /// Returns what was known of (name, type) before its TTL was over, if it may still be of use (RFC 8767); and what is
  /// known. Its `expires` may lie in the past.
  std::optional<Known> FindStale(const wire::Name& name, wire::RrType type, world::Instant now) const;

  /// Returns the NXDOMAIN of the nearest ancestor of `name` (itself included) that has one: nothing exists below it
  /// (RFC 8020).
  std::optional<Known> FindNxDomainCut(const wire::Name& name, world::Instant now) const;

  /// The denials that are proven, for names that were not asked for yet.
  DenialIndex& denials() { return denials_; }

  /// Keeps a delegation, in place of the one for the same zone.
  void PutDelegation(Delegation delegation, world::Instant now);

  /// Returns the delegation of the lowest zone that `name` is at or below and that has between `least_labels` and
  /// `most_labels` labels, or null.
  SharedDelegation FindDelegation(const wire::Name& name, size_t least_labels, size_t most_labels,
                                  world::Instant now) const;

  /// Keeps a failure of (question); the time grows with each one in a row, 5 s to 5 min (RFC 9520 section 3.2). While
  /// one is in force another changes nothing: resolutions that fail together are one failure. One of our own network is
  /// kept for kRestWithoutNetwork, and is not one more in a row.
  void PutFailure(const wire::Question& question, const wire::ExtendedError& error, wire::Rcode rcode,
                  world::Instant now, Fault fault = Fault::kServers);
  std::optional<Failure> FindFailure(const wire::Question& question, world::Instant now) const;
  /// Forgets that the question ever failed: it has been answered.
  void ClearFailure(const wire::Question& question);

  /// Keeps a ready answer.
  void PutAnswer(const AnswerKey& key, const ReadyAnswer& answer, world::Instant now);

  /// Copies the ready answer of `key` into `out` (replacing what is there) with its TTLs counted down, and returns
  /// how it was found; a popular one is due once in its life. ID, flags and the case
  /// of the question are the caller's to patch. Allocates only where `out` must grow.
  std::optional<Hit> CopyAnswer(const AnswerKey& key, world::Instant now, world::Octets& out) const;

  /// Forgets everything at or below `name` (the root: everything); returns how many entries went.
  size_t Flush(const wire::Name& name);
  /// Forgets what is known of (name, type) and the ready answers of the name.
  size_t FlushType(const wire::Name& name, wire::RrType type);

  /// Returns what the store holds and has done, added up over its shards.
  StoreStats Stats() const;

  /// The life of a negative answer without SOA (RFC 2308 section 5 says: do not cache; this spares the servers a
  /// storm).
  static constexpr world::Duration kNoSoaTtl = world::Seconds(5);

  /// A ready answer is due to be fetched anew when so many have asked for it in its life, and a tenth of that is left.
  static constexpr uint8_t kPopularHits = 5;

 private:
  struct Shelf;
  struct Place;

  /// Returns the shelf and the key of a lower-case name.
  Place PlaceOf(world::OctetView lowered, const KeyTraits& traits) const;
  /// Keeps `known` unless something of a higher rank stands; returns whether nothing did.
  bool PutKnown(world::OctetView lowered, const KeyTraits& traits, Known known, world::Instant now);
  /// Forgets the NXDOMAINs that are trusted no more than this, of a name that exists and of its ancestors, which exist
  /// with it.
  void OverrideNxDomains(world::OctetView lowered, dnssec::Security security, Rank rank, world::Instant now);
  /// Returns what is to be kept of a negative answer.
  template <typename Kind>
  Known Negative(std::optional<wire::RrSet> soa, Rank rank, world::Instant now, const KeepUntil& until,
                 const Assurance& assurance) const;

  std::vector<std::unique_ptr<Shelf>> shelves_;  // A power of two.
  StoreOptions options_;
  DenialIndex denials_;
};

}  // namespace cache
