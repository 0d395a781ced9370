// Taproot: the book that the daemon uses, itself.

#include <fmt/format.h>

#include "bench/selection/dice.h"
#include "bench/selection/policy.h"
#include "engine/wire/name.h"

namespace selection {
namespace {

using world::Duration;
using world::Instant;

/// The walk's limits (world/limits.h).
constexpr int kMostPackets = world::limits::kMaxPacketsPerCut;
constexpr Duration kMostTime = world::limits::kMaxQueryTime;

/// Drives a Book as the walk does: late answers are heard until the question ends.
class Taproot : public Policy {
 public:
  explicit Taproot(const PolicyContext& context) : internet_(context.internet), dice_(context.seed) {
    for (size_t zone = 0; zone < internet_.zones.size(); ++zone) {
      names_.push_back(*wire::Name::FromText(fmt::format("zone-{}.", zone)));
    }
  }

  Listening listening() const override { return Listening::kUntilTheEnd; }

  std::optional<Move> Next(const Question& question, Instant now) override {
    if (question.packets >= kMostPackets || now - question.began >= kMostTime) return std::nullopt;
    std::vector<servers::Candidate> candidates;
    for (size_t i = 0; i < question.servers->size(); ++i) {
      candidates.push_back({AddressOf(question, i), question.tries[i].sent, question.tries[i].answered_badly});
    }
    const auto choice = book_.Choose(candidates, names_[question.zone], now, dice_);
    book_.Sent(AddressOf(question, choice->index), names_[question.zone], now);
    Move move{choice->index, choice->timeout};
    if (choice->aside) {
      book_.Sent(AddressOf(question, choice->aside->index), names_[question.zone], now);
      move.aside = AsideMove{choice->aside->index, choice->aside->timeout};
    }
    return move;
  }

  void Answered(const Question& question, const Event& event, servers::Report report, Instant now) override {
    book_.Answered(AddressOf(question, event.server), names_[question.zone], world::Protocol::kUdp, event.waited,
                   report, now);
  }

  void TimedOut(const Question& question, const Event& event, Instant now) override {
    book_.TimedOut(AddressOf(question, event.server), names_[question.zone], now - event.waited, now);
  }

 private:
  /// Returns the address of a server of the question's zone.
  const world::Address& AddressOf(const Question& question, size_t server) const {
    return internet_.servers[(*question.servers)[server]].address;
  }

  const Internet& internet_;
  Dice dice_;
  servers::Book book_;
  std::vector<wire::Name> names_;
};

}  // namespace

std::unique_ptr<Policy> MakeTaproot(const PolicyContext& context) { return std::make_unique<Taproot>(context); }

}  // namespace selection
