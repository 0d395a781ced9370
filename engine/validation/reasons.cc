#include "engine/validation/reasons.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

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

/// Returns the link of a zone, made where there is none.
TrustLink& LinkOf(const wire::Name& zone, std::vector<TrustLink>& chain) {
  const auto at = std::ranges::find(chain, zone, &TrustLink::zone);
  if (at != chain.end()) return *at;
  chain.emplace_back().zone = zone;
  return chain.back();
}

/// Appends a part behind those that are there.
void AddPart(std::string_view part, std::string& text) {
  if (part.empty()) return;
  if (!text.empty()) text += "; ";
  text += part;
}

/// Returns the word and the tags behind it; nothing without any.
std::string TagsText(std::string_view word, std::span<const uint16_t> tags) {
  return tags.empty() ? std::string() : fmt::format("{} {}", word, fmt::join(tags, " "));
}

/// Notes what the parent says of a zone.
void Note(const CutFact& fact, TrustLink& link) {
  if (const auto* cut = std::get_if<SignedCut>(&fact)) {
    for (const dnssec::Ds& ds : cut->ds) link.ds.push_back(ds.key_tag);
  } else {
    link.end = LinkText(fact);
  }
}

/// Notes what a zone says of its keys.
void Note(const KeyFact& fact, TrustLink& link) {
  if (const auto* keys = std::get_if<SharedKeys>(&fact)) {
    for (const dnssec::ZoneKey& key : (*keys)->keys) link.keys.push_back(key.dnskey.tag);
  } else if (const auto* broken = std::get_if<BrokenLink>(&fact)) {
    AddPart("broken: " + broken->error.text, link.end);
  } else {
    AddPart("unsigned: no algorithm that is known here", link.end);
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
  for (const auto& [zone, fact] : evidence.cuts()) {
    if (!std::holds_alternative<NoCut>(fact)) Note(fact, LinkOf(zone, chain));
  }
  for (const auto& [zone, fact] : evidence.keys()) {
    TrustLink& link = LinkOf(zone, chain);
    link.is_anchored = evidence.CutAt(zone) == nullptr;
    Note(fact, link);
  }
  std::ranges::stable_sort(chain, {}, [](const TrustLink& link) { return link.zone.LabelCount(); });
  return chain;
}

std::string ToText(const TrustLink& link) {
  std::string text = link.is_anchored ? "trust anchor" : "";
  AddPart(TagsText("DS", link.ds), text);
  AddPart(TagsText("keys", link.keys), text);
  AddPart(link.end, text);
  return text;
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
