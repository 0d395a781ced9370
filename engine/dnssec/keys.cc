#include "engine/dnssec/keys.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <array>
#include <utility>

#include "engine/dnssec/canonical.h"
#include "engine/dnssec/crypto.h"
#include "engine/world/limits.h"

namespace dnssec {
namespace {

using world::Octets;
using world::OctetView;

using BigNumber = std::unique_ptr<BIGNUM, Free<BN_free>>;
using ParamBuild = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;

/// Returns the number of its octets in network order.
BigNumber Number(OctetView octets) {
  return BigNumber(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
}

/// Returns the public key of its parameters, or null where OpenSSL takes them for none.
EvpKey FromParams(const char* type, OSSL_PARAM* params) {
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params) != 1) return nullptr;
  return EvpKey(key);
}

/// Returns the RSA key of `exponent length (8, or 0 and 16) | exponent | modulus` (RFC 3110 section 2), or null.
EvpKey RsaKey(OctetView octets, size_t least_modulus_octets) {
  constexpr size_t kMostModulusOctets = 512;  // RFC 5702 section 2.
  if (octets.size() < 3) return nullptr;
  const bool is_long = octets[0] == 0;
  const size_t length = is_long ? size_t{octets[1]} << 8 | octets[2] : octets[0];
  octets = octets.subspan(is_long ? 3 : 1);
  if (length == 0 || length > world::limits::kMaxRsaExponentOctets || length >= octets.size()) return nullptr;
  const OctetView modulus = octets.subspan(length);
  if (modulus.size() < least_modulus_octets || modulus.size() > kMostModulusOctets) return nullptr;
  const BigNumber n = Number(modulus);
  const BigNumber e = Number(octets.first(length));
  const ParamBuild build(OSSL_PARAM_BLD_new());
  if (!n || !e || !build) return nullptr;
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  const Params params(OSSL_PARAM_BLD_to_param(build.get()));
  return params ? FromParams("RSA", params.get()) : nullptr;
}

/// Returns a key that is a curve without a point, or null.
EvpKey MakeCurve(Algorithm algorithm) {
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* curve = nullptr;
  if (!context || EVP_PKEY_paramgen_init(context.get()) != 1) return nullptr;
  if (EVP_PKEY_CTX_set_group_name(context.get(), CurveOf(algorithm)) != 1) return nullptr;
  return EVP_PKEY_paramgen(context.get(), &curve) == 1 ? EvpKey(curve) : nullptr;
}

/// Returns the EdDSA key of its octets (RFC 8080 section 3), or null.
EvpKey EddsaKey(OctetView octets, int type) {
  return EvpKey(EVP_PKEY_new_raw_public_key(type, nullptr, octets.data(), octets.size()));
}

/// Returns the key in OpenSSL's form, or null: also for ECDSA, whose keys are points.
EvpKey MakeKey(const Dnskey& dnskey) {
  switch (dnskey.algorithm) {
    case Algorithm::kRsaSha1:
    case Algorithm::kRsaSha1Nsec3Sha1:
    case Algorithm::kRsaSha256:
      return RsaKey(dnskey.key(), 512 / 8);
    case Algorithm::kRsaSha512:
      return RsaKey(dnskey.key(), 1024 / 8);
    case Algorithm::kEcdsaP256Sha256:
    case Algorithm::kEcdsaP384Sha384:
      return nullptr;
    case Algorithm::kEd25519:
      return EddsaKey(dnskey.key(), EVP_PKEY_ED25519);
    case Algorithm::kEd448:
      return EddsaKey(dnskey.key(), EVP_PKEY_ED448);
  }
  return nullptr;
}

/// Returns whether signatures are of whole octets and not of their hash (RFC 8080: EdDSA hashes inside).
bool HashesInside(Algorithm algorithm) { return algorithm == Algorithm::kEd25519 || algorithm == Algorithm::kEd448; }

/// Returns a context to verify digests with, or null where OpenSSL will not.
EvpKeyContext MakeContext(EVP_PKEY* key) {
  EvpKeyContext context(key != nullptr ? EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr) : nullptr);
  return context && EVP_PKEY_verify_init(context.get()) == 1 ? std::move(context) : nullptr;
}

