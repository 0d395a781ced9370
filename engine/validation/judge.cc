#include "engine/validation/judge.h"

#include <algorithm>
#include <utility>

#include "engine/dnssec/signature.h"
#include "engine/validation/key_set.h"
#include "engine/validation/proofs.h"
#include "engine/validation/reasons.h"

namespace validation {
namespace {

using dnssec::DenialOutcome;
using dnssec::Security;
using dnssec::SignatureOutcome;
using wire::EdeCode;
using wire::ExtendedError;
using wire::Name;
using wire::Rcode;
using wire::RrSet;
using wire::RrType;

/// What is said of one part, and why.
struct Opinion {
  Finding finding;
  std::optional<ExtendedError> error;
  Fault fault = Fault::kNone;
  SharedKeys keys;
};

/// Returns that a part is bogus in itself.
Opinion Bogus(ExtendedError error) { return {{Security::kBogus, {}}, std::move(error), Fault::kAnswer, nullptr}; }

/// Returns the signers of sets that are at or above the name: where its zone may begin.
std::vector<Name> SignersOf(const Sets& sets, const Name& name) {
  std::vector<Name> signers;
  for (const RrSet* const rrset : sets) {
    for (const world::OctetView rdata : rrset->signatures) {
      const auto signature = dnssec::Signature::FromRdata(rdata);
      if (!signature || !name.IsAtOrBelow(signature->signer)) continue;
      if (std::ranges::find(signers, signature->signer) == signers.end()) signers.push_back(signature->signer);
    }
  }
  return signers;
}

/// Returns how many labels the zone that answers for (name, type) may have: a DS is the parent's (RFC 4035 section
/// 4.2).
size_t MostLabels(const Name& name, RrType type) {
  const size_t labels = name.LabelCount();
  return type == RrType::kDs && labels > 0 ? labels - 1 : labels;
}

/// Returns whether this is a CNAME that its DNAME, before it, makes: it has no signature and needs none (RFC 6672
/// section 5.3.1).
bool IsMade(const std::vector<Exhibit>& answer, size_t index) {
  if (index == 0 || answer[index].rrset->type != RrType::kCname) return false;
  const RrSet& before = *answer[index - 1].rrset;
  return before.type == RrType::kDname && answer[index].rrset->owner.IsBelow(before.owner);
}

/// The judgement of one answer.
class Court {
 public:
  Court(const Subject& subject, const Evidence& evidence, const Trust& trust, Work& work)
      : subject_(subject), evidence_(evidence), trust_(trust), work_(work) {}

  /// Returns what is missing, or the ruling.
  std::variant<Missing, Ruling> Rule();

 private:
  /// Returns where the sets of (name, type) stand.
  Standing StandingOf(const Name& name, RrType type, const Sets& sets) const;
  /// Returns where the keys of a zone stand: what their parent says of them.
  Standing StandingOfKeys(const Name& zone) const;
  /// Returns where one set of the answer stands; what nobody has to look at is unguarded.
  Standing StandingOf(size_t index) const;
  /// Returns what is said of one set of the answer.
  Opinion JudgeSet(size_t index, const Standing& standing);
  /// Returns what is said of a set in a zone with these keys.
  Opinion JudgeGuarded(const Exhibit& exhibit, const dnssec::ZoneKeys& keys);
  /// Returns what is said of a set that a wildcard made: no closer name may exist.
  Opinion JudgeWildcard(const Exhibit& exhibit, const Name& encloser, const dnssec::ZoneKeys& keys, uint32_t ttl);
  /// Returns what is said of the keys of a zone.
  Opinion JudgeKeys(const RrSet& rrset);
  /// Returns what is said of the denial.
  Opinion JudgeDenial(const Denial& denial, const Standing& standing);
  /// Returns what is said of the denial in a zone with these keys.
  Opinion JudgeGuardedDenial(const Denial& denial, const dnssec::ZoneKeys& keys);
  /// Returns the ruling where what is missing is what was asked for: a zone that its parent vouches for has no keys.
  Ruling WithoutKeys() const;
  /// Returns the place of a set, for a reason.
  Place PlaceOf(const Name& name, RrType type, const Name& zone) const { return {name, type, zone, subject_.server}; }
  /// Takes the opinion of a part into the ruling.
  static void Take(Opinion opinion, Finding& finding, Ruling& ruling);

