#pragma once

#include <cstdint>
#include <string>

#include "engine/settings/settings.h"
#include "engine/simulator/clients.h"
#include "engine/simulator/internet.h"
#include "engine/simulator/network.h"
#include "engine/simulator/simulation.h"

namespace simulator {

/// How an answer compares with what the model holds to be true.
enum class Verdict : uint8_t {
  kRight,
  kTruncated,  ///< Right so far; the client asks again over TCP.
  kExcused,    ///< A failure, and no server that works could be reached.
  kUnlucky,    ///< A failure although a server works: more losses in a row than the engine has tries.
  kWrong,
};

/// A verdict, and for a wrong answer what is wrong with it.
struct Judgement {
  Verdict verdict = Verdict::kRight;
  std::string reason;
};

/// Compares what clients were told with what the model holds to be true.
class Judge {
 public:
  /// All must outlive this.
  Judge(const Internet& internet, const Network& network, const settings::Settings& settings)
      : internet_(internet), network_(network), settings_(settings) {}

  /// Judges a settled query.
  Judgement Of(const Asking& asking, const Fate& fate) const;

 private:
  /// Judges the answer of a client to which the truth is owed.
  Judgement OfTruth(const Asking& asking, const Fate& fate, const wire::Message& response) const;
  /// Judges SERVFAIL or REFUSED.
  Judgement OfFailure(const Asking& asking, const Fate& fate) const;
  /// Returns what is wrong with the header and form of a response; empty: nothing.
  std::string FormFault(const Asking& asking, const Fate& fate, const wire::Message& response) const;
  /// Returns what is wrong with the answer section; empty: nothing.
  std::string AnswerFault(const Truth& truth, const wire::Message& response) const;
  /// Returns which record beside the answer the model does not hold; empty: none.
  std::string StrayRecord(const wire::Message& response, world::Instant at) const;

  const Internet& internet_;
  const Network& network_;
  const settings::Settings& settings_;
};

}  // namespace simulator
