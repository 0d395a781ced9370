#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "engine/dnssec/ds.h"
#include "engine/dnssec/keys.h"
#include "engine/wire/message.h"
#include "engine/wire/name.h"
#include "engine/wire/rrset.h"

namespace validation {

/// Sets that are borrowed for one judgement.
using Sets = std::vector<const wire::RrSet*>;

/// The keys of a zone, believed.
using SharedKeys = std::shared_ptr<const dnssec::ZoneKeys>;

/// A zone begins here, and its parent vouches for these keys.
struct SignedCut {
  std::vector<dnssec::Ds> ds;  ///< Not empty: those that count.
};

/// No zone begins here: the zone above goes on.
struct NoCut {};

/// A zone begins here (or may, by opt-out) whose keys nobody vouches for in a manner that is known here: all below is
/// insecure.
struct UnsignedCut {
  std::optional<wire::ExtendedError> why;  ///< Set: the algorithm or the digest type is unknown (RFC 6840 section 5.2).
};

/// What should be known is not to be had, or bogus: nothing below can be believed.
struct BrokenLink {
  wire::ExtendedError error;
};

/// What the parent says of a name, by its DS or the proof of none.
using CutFact = std::variant<SignedCut, NoCut, UnsignedCut, BrokenLink>;

/// What a zone says of its keys.
using KeyFact = std::variant<SharedKeys, UnsignedCut, BrokenLink>;

/// What one judgement may rest upon: a few facts, gathered as the judge asks for them.
class Evidence {
 public:
  /// A zone may begin at this name: the walk saw a delegation, say. The judge will want to know.
  void Suspect(wire::Name name);

  /// Takes what is known of a name's DS.
  void Add(wire::Name name, CutFact fact) { cuts_.emplace_back(std::move(name), std::move(fact)); }

  /// Takes what is known of a zone's keys.
  void Add(wire::Name zone, KeyFact fact) { keys_.emplace_back(std::move(zone), std::move(fact)); }

  /// Returns whether a zone may begin at this name.
  bool IsSuspected(const wire::Name& name) const;

  /// Returns what is known of a name's DS, or null.
  const CutFact* CutAt(const wire::Name& name) const;

  /// Returns what is known of a zone's keys, or null.
  const KeyFact* KeysOf(const wire::Name& zone) const;

  /// The facts in the order in which they were learnt, which is from the anchor down.
  std::span<const std::pair<wire::Name, CutFact>> cuts() const { return cuts_; }
  std::span<const std::pair<wire::Name, KeyFact>> keys() const { return keys_; }

 private:
  std::vector<wire::Name> suspects_;
  std::vector<std::pair<wire::Name, CutFact>> cuts_;
  std::vector<std::pair<wire::Name, KeyFact>> keys_;
};

}  // namespace validation
