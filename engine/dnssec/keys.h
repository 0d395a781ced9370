#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/dnssec/algorithm.h"
#include "engine/wire/rrset.h"
#include "engine/world/octets.h"

namespace dnssec {

/// A DNSKEY's rdata, read (RFC 4034 section 2.1):  flags (16) | protocol (8) | algorithm (8) | public key.
struct Dnskey {
  uint16_t flags = 0;
  uint8_t protocol = 0;
  Algorithm algorithm{};
  uint16_t tag = 0;     ///< RFC 4034 appendix B.
  world::Octets rdata;  ///< All of it, as it came.

  /// Returns the key of its rdata, or nothing when that is too short.
  [[nodiscard]] static std::optional<Dnskey> FromRdata(world::OctetView rdata);

  /// Returns whether the key signs zone data (RFC 4034 sections 2.1.1 and 2.1.2).
  bool IsZoneKey() const { return (flags & kZoneFlag) != 0 && protocol == 3; }
  /// Returns whether the key is meant as the one that a DS points to; says nothing of validity.
  bool IsSecureEntryPoint() const { return (flags & kSepFlag) != 0; }
  /// Returns whether the key's owner has withdrawn it (RFC 5011 section 2.1): it then proves that alone.
  bool IsRevoked() const { return (flags & kRevokeFlag) != 0; }

  /// The public key, without the four octets before it.
  world::OctetView key() const { return world::OctetView(rdata).subspan(4); }

  static constexpr uint16_t kZoneFlag = 0x0100;
  static constexpr uint16_t kRevokeFlag = 0x0080;
  static constexpr uint16_t kSepFlag = 0x0001;
};

/// Returns the key tag of a DNSKEY's rdata (RFC 4034 appendix B; algorithm 1's own rule is left out with it).
uint16_t KeyTag(world::OctetView dnskey_rdata);

/// A public key made ready for verifying: making it costs as much as a third of an RSA verification, so it is made once
/// for each DNSKEY and kept. Immutable, copies share it; any thread may verify with it.
class PublicKey {
 public:
  /// Returns the key, or nothing when its algorithm is unsupported or its octets are no such key: RSA moduli of 512
  /// (RFC 5702: 1024 with SHA-512) to 4096 bits, exponents up to kMaxRsaExponentOctets.
  [[nodiscard]] static std::optional<PublicKey> From(const Dnskey& dnskey);

  /// Returns whether `signature` (in the form of an RRSIG's last field) is the key's over `signed_octets`. The most
  /// costly thing in this program: 20 us to 1 ms.
  [[nodiscard]] bool Verifies(world::OctetView signed_octets, world::OctetView signature) const;

 private:
  struct Handle;
  explicit PublicKey(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}
  std::shared_ptr<const Handle> handle_;
};

/// One key of a zone. Copies share what was made ready.
struct ZoneKey {
  Dnskey dnskey;
  std::optional<PublicKey> public_key;  ///< Empty: an unsupported algorithm, or no key.
};

/// Returns the octets of the heap that a key takes, about.
size_t HeapOctets(const ZoneKey& key);

/// The keys of a zone, of a DNSKEY set that is believed: made once, kept with the set.
struct ZoneKeys {
  wire::Name zone;
  std::vector<ZoneKey> keys;  ///< In the set's order; at most kMaxKeysPerZone, the rest is left out (KeyTrap).
};

/// Returns the keys of a DNSKEY set. Rdatas that are too short are left out.
ZoneKeys ZoneKeysOf(const wire::RrSet& dnskey_set);

}  // namespace dnssec
