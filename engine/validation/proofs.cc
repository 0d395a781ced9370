#include "engine/validation/proofs.h"

#include <algorithm>

#include "engine/dnssec/nsec.h"
#include "engine/dnssec/nsec3.h"

namespace validation {
namespace {

using dnssec::DenialOutcome;
using wire::Name;
using wire::RrSet;
using wire::RrType;

/// Returns what the NSECs prove, or where they do not, the NSEC3s. A zone has one kind; while it changes from one to
/// the other a response may have both (RFC 5155 section 10.4).
template <typename Ask>
DenialOutcome Either(const std::vector<const RrSet*>& nsecs, const std::vector<const RrSet*>& nsec3s, const Name& zone,
                     Work& work, Ask ask) {
  DenialOutcome outcome = DenialOutcome::kNoRecord;
  if (!nsecs.empty()) {
    dnssec::NsecProof proof(nsecs, zone);
    outcome = ask(proof);
  }
  if (outcome == DenialOutcome::kProven || nsec3s.empty()) return outcome;
  dnssec::Nsec3Proof proof(nsec3s, zone, work.hasher);
  return ask(proof);
}

}  // namespace

Proofs::Proofs(std::span<const RrSet* const> sets, const dnssec::ZoneKeys& keys, world::WallTime now, Work& work)
    : zone_(keys.zone), work_(work) {
  for (const RrSet* const rrset : sets) {
    if (rrset->type != RrType::kNsec && rrset->type != RrType::kNsec3) continue;
    const dnssec::Verification verification = work.verifier.Verify(*rrset, keys, now);
    // A denial that a wildcard made is one of other names (RFC 4035 section 5.4).
    if (verification.outcome != dnssec::SignatureOutcome::kValid || verification.wildcard_encloser) {
      if (!fault_) fault_ = verification;
      continue;
    }
    (rrset->type == RrType::kNsec ? nsecs_ : nsec3s_).push_back(rrset);
    ttl_ = std::min(ttl_.value_or(verification.ttl), verification.ttl);
  }
}

DenialOutcome Proofs::NameDoesNotExist(const Name& name) {
  return Either(nsecs_, nsec3s_, zone_, work_, [&](auto& proof) { return proof.NameDoesNotExist(name); });
}

DenialOutcome Proofs::TypeDoesNotExist(const Name& name, RrType type) {
  return Either(nsecs_, nsec3s_, zone_, work_, [&](auto& proof) { return proof.TypeDoesNotExist(name, type); });
}

DenialOutcome Proofs::NoCloserName(const Name& name, const Name& encloser) {
  return Either(nsecs_, nsec3s_, zone_, work_, [&](auto& proof) { return proof.NoCloserName(name, encloser); });
}

}  // namespace validation
