#include "engine/dnssec/ds.h"

#include <algorithm>
#include <utility>

#include "engine/dnssec/canonical.h"
#include "engine/dnssec/crypto.h"
#include "engine/world/limits.h"

namespace dnssec {
namespace {

using world::Octets;
using world::OctetView;

/// Returns the hash of a digest type, or null for an unsupported one.
const EVP_MD* HashOf(DigestType digest_type) {
  switch (digest_type) {
    case DigestType::kSha1:
      return FetchedHashes().sha1.get();
    case DigestType::kSha256:
      return FetchedHashes().sha256.get();
    case DigestType::kSha384:
      return FetchedHashes().sha384.get();
  }
  return nullptr;
}

/// Returns digest(owner in canonical form | DNSKEY rdata) (RFC 4034 section 5.1.4); empty when it is unsupported.
Octets DigestOf(const wire::Name& owner, const Dnskey& dnskey, DigestType digest_type) {
  const EVP_MD* const hash = HashOf(digest_type);
  if (hash == nullptr) return {};
  Octets octets;
  Append(owner.Lowered().octets(), octets);
  Append(dnskey.rdata, octets);
  Octets digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  if (EVP_Digest(octets.data(), octets.size(), digest.data(), &size, hash, nullptr) != 1) return {};
  digest.resize(size);
  return digest;
}

}  // namespace

std::optional<Ds> Ds::FromRdata(OctetView rdata) {
  if (rdata.size() < 4) return std::nullopt;
  return Ds{.key_tag = static_cast<uint16_t>(rdata[0] << 8 | rdata[1]),
            .algorithm = Algorithm{rdata[2]},
            .digest_type = DigestType{rdata[3]},
            .digest = {rdata.begin() + 4, rdata.end()}};
}

std::vector<Ds> UsableDs(const wire::RrSet& ds_set) {
  std::vector<Ds> usable;
  for (const OctetView rdata : ds_set.rdatas) {
    if (usable.size() == world::limits::kMaxDsPerSet) break;
    std::optional<Ds> ds = Ds::FromRdata(rdata);
    if (ds && IsSupported(ds->algorithm) && HashOf(ds->digest_type) != nullptr) usable.push_back(*std::move(ds));
  }
  const std::vector<Ds> all = usable;
  std::erase_if(usable, [&](const Ds& weak) {
    return weak.digest_type == DigestType::kSha1 && std::ranges::any_of(all, [&](const Ds& strong) {
             return strong.algorithm == weak.algorithm && strong.digest_type != DigestType::kSha1;
           });
  });
  return usable;
}

DsOutcome Match(const Ds& ds, const wire::Name& owner, const Dnskey& dnskey) {
  if (HashOf(ds.digest_type) == nullptr) return DsOutcome::kUnsupportedDigest;
  if (ds.key_tag != dnskey.tag || ds.algorithm != dnskey.algorithm) return DsOutcome::kOtherKey;
  if (!dnskey.IsZoneKey() || dnskey.IsRevoked()) return DsOutcome::kNoZoneKey;
  const Octets digest = DigestOf(owner, dnskey, ds.digest_type);
  return !digest.empty() && digest == ds.digest ? DsOutcome::kMatches : DsOutcome::kDigestDiffers;
}

Octets DsRdataFor(const wire::Name& owner, const Dnskey& dnskey, DigestType digest_type) {
  const Octets digest = DigestOf(owner, dnskey, digest_type);
  if (digest.empty()) return {};
  Octets rdata;
  Append16(dnskey.tag, rdata);
  rdata.push_back(static_cast<uint8_t>(dnskey.algorithm));
  rdata.push_back(static_cast<uint8_t>(digest_type));
  Append(digest, rdata);
  return rdata;
}

}  // namespace dnssec