  const Subject& subject_;
  const Evidence& evidence_;
  const Trust& trust_;
  Work& work_;
};

/// Returns the opinion that follows from where a part stands; nothing where its signatures decide.
std::optional<Opinion> WithoutSignatures(const Standing& standing) {
  if (const auto* broken = std::get_if<BrokenLink>(&standing)) {
    return Opinion{{Security::kBogus, {}}, broken->error, Fault::kChain, nullptr};
  }
  const auto* unguarded = std::get_if<Unguarded>(&standing);
  if (unguarded == nullptr) return std::nullopt;
  return Opinion{{Security::kInsecure, {}}, unguarded->why, Fault::kNone, nullptr};
}

Standing Court::StandingOf(const Name& name, RrType type, const Sets& sets) const {
  const std::vector<Name> signers = SignersOf(sets, name);
  std::vector<Name> hints = signers;
  for (const RrSet* const rrset : sets) {
    if (rrset->type == RrType::kSoa) hints.push_back(rrset->owner);
  }
  const size_t most_labels = MostLabels(name, type);
  Standing standing = Descend({name, most_labels, hints, Probing::kSuspects}, evidence_, trust_);
  const auto* guarded = std::get_if<Guarded>(&standing);
  if (guarded == nullptr || std::ranges::find(signers, guarded->keys->zone) != signers.end()) return standing;
  // Nothing is signed by the zone: unless an unsigned one begins in between, it ought to be. That none can be asked
  // about is no excuse: another server may have the signatures.
  Standing probed = Descend({name, most_labels, hints, Probing::kEveryName}, evidence_, trust_);
  return std::holds_alternative<BrokenLink>(probed) ? standing : probed;
}

Standing Court::StandingOfKeys(const Name& zone) const {
  if (IsExempt(zone, trust_)) return Unguarded{};
  const size_t labels = zone.LabelCount();
  const Anchor* const anchor = trust_.AnchorAbove(zone, labels);
  if (anchor == nullptr) return Unguarded{};
  if (anchor->zone == zone) return Guarded{};
  Standing above = Descend({zone, labels - 1, {}, Probing::kSuspects}, evidence_, trust_);
  if (!std::holds_alternative<Guarded>(above)) return above;
  const CutFact* const cut = evidence_.CutAt(zone);
  if (cut == nullptr) return Missing{{zone, RrType::kDs, wire::RrClass::kIn}};
  if (const auto* broken = std::get_if<BrokenLink>(cut)) return *broken;
  if (const auto* unguarded = std::get_if<UnsignedCut>(cut)) return Unguarded{unguarded->why};
  return above;
}

Standing Court::StandingOf(size_t index) const {
  const Exhibit& exhibit = subject_.answer[index];
  const RrSet& rrset = *exhibit.rrset;
  if (exhibit.known != Security::kUnchecked || IsMade(subject_.answer, index)) return Unguarded{};
  // Signatures carry no signatures (RFC 4035 section 2.2): a set of them is nobody's word.
  if (rrset.type == RrType::kRrsig) return Unguarded{};
  if (rrset.type == RrType::kDnskey) return StandingOfKeys(rrset.owner);
  return StandingOf(rrset.owner, rrset.type, {&rrset});
}

Opinion Court::JudgeSet(size_t index, const Standing& standing) {
  const Exhibit& exhibit = subject_.answer[index];
  // What is known to be bogus was asked for at several servers already.
  if (exhibit.known != Security::kUnchecked) return {{exhibit.known, {}}, {}, Fault::kChain, nullptr};
  if (IsMade(subject_.answer, index)) return {{Security::kSecure, {}}, {}, Fault::kNone, nullptr};
  if (std::optional<Opinion> opinion = WithoutSignatures(standing)) return *std::move(opinion);
  if (exhibit.rrset->type == RrType::kDnskey) return JudgeKeys(*exhibit.rrset);
  return JudgeGuarded(exhibit, *std::get<Guarded>(standing).keys);
}

Opinion Court::JudgeGuarded(const Exhibit& exhibit, const dnssec::ZoneKeys& keys) {
  const RrSet& rrset = *exhibit.rrset;
  const Place place = PlaceOf(rrset.owner, rrset.type, keys.zone);
  if (rrset.signatures.empty()) return Bogus(Unsigned(place));
  const dnssec::Verification verification = work_.verifier.Verify(rrset, keys, trust_.now);
  if (verification.outcome != SignatureOutcome::kValid) return Bogus(BadSignature(place, verification));
  if (verification.wildcard_encloser) {
    return JudgeWildcard(exhibit, *verification.wildcard_encloser, keys, verification.ttl);
  }
  return {{Security::kSecure, verification.ttl}, {}, Fault::kNone, nullptr};
}

Opinion Court::JudgeWildcard(const Exhibit& exhibit, const Name& encloser, const dnssec::ZoneKeys& keys, uint32_t ttl) {
  const RrSet& rrset = *exhibit.rrset;
  Proofs proofs(exhibit.proofs, keys, trust_.now, work_);
  const DenialOutcome outcome = proofs.NoCloserName(rrset.owner, encloser);
  switch (outcome) {
    case DenialOutcome::kProven:
      return {{Security::kSecure, ttl}, {}, Fault::kNone, nullptr};
    case DenialOutcome::kProvenByOptOut:  // RFC 5155 section 9.2: an unsigned delegation may stand there.
      return {{Security::kInsecure, ttl}, {}, Fault::kNone, nullptr};
    case DenialOutcome::kTooManyIterations:
      return {{Security::kInsecure, ttl}, ExtendedError{EdeCode::kUnsupportedNsec3Iterations}, Fault::kNone, nullptr};
    default:
      return Bogus(
          BadDenial(PlaceOf(rrset.owner, rrset.type, keys.zone), "that no name is nearer than its wildcard", outcome));
  }
}

Opinion Court::JudgeKeys(const RrSet& rrset) {
  const Place place = PlaceOf(rrset.owner, rrset.type, rrset.owner);
  const Anchor* const anchor = trust_.AnchorAbove(rrset.owner, rrset.owner.LabelCount());
  const CutFact* const cut = evidence_.CutAt(rrset.owner);
  KeySetOutcome outcome;
  if (anchor != nullptr && anchor->zone == rrset.owner) {
    outcome = JudgeByAnchor(rrset, *anchor, trust_, work_);
  } else if (const auto* vouched = std::get_if<SignedCut>(cut)) {
    outcome = JudgeByDs(rrset, vouched->ds, trust_.now, work_);
  } else {
    // No zone begins here: the set is one of the zone above, like any other.
    const Standing standing =
        Descend({rrset.owner, rrset.owner.LabelCount(), {}, Probing::kSuspects}, evidence_, trust_);
    if (std::optional<Opinion> opinion = WithoutSignatures(standing)) return *std::move(opinion);
    const auto* guarded = std::get_if<Guarded>(&standing);
    if (guarded == nullptr) return Bogus(Unsigned(place));
    return JudgeGuarded({&rrset, {}, Security::kUnchecked}, *guarded->keys);
  }
  if (outcome.unsupported) return {{Security::kInsecure, {}}, outcome.unsupported, Fault::kNone, nullptr};
  if (!outcome.has_vouched_key) {
    if (outcome.unfit_key) return Bogus(UnfitKey(place, *outcome.unfit_key));
    const auto* vouched = std::get_if<SignedCut>(cut);
    const bool is_anchors = anchor != nullptr && anchor->zone == rrset.owner;
    return Bogus(NoTrustedKey(place, is_anchors || vouched == nullptr ? "the trust anchor" : "its " + LinkText(*cut)));
  }
  if (rrset.signatures.empty()) return Bogus(Unsigned(place));
  if (outcome.verification.outcome != SignatureOutcome::kValid) return Bogus(BadSignature(place, outcome.verification));
  return {{Security::kSecure, outcome.verification.ttl}, {}, Fault::kNone, std::move(outcome.keys)};
}

Opinion Court::JudgeDenial(const Denial& denial, const Standing& standing) {
  if (denial.known != Security::kUnchecked) return {{denial.known, {}}, {}, Fault::kChain, nullptr};
  if (std::optional<Opinion> opinion = WithoutSignatures(standing)) return *std::move(opinion);
  return JudgeGuardedDenial(denial, *std::get<Guarded>(standing).keys);
}

Opinion Court::JudgeGuardedDenial(const Denial& denial, const dnssec::ZoneKeys& keys) {
  std::optional<uint32_t> ttl;
  for (const RrSet* const rrset : denial.sets) {
    if (rrset->type != RrType::kSoa) continue;
    const Place place = PlaceOf(rrset->owner, rrset->type, keys.zone);
    if (rrset->signatures.empty()) return Bogus(Unsigned(place));
    const dnssec::Verification soa = work_.verifier.Verify(*rrset, keys, trust_.now);
    if (soa.outcome != SignatureOutcome::kValid) return Bogus(BadSignature(place, soa));
    ttl = soa.ttl;
  }
  Proofs proofs(denial.sets, keys, trust_.now, work_);
  const Place place = PlaceOf(denial.name, denial.type, keys.zone);
  // What is kept of the denial serves others: a proof that proves nothing spoils it.
  if (proofs.fault()) return Bogus(BadSignature(place, *proofs.fault()));
  if (proofs.ttl()) ttl = std::min(ttl.value_or(*proofs.ttl()), *proofs.ttl());
  const bool is_name = denial.rcode == Rcode::kNxDomain;
  const DenialOutcome outcome =
      is_name ? proofs.NameDoesNotExist(denial.name) : proofs.TypeDoesNotExist(denial.name, denial.type);
  if (outcome == DenialOutcome::kProven) return {{Security::kSecure, ttl}, {}, Fault::kNone, nullptr};
  // RFC 5155 section 9.2, RFC 9276 section 3.2.
  if (outcome == DenialOutcome::kProvenByOptOut) return {{Security::kInsecure, ttl}, {}, Fault::kNone, nullptr};
  if (outcome == DenialOutcome::kTooManyIterations) {
    return {{Security::kInsecure, ttl}, ExtendedError{EdeCode::kUnsupportedNsec3Iterations}, Fault::kNone, nullptr};
  }
  return Bogus(BadDenial(place, is_name ? "that there is no such name" : "that there is no such type", outcome));
}

void Court::Take(Opinion opinion, Finding& finding, Ruling& ruling) {
  finding = opinion.finding;
  const bool is_worse = dnssec::Worse(ruling.security, finding.security) != ruling.security;
  if (is_worse || !ruling.error) {
    if (opinion.error) ruling.error = std::move(opinion.error);
    if (is_worse) ruling.fault = opinion.fault;
  }
  ruling.security = dnssec::Worse(ruling.security, finding.security);
  if (opinion.keys) ruling.keys = std::move(opinion.keys);
}

Ruling Court::WithoutKeys() const {
  const wire::Question& question = subject_.question;
  Ruling ruling;
  ruling.security = Security::kBogus;
  ruling.fault = Fault::kAnswer;
  ruling.error = NoTrustedKey(PlaceOf(question.name, question.type, question.name), "its parent");
  ruling.answer.assign(subject_.answer.size(), {Security::kBogus, {}});
  ruling.denial.security = Security::kBogus;
  return ruling;
}

std::variant<Missing, Ruling> Court::Rule() {
  std::vector<Standing> standings;
  for (size_t i = 0; i < subject_.answer.size(); ++i) standings.push_back(StandingOf(i));
  if (subject_.denial) {
    const Denial& denial = *subject_.denial;
    const bool is_known = denial.known != Security::kUnchecked;
    standings.push_back(is_known ? Standing(Unguarded{}) : StandingOf(denial.name, denial.type, denial.sets));
  }
  for (const Standing& standing : standings) {
    const auto* missing = std::get_if<Missing>(&standing);
    if (missing == nullptr) continue;
    if (missing->question == subject_.question) return WithoutKeys();
    return *missing;
  }
  Ruling ruling;
  ruling.security = Security::kSecure;
  ruling.answer.resize(subject_.answer.size());
  for (size_t i = 0; i < subject_.answer.size(); ++i) Take(JudgeSet(i, standings[i]), ruling.answer[i], ruling);
  if (subject_.denial) Take(JudgeDenial(*subject_.denial, standings.back()), ruling.denial, ruling);
  // An answer of nothing at all says nothing that could be secure.
  if (subject_.answer.empty() && !subject_.denial) ruling.security = Security::kInsecure;
  return ruling;
}

}  // namespace

std::variant<Missing, Ruling> Judge(const Subject& subject, const Evidence& evidence, const Trust& trust, Work& work) {
  return Court(subject, evidence, trust, work).Rule();
}

}  // namespace validation
