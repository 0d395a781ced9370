#include "engine/validation/reasons.h"

#include <doctest/doctest.h>

#include <string>

namespace validation {
namespace {

wire::Name N(const char* text) { return *wire::Name::FromText(text); }

/// Returns keys of which only the tags matter.
SharedKeys Keys(std::initializer_list<uint16_t> tags) {
  dnssec::ZoneKeys keys;
  for (const uint16_t tag : tags) keys.keys.emplace_back().dnskey.tag = tag;
  return std::make_shared<const dnssec::ZoneKeys>(std::move(keys));
}

/// Returns a DS of which only the tag matters.
dnssec::Ds Tagged(uint16_t tag) {
  dnssec::Ds ds;
  ds.key_tag = tag;
  return ds;
}

/// Returns the chain as `zone: what | zone: what`.
std::string TextOf(const Evidence& evidence) {
  std::string text;
  for (const TrustLink& link : ChainOf(evidence)) {
    text += (text.empty() ? "" : " | ") + link.zone.ToText() + ": " + ToText(link);
  }
  return text;
}

TEST_CASE("The chain goes from the anchor down, a line a zone, however it was learnt") {
  Evidence evidence;
  evidence.Add(N("a.example."), CutFact(UnsignedCut{}));
  evidence.Add(N("example."), CutFact(SignedCut{{Tagged(7), Tagged(8)}}));
  evidence.Add(N("example."), KeyFact(Keys({7, 9})));
  evidence.Add(N("."), KeyFact(Keys({1})));
  CHECK(TextOf(evidence) == ".: trust anchor; keys 1 | example.: DS 7 8; keys 7 9 | a.example.: unsigned: no DS");
}

TEST_CASE("Where no zone begins there is no line, and where the chain broke it says why") {
  Evidence evidence;
  evidence.Add(N("."), KeyFact(Keys({1})));
  evidence.Add(N("example."), CutFact(NoCut{}));
  evidence.Add(N("a.example."), CutFact(BrokenLink{{wire::EdeCode::kDnssecBogus, "nobody signed it"}}));
  CHECK(TextOf(evidence) == ".: trust anchor; keys 1 | a.example.: broken: nobody signed it");
}

}  // namespace
}  // namespace validation
