#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/dnssec/algorithm.h"
#include "engine/dnssec/keys.h"
#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/world/octets.h"

// Signing: for the simulator, the lab and tests. The daemon does not link it.
namespace dnssec {

/// A private key with its DNSKEY. Immutable; any thread may sign with it.
class SigningKey {
 public:
  /// What a key is for (RFC 4034 section 2.1.1); a revoked one signs its own set alone (RFC 5011 section 2.1).
  enum class Role : uint8_t { kZoneSigning, kKeySigning, kRevoked };

  /// Returns the key of an ECDSA or EdDSA algorithm that follows from `seed` (hashed, so of any length): the same key
  /// for the same seed. Nothing for RSA, whose keys come from a pool.
  [[nodiscard]] static std::optional<SigningKey> FromSeed(Algorithm algorithm, Role role, world::OctetView seed);

  /// Returns the RSA key of a PKCS #8 or traditional PEM text.
  [[nodiscard]] static std::optional<SigningKey> FromPem(Algorithm algorithm, Role role, std::string_view pem);

  ~SigningKey();
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;

  /// The public side.
  const Dnskey& dnskey() const { return dnskey_; }

  /// Returns the signature over the octets in the form of an RRSIG's last field. The same octets have the same
  /// signature under all algorithms, so that what is signed in a simulation can be replayed: ECDSA's secret number
  /// follows from key and octets, in the spirit of RFC 6979.
  world::Octets Sign(world::OctetView octets) const;

 private:
  struct Handle;
  SigningKey(std::unique_ptr<Handle> handle, Dnskey dnskey);

  /// Returns the key that `handle` holds, with its DNSKEY.
  static std::optional<SigningKey> Make(std::unique_ptr<Handle> handle, Role role);

  std::unique_ptr<Handle> handle_;
  Dnskey dnskey_;
};

/// When a signature is valid, in seconds since 1970.
struct Validity {
  uint32_t inception = 0;
  uint32_t expiration = 0;
};

/// Returns the rdata of an RRSIG over the set by a key of the zone (RFC 4034 section 3.1). A set of a wildcard's name
/// is signed as such.
world::Octets SignSet(const wire::RrSet& rrset, const wire::Name& zone, const SigningKey& key, Validity validity);

/// Returns the rdata of an NSEC (RFC 4034 section 4.1) that lists the types.
world::Octets NsecRdata(const wire::Name& next, std::vector<wire::RrType> types);

/// Returns the bitmap of the types, in any order (RFC 4034 section 4.1.2).
world::Octets BitmapOf(std::vector<wire::RrType> types);

}  // namespace dnssec
