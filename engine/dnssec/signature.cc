#include "engine/dnssec/signature.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "engine/dnssec/canonical.h"
#include "engine/world/limits.h"

namespace dnssec {
namespace {

using wire::Name;
using wire::RrSet;
using world::Octets;
using world::OctetView;
using world::WallTime;

/// The octets of an RRSIG's rdata before the signer's name.
constexpr size_t kFixedOctets = 18;

/// Returns the number of 16 bits at the octets' start. Requires: there are two.
uint16_t Read16(OctetView octets) { return static_cast<uint16_t>(octets[0] << 8 | octets[1]); }

/// Returns the number of 32 bits at the octets' start. Requires: there are four.
uint32_t Read32(OctetView octets) { return uint32_t{Read16(octets)} << 16 | Read16(octets.subspan(2)); }

/// Returns the time as an RRSIG tells it: seconds modulo 2^32 (RFC 4034 section 3.1.5).
uint32_t Seconds32(WallTime time) {
  return static_cast<uint32_t>(std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

/// Returns whether `a` is before `b` in the arithmetic of RFC 1982.
bool IsBefore(uint32_t a, uint32_t b) { return a != b && b - a < 0x8000'0000U; }

/// Returns the owner's labels as an RRSIG counts them: without a leading asterisk (RFC 4034 section 3.1.3).
size_t CountedLabels(const Name& owner) { return owner.LabelCount() - (owner.IsWildcard() ? 1 : 0); }

/// Returns how far a signature came on the way to being valid; of several that fail, the furthest tells most.
int Progress(SignatureOutcome outcome) {
  switch (outcome) {
    case SignatureOutcome::kMalformed:
    case SignatureOutcome::kCoversOtherType:
      return 0;
    case SignatureOutcome::kSignerOutsideZone:
    case SignatureOutcome::kLabelsOutOfRange:
      return 1;
    case SignatureOutcome::kUnsupportedAlgorithm:
    case SignatureOutcome::kNoKey:
      return 2;
    case SignatureOutcome::kKeyRevoked:
    case SignatureOutcome::kKeyUnusable:
      return 3;
    case SignatureOutcome::kExpiredBeforeValid:
    case SignatureOutcome::kExpired:
    case SignatureOutcome::kNotYetValid:
      return 4;
    case SignatureOutcome::kForged:
      return 5;
    case SignatureOutcome::kTooMuchWork:
      return 6;
    case SignatureOutcome::kValid:
      return 7;
  }
  return 0;
}

}  // namespace

std::optional<Signature> Signature::FromRdata(OctetView rdata) {
  if (rdata.size() < kFixedOctets) return std::nullopt;
  std::optional<Name> signer = Name::FromWirePrefix(rdata.subspan(kFixedOctets));
  if (!signer) return std::nullopt;
  const OctetView octets = rdata.subspan(kFixedOctets + signer->octets().size());
  return Signature{.covered = wire::RrType{Read16(rdata)},
                   .algorithm = Algorithm{rdata[2]},
                   .labels = rdata[3],
                   .original_ttl = Read32(rdata.subspan(4)),
                   .expiration = Read32(rdata.subspan(8)),
                   .inception = Read32(rdata.subspan(12)),
                   .key_tag = Read16(rdata.subspan(16)),
                   .signer = *std::move(signer),
                   .octets = {octets.begin(), octets.end()}};
}

std::optional<Name> Signature::WildcardEncloser(const Name& owner) const {
  if (labels >= CountedLabels(owner)) return std::nullopt;
  return owner.Suffix(labels);
}

SignatureOutcome Precheck(const RrSet& rrset, const Signature& signature, const Name& zone, WallTime now) {
  if (signature.covered != rrset.type) return SignatureOutcome::kCoversOtherType;
  if (signature.signer != zone || !rrset.owner.IsAtOrBelow(zone)) return SignatureOutcome::kSignerOutsideZone;
  if (signature.labels > CountedLabels(rrset.owner)) return SignatureOutcome::kLabelsOutOfRange;
  // A wildcard above the zone's apex is none of the zone's (Unbound CVE-2026-44690).
  if (signature.labels < zone.LabelCount()) return SignatureOutcome::kLabelsOutOfRange;
  const uint32_t time = Seconds32(now);
  if (IsBefore(signature.expiration, signature.inception)) return SignatureOutcome::kExpiredBeforeValid;
  if (IsBefore(signature.expiration, time)) return SignatureOutcome::kExpired;
  if (IsBefore(time, signature.inception)) return SignatureOutcome::kNotYetValid;
  return IsSupported(signature.algorithm) ? SignatureOutcome::kValid : SignatureOutcome::kUnsupportedAlgorithm;
}

Octets SignedOctets(const RrSet& rrset, const Signature& signature) {
  Octets octets;
  Append16(static_cast<uint16_t>(signature.covered), octets);
  octets.push_back(static_cast<uint8_t>(signature.algorithm));
  octets.push_back(signature.labels);
  Append32(signature.original_ttl, octets);
  Append32(signature.expiration, octets);
  Append32(signature.inception, octets);
  Append16(signature.key_tag, octets);
  Append(signature.signer.Lowered().octets(), octets);
  Name owner = rrset.owner;
  // Shorter than the owner by a label at least, so the asterisk fits.
  if (const std::optional<Name> encloser = signature.WildcardEncloser(owner)) owner = *encloser->Wildcard();
  Append(
      CanonicalRecords({.name = owner, .type = rrset.type, .rr_class = rrset.rr_class, .ttl = signature.original_ttl},
                       rrset.rdatas),
      octets);
  return octets;
}

uint32_t TtlLimit(const Signature& signature, WallTime now) {
  const uint32_t time = Seconds32(now);
  const uint32_t remaining = IsBefore(time, signature.expiration) ? signature.expiration - time : 0;
  return std::min(signature.original_ttl, remaining);
}

Verification Verifier::Verify(const RrSet& rrset, const ZoneKeys& keys, WallTime now) {
  Verification furthest;
  int furthest_progress = -1;
  size_t tried = 0;
  for (const OctetView rdata : rrset.signatures) {
    const std::optional<Signature> signature = Signature::FromRdata(rdata);
    SignatureOutcome outcome = SignatureOutcome::kMalformed;
    if (signature) {
      const bool is_beyond = tried++ == world::limits::kMaxSignaturesPerSet;
      outcome = is_beyond ? SignatureOutcome::kTooMuchWork : VerifyOne(rrset, *signature, keys, now);
    }
    const uint16_t key_tag = signature ? signature->key_tag : uint16_t{0};
    if (outcome == SignatureOutcome::kValid) {
      return {.outcome = outcome,
              .key_tag = key_tag,
              .ttl = std::min(rrset.ttl, TtlLimit(*signature, now)),
              .expiration = signature->expiration,
              .wildcard_encloser = signature->WildcardEncloser(rrset.owner)};
    }
    if (Progress(outcome) > furthest_progress) {
      furthest_progress = Progress(outcome);
      furthest = {.outcome = outcome, .key_tag = key_tag, .ttl = 0, .expiration = 0, .wildcard_encloser = {}};
    }
    if (outcome == SignatureOutcome::kTooMuchWork) break;
  }
  return furthest;
}

SignatureOutcome Verifier::VerifyOne(const RrSet& rrset, const Signature& signature, const ZoneKeys& keys,
                                     WallTime now) {
  const SignatureOutcome checked = Precheck(rrset, signature, keys.zone, now);
  if (checked != SignatureOutcome::kValid) return checked;
  SignatureOutcome outcome = SignatureOutcome::kNoKey;
  size_t tried = 0;
  Octets signed_octets;
  for (const ZoneKey& key : keys.keys) {
    const Dnskey& dnskey = key.dnskey;
    if (dnskey.tag != signature.key_tag || dnskey.algorithm != signature.algorithm || !dnskey.IsZoneKey()) continue;
    // RFC 5011 section 2.1: a revoked key says of nothing but its own set that it is so, and that is not asked here.
    const bool is_revoked = dnskey.IsRevoked();
    if (is_revoked || !key.public_key) {
      if (outcome == SignatureOutcome::kNoKey) {
        outcome = is_revoked ? SignatureOutcome::kKeyRevoked : SignatureOutcome::kKeyUnusable;
      }
      continue;
    }
    if (tried++ == world::limits::kMaxKeysPerSignature) return SignatureOutcome::kTooMuchWork;
    if (operations_left_ == 0) {
      has_refused_ = true;
      return SignatureOutcome::kTooMuchWork;
    }
    --operations_left_;
    if (signed_octets.empty()) signed_octets = SignedOctets(rrset, signature);
    if (key.public_key->Verifies(signed_octets, signature.octets)) return SignatureOutcome::kValid;
    outcome = SignatureOutcome::kForged;
  }
  return outcome;
}

const char* ToText(SignatureOutcome outcome) {
  switch (outcome) {
    case SignatureOutcome::kValid:
      return "valid";
    case SignatureOutcome::kMalformed:
      return "malformed";
    case SignatureOutcome::kCoversOtherType:
      return "covers another type";
    case SignatureOutcome::kSignerOutsideZone:
      return "signer is not the zone";
    case SignatureOutcome::kLabelsOutOfRange:
      return "labels out of range";
    case SignatureOutcome::kExpiredBeforeValid:
      return "expires before it begins";
    case SignatureOutcome::kExpired:
      return "expired";
    case SignatureOutcome::kNotYetValid:
      return "not yet valid";
    case SignatureOutcome::kUnsupportedAlgorithm:
      return "unsupported algorithm";
    case SignatureOutcome::kNoKey:
      return "no such key in the zone";
    case SignatureOutcome::kKeyRevoked:
      return "key is revoked";
    case SignatureOutcome::kKeyUnusable:
      return "key is unusable";
    case SignatureOutcome::kForged:
      return "does not verify";
    case SignatureOutcome::kTooMuchWork:
      return "too much work";
  }
  return "unknown";
}

}  // namespace dnssec
