#include "engine/dnssec/zonemd.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/dnssec/canonical.h"
#include "engine/dnssec/crypto.h"

namespace dnssec {
namespace {

using wire::Name;
using wire::RdataList;
using wire::RrSet;
using wire::RrType;
using world::Octets;
using world::OctetView;

constexpr uint8_t kSimple = 1;

/// Returns the hash, or null for an unknown one.
const EVP_MD* HashOf(ZonemdHash hash) {
  switch (hash) {
    case ZonemdHash::kSha384:
      return FetchedHashes().sha384.get();
    case ZonemdHash::kSha512:
      return FetchedHashes().sha512.get();
  }
  return nullptr;
}

/// A ZONEMD's rdata, read (RFC 8976 section 2.2):  serial (32) | scheme (8) | hash algorithm (8) | digest.
struct Zonemd {
  uint32_t serial = 0;
  uint8_t scheme = 0;
  ZonemdHash hash{};
  OctetView digest;
};

/// Returns the ZONEMD of its rdata, or nothing when it is too short (RFC 8976 section 2.2.4: 12 octets of digest at
/// least).
std::optional<Zonemd> Read(OctetView rdata) {
  if (rdata.size() < 6 + 12) return std::nullopt;
  return Zonemd{.serial = uint32_t{rdata[0]} << 24 | uint32_t{rdata[1]} << 16 | uint32_t{rdata[2]} << 8 | rdata[3],
                .scheme = rdata[4],
                .hash = ZonemdHash{rdata[5]},
                .digest = rdata.subspan(6)};
}

/// Feeds a zone to a hash, owner by owner.
class Digester {
 public:
  Digester(const Name& apex, const EVP_MD* hash) : apex_(apex), context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_.get(), hash, nullptr);
  }

  /// Adds all sets of one owner: by type, the RRSIGs of all of them at the place of theirs.
  void AddOwner(std::span<const RrSet> sets) {
    bool are_signatures_added = false;
    for (const RrSet& rrset : sets) {
      if (!are_signatures_added && rrset.type > RrType::kRrsig) {
        AddSignatures(sets);
        are_signatures_added = true;
      }
      if (rrset.type == RrType::kRrsig || IsApexZonemd(rrset)) continue;
      AddRecords(rrset, rrset.type, rrset.ttl, rrset.rdatas);
    }
    if (!are_signatures_added) AddSignatures(sets);
  }

  /// Returns the digest.
  Octets Finish() {
    Octets digest(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    digest.resize(size);
    return digest;
  }

 private:
  /// Returns whether the set is the one that the digest leaves out, with its RRSIGs (RFC 8976 section 3.3.1.1).
  bool IsApexZonemd(const RrSet& rrset) const { return rrset.type == RrType::kZonemd && rrset.owner == apex_; }

  /// Adds the RRSIGs of one owner, in the order of their rdata, which the covered type begins.
  void AddSignatures(std::span<const RrSet> sets) {
    std::vector<std::pair<OctetView, uint32_t>> signatures;
    for (const RrSet& rrset : sets) {
      if (IsApexZonemd(rrset)) continue;
      const RdataList& list = rrset.type == RrType::kRrsig ? rrset.rdatas : rrset.signatures;
      for (const OctetView rdata : list) {
        const bool is_left_out = sets.front().owner == apex_ && wire::TypeCovered(rdata) == RrType::kZonemd;
        if (!is_left_out) signatures.emplace_back(rdata, rrset.ttl);
      }
    }
    std::ranges::sort(signatures, [](const auto& a, const auto& b) {
      return std::ranges::lexicographical_compare(a.first, b.first);
    });
    for (const auto& [rdata, ttl] : signatures) {
      RdataList one;
      one.Add(rdata);
      AddRecords(sets.front(), RrType::kRrsig, ttl, one);
    }
  }

  /// Adds records in canonical form and order.
  void AddRecords(const RrSet& rrset, RrType type, uint32_t ttl, const RdataList& rdatas) {
    const Octets octets =
        CanonicalRecords({.name = rrset.owner, .type = type, .rr_class = rrset.rr_class, .ttl = ttl}, rdatas);
    EVP_DigestUpdate(context_.get(), octets.data(), octets.size());
  }

  const Name& apex_;
  EvpDigestContext context_;
};

/// Returns the set of a type at the apex, or null.
const RrSet* AtApex(std::span<const RrSet> rrsets, const Name& apex, RrType type) {
  const auto found =
      std::ranges::find_if(rrsets, [&](const RrSet& rrset) { return rrset.type == type && rrset.owner == apex; });
  return found == rrsets.end() ? nullptr : &*found;
}

}  // namespace

