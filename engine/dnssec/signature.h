#pragma once

#include <cstdint>
#include <optional>

#include "engine/dnssec/keys.h"
#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/world/octets.h"
#include "engine/world/time.h"

namespace dnssec {

/// An RRSIG's rdata, read (RFC 4034 section 3.1):
///
///   type covered (16) | algorithm (8) | labels (8) | original TTL (32) | expiration (32) | inception (32) | key tag
///   (16) | signer's name | signature
struct Signature {
  wire::RrType covered{};
  Algorithm algorithm{};
  uint8_t labels = 0;
  uint32_t original_ttl = 0;
  uint32_t expiration = 0;  ///< Seconds since 1970, modulo 2^32, as is the next.
  uint32_t inception = 0;
  uint16_t key_tag = 0;
  wire::Name signer;
  world::Octets octets;  ///< The signature itself.

  /// Returns the signature of its rdata, or nothing when that is malformed.
  [[nodiscard]] static std::optional<Signature> FromRdata(world::OctetView rdata);

  /// Returns the closest encloser of the wildcard that `owner` was made of, or nothing when it was not made of one
  /// (RFC 4035 section 5.3.2). Then a proof is needed that no closer name exists (section 5.3.4).
  std::optional<wire::Name> WildcardEncloser(const wire::Name& owner) const;
};

/// What is to be said of one signature.
enum class SignatureOutcome : uint8_t {
  kValid,
  kMalformed,             ///< The rdata does not parse.
  kCoversOtherType,       ///< It covers another type than the set's.
  kSignerOutsideZone,     ///< The signer is not the zone, or the zone not at or above the set's owner.
  kLabelsOutOfRange,      ///< More labels than the owner has, or fewer than the signer: a wildcard above the zone.
  kExpiredBeforeValid,    ///< It ends before it begins.
  kExpired,               ///< Its time is over.
  kNotYetValid,           ///< Its time has not come.
  kUnsupportedAlgorithm,  ///< Nothing is known of it (RFC 6840 section 5.2).
  kNoKey,                 ///< No zone key of the zone has its tag and algorithm.
  kKeyRevoked,            ///< The one that has was revoked (RFC 5011 section 2.1).
  kKeyUnusable,           ///< The one that has is no key.
  kForged,                ///< The cryptography says no.
  kTooMuchWork,           ///< Not tried: a limit of the verifier was hit.
};

/// Returns a word for the outcome, for a person.
const char* ToText(SignatureOutcome outcome);

/// Makes all checks of RFC 4035 section 5.3.1 that need neither key nor cryptography; kValid if they pass.
SignatureOutcome Precheck(const wire::RrSet& rrset, const Signature& signature, const wire::Name& zone,
                          world::WallTime now);

/// Returns the octets that the signature signs: its rdata without the signature, then the set in canonical form and
/// order with the original TTL and, where a wildcard made it, the wildcard's name (RFC 4035 section 5.3.2).
/// Requires: Precheck() passed.
world::Octets SignedOctets(const wire::RrSet& rrset, const Signature& signature);

/// Returns the largest TTL that a set may have by its signature (RFC 4035 section 5.3.3), in seconds.
uint32_t TtlLimit(const Signature& signature, world::WallTime now);

/// What is to be said of a set by its signatures.
struct Verification {
  SignatureOutcome outcome = SignatureOutcome::kNoKey;  ///< Of the valid one, or of the one that came furthest.
  uint16_t key_tag = 0;                                 ///< Of that one.
  uint32_t ttl = 0;                                     ///< Valid: the set's TTL, limited by the signature.
  uint32_t expiration = 0;                              ///< Valid: of the signature, as it says (RFC 4034 3.1.5).
  std::optional<wire::Name> wildcard_encloser;          ///< Valid: Signature::WildcardEncloser.
};

/// Verifies sets, and counts the work: a hostile zone costs no more than its limits (KeyTrap, CVE-2023-50387).
class Verifier {
 public:
  /// Does `most_operations` cryptographic operations and no more.
  explicit Verifier(int most_operations) : operations_left_(most_operations) {}

  /// Returns what the set's signatures say of it under the keys of its zone. The first valid one suffices (RFC 4035
  /// section 5.3.3). Tries kMaxSignaturesPerSet of them, and kMaxKeysPerSignature keys of one tag for each.
  Verification Verify(const wire::RrSet& rrset, const ZoneKeys& keys, world::WallTime now);

  /// Cryptographic operations that may still be done.
  int operations_left() const { return operations_left_; }

  /// Whether one more would have been needed than could be done.
  bool has_refused() const { return has_refused_; }

 private:
  /// Returns what one signature says.
  SignatureOutcome VerifyOne(const wire::RrSet& rrset, const Signature& signature, const ZoneKeys& keys,
                             world::WallTime now);

  int operations_left_;
  bool has_refused_ = false;
};

}  // namespace dnssec
