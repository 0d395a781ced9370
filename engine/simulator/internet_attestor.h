#pragma once

#include <optional>
#include <vector>

#include "engine/simulator/internet_denial.h"
#include "engine/simulator/internet_root.h"
#include "engine/wire/message.h"

namespace simulator {

/// Whether a query asks for DNSSEC's records (DO, RFC 3225).
enum class Wish : uint8_t { kPlain, kDnssec };

/// Makes what an unsigned zone answers into what the zone, where it is signed, answers.
class Attestor {
 public:
  Attestor(const Atlas& atlas, const Records& records, const Trust& trust)
      : atlas_(atlas), trust_(trust), denials_(atlas, records, trust), root_(atlas.anchors().root(), trust) {}

  /// Adds key sets and, where they are wished for, signatures and proofs to the response of a correct server.
  void Complete(Wish wish, ZoneAt zone, Signer& signer, wire::Message& response) const;

  /// Returns the set of a type that only signed zones have, at the name that the match is of.
  std::optional<wire::RrSet> KeySetAt(const wire::Question& question, ZoneAt zone, const Match& match,
                                      Signer& signer) const;

  /// The signed root zone.
  const SignedRoot& root() const { return root_; }

 private:
  /// A response that is being completed.
  struct Work {
    ZoneAt zone;
    const TrustPlan& plan;
    Signer& signer;
    wire::Message& response;
  };

  /// Puts a key set in the place of the denial that the unsigned zone gave.
  void AddKeySet(const Work& work, const wire::Question& last) const;
  /// Signs the answers, and proves of those that a wildcard made that it had to.
  void SignAnswers(const Work& work, std::vector<wire::RrSet>& proofs) const;
  /// Proves a denial, or says of a delegation whether it is signed.
  void ProveRest(const Work& work, const wire::Question& last, std::vector<wire::RrSet>& proofs) const;

  const Atlas& atlas_;
  const Trust& trust_;
  Denials denials_;
  SignedRoot root_;
};

}  // namespace simulator
