#include "engine/dnssec/sign.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/dnssec/canonical.h"
#include "engine/dnssec/crypto.h"
#include "engine/dnssec/signature.h"
#include "engine/world/check.h"

namespace dnssec {
namespace {

using wire::RrType;
using world::Octets;
using world::OctetView;

using BigNumber = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using EcGroup = std::unique_ptr<EC_GROUP, Free<EC_GROUP_free>>;
using EcPoint = std::unique_ptr<EC_POINT, Free<EC_POINT_free>>;
using ParamBuild = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;

/// Returns 64 octets that follow from the seed.
Octets Stretch(OctetView seed) {
  Octets octets(64);
  unsigned size = 0;
  CHECK(EVP_Digest(seed.data(), seed.size(), octets.data(), &size, EVP_sha512(), nullptr) == 1);
  return octets;
}

/// Returns the ECDSA key whose private number is `stretched` modulo the curve's order.
EvpKey EcdsaPrivateKey(Algorithm algorithm, OctetView stretched) {
  const bool is_p256 = algorithm == Algorithm::kEcdsaP256Sha256;
  const EcGroup group(EC_GROUP_new_by_curve_name(is_p256 ? NID_X9_62_prime256v1 : NID_secp384r1));
  const BigNumber wide(BN_bin2bn(stretched.data(), static_cast<int>(stretched.size()), nullptr));
  const BigNumber secret(BN_new());
  const std::unique_ptr<BN_CTX, Free<BN_CTX_free>> numbers(BN_CTX_new());
  if (BN_mod(secret.get(), wide.get(), EC_GROUP_get0_order(group.get()), numbers.get()) != 1) return nullptr;
  const EcPoint point(EC_POINT_new(group.get()));
  if (EC_POINT_mul(group.get(), point.get(), secret.get(), nullptr, nullptr, numbers.get()) != 1) return nullptr;
  Octets encoded(1 + 2 * ScalarOctets(algorithm));
  EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(), encoded.size(),
                     numbers.get());
  const ParamBuild build(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, CurveOf(algorithm), 0);
  OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get());
  const Params params(OSSL_PARAM_BLD_to_param(build.get()));
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()) != 1) return nullptr;
  return EvpKey(key);
}

/// Returns the EdDSA key whose private octets are the first of `stretched`.
EvpKey EddsaPrivateKey(Algorithm algorithm, OctetView stretched) {
  const bool is_25519 = algorithm == Algorithm::kEd25519;
  const size_t size = is_25519 ? 32 : 57;
  return EvpKey(
      EVP_PKEY_new_raw_private_key(is_25519 ? EVP_PKEY_ED25519 : EVP_PKEY_ED448, nullptr, stretched.data(), size));
}

/// Returns a number of the key in network order, without leading zeros.
Octets NumberOf(const EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  CHECK(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
  const BigNumber number(raw);
  Octets octets(static_cast<size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), octets.data());
  return octets;
}

/// Returns the public key in the form of a DNSKEY's last field (RFC 3110, 6605, 8080).
Octets PublicOctets(Algorithm algorithm, const EVP_PKEY* key) {
  switch (algorithm) {
    case Algorithm::kRsaSha1:
    case Algorithm::kRsaSha1Nsec3Sha1:
    case Algorithm::kRsaSha256:
    case Algorithm::kRsaSha512: {
      const Octets exponent = NumberOf(key, OSSL_PKEY_PARAM_RSA_E);
      Octets octets = {static_cast<uint8_t>(exponent.size())};
      Append(exponent, octets);
      Append(NumberOf(key, OSSL_PKEY_PARAM_RSA_N), octets);
      return octets;
    }
    case Algorithm::kEcdsaP256Sha256:
    case Algorithm::kEcdsaP384Sha384: {
      std::array<uint8_t, 1 + 2 * 48> point{};
      size_t size = 0;
      CHECK(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) == 1);
      return {point.begin() + 1, point.begin() + static_cast<ptrdiff_t>(size)};
    }
    case Algorithm::kEd25519:
    case Algorithm::kEd448:
      break;
  }
  Octets octets(57);
  size_t size = octets.size();
  CHECK(EVP_PKEY_get_raw_public_key(key, octets.data(), &size) == 1);
  octets.resize(size);
  return octets;
}

/// Returns the digest of the octets.
Octets DigestOf(const EVP_MD* hash, OctetView octets) {
  Octets digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  CHECK(EVP_Digest(octets.data(), octets.size(), digest.data(), &size, hash, nullptr) == 1);
  digest.resize(size);
  return digest;
}