Octets ZoneDigest(std::span<const RrSet> rrsets, const Name& apex, ZonemdHash hash) {
  const EVP_MD* const md = HashOf(hash);
  if (md == nullptr) return {};
  Digester digester(apex, md);
  while (!rrsets.empty()) {
    const auto end =
        std::ranges::find_if(rrsets, [&](const RrSet& rrset) { return rrset.owner != rrsets.front().owner; });
    const auto count = static_cast<size_t>(end - rrsets.begin());
    digester.AddOwner(rrsets.first(count));
    rrsets = rrsets.subspan(count);
  }
  return digester.Finish();
}

ZonemdOutcome JudgeZonemd(std::span<const RrSet> rrsets, const Name& apex) {
  const RrSet* const soa_set = AtApex(rrsets, apex, RrType::kSoa);
  const RrSet* const zonemd_set = AtApex(rrsets, apex, RrType::kZonemd);
  const std::optional<wire::Soa> soa = soa_set != nullptr ? wire::SoaFromRdata(*soa_set->rdatas.begin()) : std::nullopt;
  if (!soa) return ZonemdOutcome::kMalformed;
  if (zonemd_set == nullptr) return ZonemdOutcome::kNoRecord;
  std::vector<Zonemd> records;
  for (const OctetView rdata : zonemd_set->rdatas) {
    const std::optional<Zonemd> record = Read(rdata);
    if (!record) return ZonemdOutcome::kMalformed;
    records.push_back(*record);
  }
  ZonemdOutcome outcome = ZonemdOutcome::kUnsupported;
  for (const Zonemd& record : records) {
    if (record.scheme != kSimple || HashOf(record.hash) == nullptr) continue;
    const auto alike = std::ranges::count_if(
        records, [&](const Zonemd& other) { return other.scheme == record.scheme && other.hash == record.hash; });
    if (alike > 1) {
      outcome = ZonemdOutcome::kAmbiguous;
    } else if (record.serial != soa->serial) {
      outcome = ZonemdOutcome::kSerialDiffers;
    } else if (std::ranges::equal(ZoneDigest(rrsets, apex, record.hash), record.digest)) {
      return ZonemdOutcome::kMatches;
    } else {
      outcome = ZonemdOutcome::kDigestDiffers;
    }
  }
  return outcome;
}

Octets ZonemdRdata(std::span<const RrSet> rrsets, const Name& apex, uint32_t serial, ZonemdHash hash) {
  Octets rdata;
  Append32(serial, rdata);
  rdata.push_back(kSimple);
  rdata.push_back(static_cast<uint8_t>(hash));
  Append(ZoneDigest(rrsets, apex, hash), rdata);
  return rdata;
}

const char* ToText(ZonemdOutcome outcome) {
  switch (outcome) {
    case ZonemdOutcome::kMatches:
      return "digest matches";
    case ZonemdOutcome::kNoRecord:
      return "no ZONEMD";
    case ZonemdOutcome::kUnsupported:
      return "unknown scheme or hash";
    case ZonemdOutcome::kSerialDiffers:
      return "ZONEMD of another serial";
    case ZonemdOutcome::kAmbiguous:
      return "two ZONEMD of one kind";
    case ZonemdOutcome::kDigestDiffers:
      return "digest does not match";
    case ZonemdOutcome::kMalformed:
      return "malformed";
  }
  return "unknown";
}

}  // namespace dnssec