/// Returns a context to verify digests with by RSA, or null: to be copied for each signature, since OpenSSL looks the
/// algorithm up by name whenever it makes one ready, which costs a tenth of a verification.
EvpKeyContext RsaVerifier(Algorithm algorithm, EVP_PKEY* key) {
  EvpKeyContext context = MakeContext(key);
  if (HashOf(algorithm) == nullptr || !context) return nullptr;
  // RFC 3110 section 3: PKCS #1 1.5, whose padding names the hash.
  if (EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1) return nullptr;
  return EVP_PKEY_CTX_set_signature_md(context.get(), HashOf(algorithm)) == 1 ? std::move(context) : nullptr;
}

/// Verifies with one ECDSA key after another of a curve. To OpenSSL a key is a curve and a point, and to make one costs
/// ten times what it costs to give one that is there another point; then nothing need be kept for a key either.
class CurveVerifier {
 public:
  explicit CurveVerifier(Algorithm algorithm) : key_(MakeCurve(algorithm)), context_(MakeContext(key_.get())) {}

  /// Turns to the key of a point; returns whether that is on the curve.
  bool Turn(OctetView point) {
    return context_ && EVP_PKEY_set1_encoded_public_key(key_.get(), point.data(), point.size()) == 1;
  }

  /// Returns whether the key of the point that it was last turned to made the signature, which is in DER.
  bool Verifies(OctetView digest, OctetView der) {
    return EVP_PKEY_verify(context_.get(), der.data(), der.size(), digest.data(), digest.size()) == 1;
  }

 private:
  EvpKey key_;
  EvpKeyContext context_;
};

/// Returns the thread's own verifier of an ECDSA algorithm.
CurveVerifier& VerifierOf(Algorithm algorithm) {
  thread_local CurveVerifier p256(Algorithm::kEcdsaP256Sha256);
  thread_local CurveVerifier p384(Algorithm::kEcdsaP384Sha384);
  return algorithm == Algorithm::kEcdsaP256Sha256 ? p256 : p384;
}

/// Returns the point of an ECDSA key `x | y` (RFC 6605 section 4) in the form that OpenSSL takes; nothing where it is
/// not on the curve, or the key another algorithm's.
Octets PointOf(const Dnskey& dnskey) {
  const size_t scalar_octets = ScalarOctets(dnskey.algorithm);
  if (scalar_octets == 0 || dnskey.key().size() != 2 * scalar_octets) return {};
  Octets point{POINT_CONVERSION_UNCOMPRESSED};
  Append(dnskey.key(), point);
  return VerifierOf(dnskey.algorithm).Turn(point) ? std::move(point) : Octets();
}

/// Returns whether an EdDSA key made the signature, which hashes inside.
bool VerifiesWhole(EVP_PKEY* key, OctetView signed_octets, OctetView signature) {
  const EvpDigestContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) != 1) return false;
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), signed_octets.data(),
                          signed_octets.size()) == 1;
}

/// Appends an INTEGER of DER: as few octets as it takes, the first with its highest bit clear.
void AppendInteger(OctetView number, Octets& der) {
  while (number.size() > 1 && number.front() == 0) number = number.subspan(1);
  const bool is_padded = (number.front() & 0x80) != 0;
  der.push_back(0x02);
  der.push_back(static_cast<uint8_t>(number.size() + (is_padded ? 1 : 0)));
  if (is_padded) der.push_back(0);
  Append(number, der);
}

/// Returns the signature `r | s` (RFC 6605 section 4) in the DER form that OpenSSL takes (RFC 3279 section 2.2.3), or
/// nothing. By way of OpenSSL's own numbers it costs thirty times as much.
std::optional<Octets> EcdsaDer(OctetView signature, size_t scalar_octets) {
  if (signature.size() != 2 * scalar_octets) return std::nullopt;
  // Two scalars of 48 octets at most, with three more each: the length fits in seven bits.
  Octets der{0x30, 0};
  der.reserve(2 * scalar_octets + 8);
  AppendInteger(signature.first(scalar_octets), der);
  AppendInteger(signature.subspan(scalar_octets), der);
  der[1] = static_cast<uint8_t>(der.size() - 2);
  return der;
}

}  // namespace

