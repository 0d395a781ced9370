#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/dnssec/denial.h"
#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/world/octets.h"

namespace dnssec {

/// The hash of a name in an NSEC3 chain: SHA-1, the only algorithm that there is (RFC 5155 section 11).
using Nsec3Hash = std::array<uint8_t, 20>;

/// How a zone hashes its names (RFC 5155 section 3.1).
struct Nsec3Parameters {
  uint16_t iterations = 0;  ///< Additional ones: the hash is done once more.
  world::Octets salt;

  bool operator==(const Nsec3Parameters&) const = default;
};

/// An NSEC3 of a zone, read (RFC 5155 section 3.2). Borrows the set.
struct Nsec3 {
  Nsec3Hash owner{};
  Nsec3Hash next{};
  Nsec3Parameters parameters;
  bool opts_out = false;
  TypeBitmap types;

  /// Returns the NSEC3 of a set, or nothing when it is malformed, has not one record, its owner is not a hash right
  /// below the zone, or algorithm or flags are unknown (RFC 5155 sections 8.1 and 8.2).
  [[nodiscard]] static std::optional<Nsec3> FromRrSet(const wire::RrSet& rrset, const wire::Name& zone);

  /// Returns whether the hash lies strictly between owner and next, the last NSEC3 reaching around to the first.
  bool Covers(const Nsec3Hash& hash) const;
};

/// Makes hashes, each name's once, and counts them: hashing is the attacker's lever (CVE-2023-50868).
class Nsec3Hasher {
 public:
  /// Makes `most_hashes` hashes and no more.
  explicit Nsec3Hasher(int most_hashes);
  ~Nsec3Hasher();
  Nsec3Hasher(Nsec3Hasher&&) noexcept;
  Nsec3Hasher& operator=(Nsec3Hasher&&) noexcept;

  /// Returns the hash of the name (RFC 5155 section 5), or nothing when they are used up.
  std::optional<Nsec3Hash> Hash(const wire::Name& name, const Nsec3Parameters& parameters);

  /// Hashes that may still be made.
  int hashes_left() const { return hashes_left_; }

  /// Whether one more would have been needed than could be made.
  bool has_refused() const { return has_refused_; }

 private:
  struct Digest;
  int hashes_left_;
  bool has_refused_ = false;
  Nsec3Parameters known_parameters_;  ///< Of the hashes that are known.
  absl::flat_hash_map<wire::Name, Nsec3Hash> known_;
  std::unique_ptr<Digest> digest_;  ///< Made with the first hash: most answers need none.
};

/// The NSEC3s of one zone that came with an answer, verified as those of NsecProof have to be. The proofs are those of
/// RFC 5155 section 8; one through opt-out is kProvenByOptOut.
class Nsec3Proof {
 public:
  /// Takes the NSEC3s among the sets that are the zone's and share the parameters of the first. Borrows sets and
  /// hasher.
  Nsec3Proof(std::span<const wire::RrSet* const> sets, wire::Name zone, Nsec3Hasher& hasher);

  /// Judges that the name does not exist, nor a wildcard that would make it (section 8.4).
  DenialOutcome NameDoesNotExist(const wire::Name& name);

  /// Judges that the name exists, or a wildcard that makes it, without the type (sections 8.5 to 8.7).
  DenialOutcome TypeDoesNotExist(const wire::Name& name, wire::RrType type);

  /// Judges that no name closer than the wildcard of `encloser` exists for `name` (section 8.8).
  /// Requires: name.IsBelow(encloser).
  DenialOutcome NoCloserName(const wire::Name& name, const wire::Name& encloser);

  /// Judges that `cut` is delegated without DS (section 8.9).
  DenialOutcome IsInsecureDelegation(const wire::Name& cut);

 private:
  /// The closest encloser of a name that is not there, and whether the next closer name may be an unsigned delegation.
  struct Enclosed {
    wire::Name encloser;
    bool opts_out = false;
  };

  /// A record, none, or the reason why nothing can be said.
  struct Search {
    const Nsec3* nsec3 = nullptr;
    bool is_exhausted = false;
  };

  /// Returns what keeps the records from proving anything, or kProven.
  DenialOutcome Usable(const wire::Name& name) const;

  /// Finds the record whose owner is the name's hash.
  Search Matching(const wire::Name& name);

  /// Finds the record that covers the name's hash.
  Search Covering(const wire::Name& name);

  /// Proves the closest encloser of a name that has no matching record (section 8.3); kProven fills `enclosed_`.
  DenialOutcome ProveEncloser(const wire::Name& name);

  wire::Name zone_;
  std::vector<Nsec3> nsec3s_;
  Nsec3Hasher& hasher_;
  Enclosed enclosed_;
};

/// Returns the text of a hash as an NSEC3's first label has it: base32hex without padding, in lower case (RFC 5155
/// section 1.3).
std::string ToBase32Hex(const Nsec3Hash& hash);

/// Returns the hash of a label, or nothing when it is none.
std::optional<Nsec3Hash> FromBase32Hex(world::OctetView label);

}  // namespace dnssec
