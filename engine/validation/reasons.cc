#include "engine/validation/reasons.h"

#include <fmt/format.h>

#include <algorithm>

namespace validation {
namespace {

using dnssec::SignatureOutcome;
using wire::EdeCode;
using wire::ExtendedError;

/// Returns `www.example. A`.
std::string Subject(const Place& place) { return fmt::format("{} {}", place.name.ToText(), wire::ToText(place.type)); }

/// Returns ` from ns1.example. [192.0.2.1]`, or nothing for what was cached.
std::string Origin(const Place& place) {
  return place.server.empty() ? std::string() : fmt::format(" from {}", place.server);
}

/// Returns the code that says best what is wrong with a signature.
EdeCode CodeOf(SignatureOutcome outcome) {
  switch (outcome) {
    case SignatureOutcome::kExpired:
      return EdeCode::kSignatureExpired;
    case SignatureOutcome::kNotYetValid:
      return EdeCode::kSignatureNotYetValid;
    case SignatureOutcome::kExpiredBeforeValid:
      return EdeCode::kSignatureExpiredBeforeValid;
    case SignatureOutcome::kNoKey:
    case SignatureOutcome::kKeyRevoked:
    case SignatureOutcome::kKeyUnusable:
      return EdeCode::kDnskeyMissing;
    case SignatureOutcome::kUnsupportedAlgorithm:
      return EdeCode::kUnsupportedDnskeyAlgorithm;
    case SignatureOutcome::kValid:
    case SignatureOutcome::kMalformed:
    case SignatureOutcome::kCoversOtherType:
    case SignatureOutcome::kSignerOutsideZone:
    case SignatureOutcome::kLabelsOutOfRange:
    case SignatureOutcome::kForged:
    case SignatureOutcome::kTooMuchWork:
      break;
  }
  return EdeCode::kDnssecBogus;
}

/// Returns what the keys of a zone are, as a line of the chain of trust.
std::string LinkText(const KeyFact& fact) {
  if (const auto* broken = std::get_if<BrokenLink>(&fact)) return "broken: " + broken->error.text;
  if (std::holds_alternative<UnsignedCut>(fact)) return "unsigned: no algorithm that is known here";
  std::string text = "keys";
  for (const dnssec::ZoneKey& key : std::get<SharedKeys>(fact)->keys) text += fmt::format(" {}", key.dnskey.tag);
  return text;
}

/// Adds a line to the chain: what is told of one zone stands together.
void AddLink(const wire::Name& zone, const std::string& text, std::vector<TrustLink>& chain) {
  const auto at = std::ranges::find(chain, zone, &TrustLink::zone);
  if (at != chain.end()) {
    at->what += "; " + text;
  } else if (!text.empty()) {
    chain.push_back({zone, text});
  }
}

}  // namespace

ExtendedError Unsigned(const Place& place) {
  return {EdeCode::kRrsigsMissing,
          fmt::format("{}{}: no signature of {}", Subject(place), Origin(place), place.zone.ToText())};
}

ExtendedError BadSignature(const Place& place, const dnssec::Verification& verification) {
  return {CodeOf(verification.outcome),
          fmt::format("{}{}: signature of {} with key {}: {}", Subject(place), Origin(place), place.zone.ToText(),
                      verification.key_tag, dnssec::ToText(verification.outcome))};
}

ExtendedError BadDenial(const Place& place, std::string_view what, dnssec::DenialOutcome outcome) {
  return {EdeCode::kNsecMissing, fmt::format("{}{}: {} does not prove {}: {}", Subject(place), Origin(place),
                                             place.zone.ToText(), what, dnssec::ToText(outcome))};
}

std::string LinkText(const CutFact& fact) {
  if (const auto* broken = std::get_if<BrokenLink>(&fact)) return "broken: " + broken->error.text;
  if (std::holds_alternative<NoCut>(fact)) return {};
  if (const auto* cut = std::get_if<UnsignedCut>(&fact)) {
    return cut->why ? fmt::format("unsigned: {}", wire::ToText(cut->why->code)) : std::string("unsigned: no DS");
  }
  std::string text = "DS";
  for (const dnssec::Ds& ds : std::get<SignedCut>(fact).ds) text += fmt::format(" {}", ds.key_tag);
  return text;
}

std::vector<TrustLink> ChainOf(const Evidence& evidence) {
  std::vector<TrustLink> chain;
  for (const auto& [zone, fact] : evidence.cuts()) AddLink(zone, LinkText(fact), chain);
  for (const auto& [zone, fact] : evidence.keys()) {
    const bool is_anchor = evidence.CutAt(zone) == nullptr;
    AddLink(zone, is_anchor ? "trust anchor; " + LinkText(fact) : LinkText(fact), chain);
  }
  std::ranges::stable_sort(chain, {}, [](const TrustLink& link) { return link.zone.LabelCount(); });
  return chain;
}

ExtendedError NoTrustedKey(const Place& place, std::string_view vouched) {
  return {EdeCode::kDnskeyMissing,
          fmt::format("{}{}: no key that {} vouches for", Subject(place), Origin(place), vouched)};
}

ExtendedError UnfitKey(const Place& place, uint16_t key_tag) {
  return {EdeCode::kNoZoneKeyBitSet,
          fmt::format("{}{}: key {} is vouched for and is no zone key", Subject(place), Origin(place), key_tag)};
}

}  // namespace validation