/// Returns a number of its octets in network order.
BigNumber NumberOf(OctetView octets) {
  return BigNumber(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
}

/// Signs with ECDSA (FIPS 186-5 section 6.4), the secret number of each signature derived from key and digest.
/// OpenSSL 3.0 has no such signatures.
class EcdsaSigner {
 public:
  EcdsaSigner(Algorithm algorithm, const EVP_PKEY* key)
      : algorithm_(algorithm),
        group_(EC_GROUP_new_by_curve_name(algorithm == Algorithm::kEcdsaP256Sha256 ? NID_X9_62_prime256v1
                                                                                   : NID_secp384r1)),
        secret_octets_(NumberOf(key, OSSL_PKEY_PARAM_PRIV_KEY)),
        secret_(NumberOf(secret_octets_)) {}

  /// Returns the signature `r | s` (RFC 6605 section 4).
  Octets Sign(OctetView octets) const {
    const Octets digest = DigestOf(HashOf(algorithm_), octets);
    for (uint8_t attempt = 0;; ++attempt) {
      Octets signature = Attempt(digest, attempt);
      if (!signature.empty()) return signature;
    }
  }

 private:
  /// Returns the signature with one secret number, or nothing in the one case of 2^256 where another is needed.
  Octets Attempt(OctetView digest, uint8_t attempt) const {
    const BIGNUM* const order = EC_GROUP_get0_order(group_.get());
    const std::unique_ptr<BN_CTX, Free<BN_CTX_free>> numbers(BN_CTX_new());
    Octets seed = secret_octets_;
    Append(digest, seed);
    seed.push_back(attempt);
    const BigNumber once = NumberOf(Stretch(seed));
    const BigNumber hashed = NumberOf(digest);
    const BigNumber r(BN_new());
    const BigNumber s(BN_new());
    const EcPoint point(EC_POINT_new(group_.get()));
    CHECK(BN_mod(once.get(), once.get(), order, numbers.get()) == 1);
    CHECK(EC_POINT_mul(group_.get(), point.get(), once.get(), nullptr, nullptr, numbers.get()) == 1);
    CHECK(EC_POINT_get_affine_coordinates(group_.get(), point.get(), r.get(), nullptr, numbers.get()) == 1);
    CHECK(BN_nnmod(r.get(), r.get(), order, numbers.get()) == 1);
    // s = (digest + r * secret) / once, modulo the order.
    CHECK(BN_mod_mul(s.get(), r.get(), secret_.get(), order, numbers.get()) == 1);
    CHECK(BN_mod_add(s.get(), s.get(), hashed.get(), order, numbers.get()) == 1);
    const BigNumber inverse(BN_mod_inverse(nullptr, once.get(), order, numbers.get()));
    CHECK(inverse != nullptr && BN_mod_mul(s.get(), s.get(), inverse.get(), order, numbers.get()) == 1);
    if (BN_is_zero(r.get()) || BN_is_zero(s.get())) return {};
    const size_t size = ScalarOctets(algorithm_);
    Octets signature(2 * size);
    BN_bn2binpad(r.get(), signature.data(), static_cast<int>(size));
    BN_bn2binpad(s.get(), signature.data() + size, static_cast<int>(size));
    return signature;
  }

  Algorithm algorithm_;
  EcGroup group_;
  Octets secret_octets_;
  BigNumber secret_;
};

}  // namespace

/// What OpenSSL holds, and how to use it.
struct SigningKey::Handle {
  Algorithm algorithm;
  EvpKey key;
  std::optional<EcdsaSigner> ecdsa{};  ///< Signs in OpenSSL's place.
};

SigningKey::SigningKey(std::unique_ptr<Handle> handle, Dnskey dnskey)
    : handle_(std::move(handle)), dnskey_(std::move(dnskey)) {}
SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;

namespace {

/// Returns the flags of a DNSKEY.
uint16_t FlagsOf(SigningKey::Role role) {
  switch (role) {
    case SigningKey::Role::kZoneSigning:
      return Dnskey::kZoneFlag;
    case SigningKey::Role::kKeySigning:
      return Dnskey::kZoneFlag | Dnskey::kSepFlag;
    case SigningKey::Role::kRevoked:
      return Dnskey::kZoneFlag | Dnskey::kSepFlag | Dnskey::kRevokeFlag;
  }
  return 0;
}

}  // namespace