std::optional<Dnskey> Dnskey::FromRdata(OctetView rdata) {
  if (rdata.size() < 4) return std::nullopt;
  return Dnskey{.flags = static_cast<uint16_t>(rdata[0] << 8 | rdata[1]),
                .protocol = rdata[2],
                .algorithm = Algorithm{rdata[3]},
                .tag = KeyTag(rdata),
                .rdata = {rdata.begin(), rdata.end()}};
}

uint16_t KeyTag(OctetView dnskey_rdata) {
  uint32_t sum = 0;
  for (size_t i = 0; i < dnskey_rdata.size(); ++i) {
    sum += (i & 1) != 0 ? dnskey_rdata[i] : static_cast<uint32_t>(dnskey_rdata[i]) << 8;
  }
  sum += sum >> 16 & 0xffff;
  return static_cast<uint16_t>(sum);
}

/// What OpenSSL holds, and how to use it. Workers share it: nothing of it changes.
struct PublicKey::Handle {
  Algorithm algorithm;
  Octets point;            ///< Of ECDSA, in the form that OpenSSL takes.
  EvpKey key;              ///< Of RSA and EdDSA.
  EvpKeyContext verifier;  ///< Of digests by RSA.
};

std::optional<PublicKey> PublicKey::From(const Dnskey& dnskey) {
  Handle handle{dnskey.algorithm, PointOf(dnskey), MakeKey(dnskey), nullptr};
  if (handle.point.empty() && !handle.key) return std::nullopt;
  if (handle.key && !HashesInside(dnskey.algorithm)) {
    handle.verifier = RsaVerifier(dnskey.algorithm, handle.key.get());
    if (!handle.verifier) return std::nullopt;
  }
  return PublicKey(std::make_shared<const Handle>(std::move(handle)));
}

bool PublicKey::Verifies(OctetView signed_octets, OctetView signature) const {
  const Handle& handle = *handle_;
  if (HashesInside(handle.algorithm)) return VerifiesWhole(handle.key.get(), signed_octets, signature);
  std::array<uint8_t, EVP_MAX_MD_SIZE> room;
  unsigned size = 0;
  const EVP_MD* const hash = HashOf(handle.algorithm);
  if (EVP_Digest(signed_octets.data(), signed_octets.size(), room.data(), &size, hash, nullptr) != 1) return false;
  const OctetView digest = OctetView(room).first(size);
  if (!handle.point.empty()) {
    const std::optional<Octets> der = EcdsaDer(signature, ScalarOctets(handle.algorithm));
    CurveVerifier& verifier = VerifierOf(handle.algorithm);
    return der && verifier.Turn(handle.point) && verifier.Verifies(digest, *der);
  }
  const EvpKeyContext context(EVP_PKEY_CTX_dup(handle.verifier.get()));
  return context && EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), size) == 1;
}

size_t HeapOctets(const ZoneKey& key) {
  // Measured: what OpenSSL holds for RSA with 2,048 bits, the usual one. For ECDSA there is a second copy of the point.
  constexpr size_t kRsaOctets = 3'000;
  constexpr size_t kPointOctets = 250;
  return key.dnskey.rdata.size() + (ScalarOctets(key.dnskey.algorithm) != 0 ? kPointOctets : kRsaOctets);
}

ZoneKeys ZoneKeysOf(const wire::RrSet& dnskey_set) {
  ZoneKeys zone_keys{.zone = dnskey_set.owner, .keys = {}};
  for (const OctetView rdata : dnskey_set.rdatas) {
    if (zone_keys.keys.size() == world::limits::kMaxKeysPerZone) break;
    std::optional<Dnskey> dnskey = Dnskey::FromRdata(rdata);
    if (!dnskey) continue;
    std::optional<PublicKey> public_key = PublicKey::From(*dnskey);
    zone_keys.keys.push_back({.dnskey = *std::move(dnskey), .public_key = std::move(public_key)});
  }
  return zone_keys;
}

}  // namespace dnssec
