// Taproot: the book that the daemon uses, itself.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "bench/selection/ablation.h"
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

/// Returns the private address in the place of a public one.
world::Address ToPrivate(const world::Address& address) {
  std::array<uint8_t, 16> octets{};
  std::ranges::copy(address.octets(), octets.begin());
  octets[0] = address.family() == world::Family::kIpv4 ? 10 : 0xfd;
  return *world::Address::FromOctets(std::span(octets).first(address.octets().size()));
}

/// Drives a Book as the walk does: late answers are heard until the question ends.
class Taproot : public Policy {
 public:
  Taproot(const PolicyContext& context, const Variation& variation)
      : variation_(variation), dice_(context.seed), book_(variation.options, variation.figures) {
    const bool is_private = variation.standing == Standing::kPrivate;
    for (const Server& server : context.internet.servers) {
      addresses_.push_back(is_private ? ToPrivate(server.address) : server.address);
    }
    for (size_t zone = 0; zone < context.internet.zones.size(); ++zone) {
      names_.push_back(*wire::Name::FromText(fmt::format("zone-{}.", zone)));
    }
  }

  Listening listening() const override { return variation_.listening; }

  std::optional<Move> Next(const Question& question, Instant now) override {
    if (question.packets >= kMostPackets || now - question.began >= kMostTime) return std::nullopt;
    std::vector<servers::Candidate> candidates;
    for (size_t i = 0; i < question.servers->size(); ++i) {
      candidates.push_back({AddressOf(question, i), question.tries[i].sent, question.tries[i].answered_badly});
    }
    const auto choice = book_.Choose(candidates, names_[question.zone], now, dice_);
    if (choice->aside && variation_.learning == Learning::kInPlace) {
      book_.Sent(AddressOf(question, choice->aside->index), names_[question.zone], now);
      return Move{choice->aside->index, choice->aside->timeout};
    }
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
    return addresses_[(*question.servers)[server]];
  }

  const Variation variation_;
  Dice dice_;
  servers::Book book_;
  std::vector<world::Address> addresses_;  // Of the servers of the internet.
  std::vector<wire::Name> names_;
};

}  // namespace

std::unique_ptr<Policy> MakeTaproot(const PolicyContext& context) { return MakeVaried(context, {}); }

std::unique_ptr<Policy> MakeVaried(const PolicyContext& context, const Variation& variation) {
  return std::make_unique<Taproot>(context, variation);
}

}  // namespace selection