std::optional<SigningKey> SigningKey::Make(std::unique_ptr<Handle> handle, Role role) {
  if (handle->key == nullptr) return std::nullopt;
  Octets rdata;
  if (ScalarOctets(handle->algorithm) != 0) handle->ecdsa.emplace(handle->algorithm, handle->key.get());
  Append16(FlagsOf(role), rdata);
  rdata.push_back(3);  // RFC 4034 section 2.1.2.
  rdata.push_back(static_cast<uint8_t>(handle->algorithm));
  Append(PublicOctets(handle->algorithm, handle->key.get()), rdata);
  return SigningKey(std::move(handle), *Dnskey::FromRdata(rdata));
}

std::optional<SigningKey> SigningKey::FromSeed(Algorithm algorithm, Role role, OctetView seed) {
  const Octets stretched = Stretch(seed);
  switch (algorithm) {
    case Algorithm::kRsaSha1:
    case Algorithm::kRsaSha1Nsec3Sha1:
    case Algorithm::kRsaSha256:
    case Algorithm::kRsaSha512:
      return std::nullopt;
    case Algorithm::kEcdsaP256Sha256:
    case Algorithm::kEcdsaP384Sha384:
      return Make(std::make_unique<Handle>(Handle{algorithm, EcdsaPrivateKey(algorithm, stretched)}), role);
    case Algorithm::kEd25519:
    case Algorithm::kEd448:
      return Make(std::make_unique<Handle>(Handle{algorithm, EddsaPrivateKey(algorithm, stretched)}), role);
  }
  return std::nullopt;
}

std::optional<SigningKey> SigningKey::FromPem(Algorithm algorithm, Role role, std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EvpKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (key && EVP_PKEY_is_a(key.get(), "RSA") != 1) return std::nullopt;
  return Make(std::make_unique<Handle>(Handle{algorithm, std::move(key)}), role);
}

Octets SigningKey::Sign(OctetView octets) const {
  if (handle_->ecdsa) return handle_->ecdsa->Sign(octets);
  const EvpDigestContext context(EVP_MD_CTX_new());
  const EVP_MD* const hash = HashOf(handle_->algorithm);
  CHECK(EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, handle_->key.get()) == 1);
  size_t size = 0;
  CHECK(EVP_DigestSign(context.get(), nullptr, &size, octets.data(), octets.size()) == 1);
  Octets signature(size);
  CHECK(EVP_DigestSign(context.get(), signature.data(), &size, octets.data(), octets.size()) == 1);
  signature.resize(size);
  return signature;
}

Octets SignSet(const wire::RrSet& rrset, const wire::Name& zone, const SigningKey& key, Validity validity) {
  const size_t labels = rrset.owner.LabelCount() - (rrset.owner.IsWildcard() ? 1 : 0);
  Octets rdata;
  Append16(static_cast<uint16_t>(rrset.type), rdata);
  rdata.push_back(static_cast<uint8_t>(key.dnskey().algorithm));
  rdata.push_back(static_cast<uint8_t>(labels));
  Append32(rrset.ttl, rdata);
  Append32(validity.expiration, rdata);
  Append32(validity.inception, rdata);
  Append16(key.dnskey().tag, rdata);
  Append(zone.Lowered().octets(), rdata);
  const std::optional<Signature> fields = Signature::FromRdata(rdata);
  CHECK(fields.has_value());
  Append(key.Sign(SignedOctets(rrset, *fields)), rdata);
  return rdata;
}

Octets NsecRdata(const wire::Name& next, std::vector<RrType> types) {
  Octets rdata(next.octets().begin(), next.octets().end());
  Append(BitmapOf(std::move(types)), rdata);
  return rdata;
}

Octets BitmapOf(std::vector<RrType> types) {
  std::ranges::sort(types);
  Octets bitmap;
  for (size_t i = 0; i < types.size();) {
    const int window = static_cast<int>(types[i]) >> 8;
    std::array<uint8_t, 32> bits{};
    size_t length = 0;
    for (; i < types.size() && static_cast<int>(types[i]) >> 8 == window; ++i) {
      const auto low = static_cast<size_t>(types[i]) & 0xff;
      bits[low / 8] = static_cast<uint8_t>(bits[low / 8] | 0x80U >> low % 8);
      length = low / 8 + 1;
    }
    bitmap.push_back(static_cast<uint8_t>(window));
    bitmap.push_back(static_cast<uint8_t>(length));
    Append(OctetView(bits).first(length), bitmap);
  }
  return bitmap;
}

}  // namespace dnssec
