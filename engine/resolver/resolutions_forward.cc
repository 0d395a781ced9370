// The part of Resolutions that has to do with pools of upstreams.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/iteration/overloaded.h"
#include "engine/resolver/resolution.h"

namespace resolver {
namespace {

using iteration::Errand;

/// The least time between two rounds of upkeep, so that an upstream that is due again at once does not make it spin.
constexpr world::Duration kLeastUpkeepGap = world::Milliseconds(50);

/// What a probe has beyond its timeout: the walk that it stands for must not end before it.
constexpr world::Duration kProbeMargin = world::Seconds(1);

/// How long the addresses of an upstream are used, whatever their TTL.
constexpr uint32_t kLeastAddressSeconds = 5;
constexpr uint32_t kMostAddressSeconds = 3'600;

/// Returns the steps of a forwarded question as those of a walk.
std::vector<iteration::WalkStep> StepsOf(const forwarding::Forward& forward, const forwarding::Plan& plan,
                                         const wire::Name& zone, const iteration::Assignment& assignment) {
  std::vector<iteration::WalkStep> steps;
  for (const forwarding::Step& step : forward.steps()) {
    steps.push_back({step.sent, zone, plan.At(step.upstream).host, step.endpoint, step.via, forward.task().question,
                     false, step.rtt, step.outcome, step.why, assignment.depth, assignment.question});
  }
  return steps;
}

/// Returns what the client is told when all have failed: REFUSED where all that answered said so, else SERVFAIL.
wire::Rcode FailureRcode(const forwarding::Failures& failures) {
  return failures.refused > 0 && failures.other == 0 ? wire::Rcode::kRefused : wire::Rcode::kServFail;
}

}  // namespace

forwarding::Context Resolutions::MakeForwardContext(world::Now now) {
  return {*around_.settings, around_.plan, around_.book.upstreams(), around_.random, around_.counters, now};
}

forwarding::Validation Resolutions::ValidationOf(const wire::Question& question) const {
  const bool is_judged = around_.Validates() && around_.routes.Of(question).is_judged;
  return is_judged ? forwarding::Validation::kOurs : forwarding::Validation::kTheirs;
}

void Resolutions::StartForward(Resolution& resolution, forwarding::Task task, world::Now now, world::Effects& out) {
  forwarding::Wishes wishes;
  forwarding::Context context = MakeForwardContext(now);
  resolution.forward.emplace(std::move(task));
  resolution.forward->Start(context, wishes);
  ApplyForward(resolution, wishes, now, out);
}

void Resolutions::HearForward(Resolution& resolution, forwarding::Tag tag, const world::Outcome& outcome,
                              world::Now now, world::Effects& out) {
  if (!resolution.forward) return;
  forwarding::Wishes wishes;
  forwarding::Context context = MakeForwardContext(now);
  std::visit(iteration::Overloaded{
                 [&](const world::Arrival& arrival) { resolution.forward->Arrive(tag, arrival, context, wishes); },
                 [&](world::Mishap mishap) { resolution.forward->Fail(tag, mishap, context, wishes); },
             },
             outcome);
  ApplyForward(resolution, wishes, now, out);
}

void Resolutions::ExpireForward(Resolution& resolution, world::Now now, world::Effects& out) {
  forwarding::Wishes wishes;
  forwarding::Context context = MakeForwardContext(now);
  resolution.forward->Expire(context, wishes);
  ApplyForward(resolution, wishes, now, out);
}

void Resolutions::ApplyForward(Resolution& resolution, forwarding::Wishes& wishes, world::Now now,
                               world::Effects& out) {
  const world::Instant deadline = resolution.walk.assignment().deadline;
  for (forwarding::Wish& wish : wishes) {
    std::visit(
        iteration::Overloaded{
            [&](forwarding::SendWish& send) {
              Send(resolution,
                   {send.tag, {{}, send.to, send.via, std::move(send.query), deadline, std::move(send.identity)}}, out);
            },
            [&](forwarding::ForgetWish& forget) { Forget(resolution, forget.tag, out); },
        },
        wish);
  }
  const forwarding::Ending* ending = resolution.forward->ending();
  if (ending == nullptr) return Schedule(resolution);
  const wire::Name& zone = around_.routes.Of(resolution.forward->task().question).domain;
  iteration::Forwarding told{
      ending->response, FailureRcode(ending->failures), fmt::format("{}", fmt::join(ending->failures.texts, "; ")),
      StepsOf(*resolution.forward, around_.plan, zone, resolution.walk.assignment()), ending->from};
  resolution.forward.reset();
  iteration::Wishes more;
  iteration::Context context = MakeContext(resolution, now);
  resolution.walk.Forwarded(std::move(told), context, more);
  // An alias may lead to the pools again: as often as aliases are followed.
  Apply(resolution, more, now, out);
}

world::Instant Resolutions::UpkeepAt() const {
  if (around_.upkeep == Upkeep::kAnothers || around_.plan.upstreams.empty()) return world::kNever;
  if (kept_up_ == world::Instant::min()) return kept_up_;
  const world::Instant latest = kept_up_ + around_.settings->forward.probe_interval_down;
  return std::max(kept_up_ + kLeastUpkeepGap, std::min(around_.book.upstreams().NextDue(), latest));
}

void Resolutions::KeepUp(world::Now now, world::Effects& out) {
  kept_up_ = now.mono;
  const auto& forward = around_.settings->forward;
  servers::UpstreamBoard& board = around_.book.upstreams();
  for (const servers::UpstreamId id : board.TakeDue({forward.probe_interval, forward.probe_interval_down}, now.mono)) {
    if (static_cast<size_t>(id) >= around_.plan.upstreams.size()) continue;
    const world::Instant deadline = now.mono + forward.probe_timeout;
    const wire::Question question{forward.probe_name, wire::RrType::kNs};
    Resolution& probe = Begin({question, Errand::kProbe, 0, deadline + kProbeMargin}, ResolutionId{}, now);
    StartForward(probe, {question, {}, id, deadline}, now, out);
  }
  for (size_t i = 0; i < around_.plan.upstreams.size(); ++i) {
    const forwarding::Upstream& upstream = around_.plan.upstreams[i];
    if (upstream.address) continue;
    if (!board.TakeStale(static_cast<servers::UpstreamId>(i), forward.probe_interval_down, now.mono)) continue;
    const bool ipv4 = around_.settings->upstream.ipv4;
    LookUpUpstream(upstream.host, ipv4 ? wire::RrType::kA : wire::RrType::kAaaa, now, out);
  }
  Drain(now, out);
}

void Resolutions::LookUpUpstream(const wire::Name& host, wire::RrType type, world::Now now, world::Effects& out) {
  const wire::Question question{host, type};
  if (bootstraps_.contains(question)) return;
  Resolution& begun =
      Begin({question, Errand::kBootstrap, 0, now.mono + around_.settings->walk.query_time}, ResolutionId{}, now);
  iteration::Wishes wishes;
  if (around_.plan.bootstrap) {
    begun.walk.AwaitPools(wishes, {*around_.plan.bootstrap});
  } else {
    iteration::Context context = MakeContext(begun, now);
    begun.walk.Start(context, wishes);
  }
  Apply(begun, wishes, now, out);
}

void Resolutions::LearnUpstream(const wire::Question& question, const iteration::Result& result, world::Now now,
                                world::Effects& out) {
  const std::vector<world::Address> addresses = iteration::AddressesIn(result);
  if (addresses.empty()) {
    const bool other_family = question.type == wire::RrType::kA && around_.settings->upstream.ipv6;
    if (other_family) LookUpUpstream(question.name, wire::RrType::kAaaa, now, out);
    return;
  }
  const uint32_t ttl = std::clamp(result.answer.back().ttl, kLeastAddressSeconds, kMostAddressSeconds);
  for (size_t i = 0; i < around_.plan.upstreams.size(); ++i) {
    const forwarding::Upstream& upstream = around_.plan.upstreams[i];
    if (upstream.address || upstream.host != question.name) continue;
    around_.book.upstreams().SetAddresses(static_cast<servers::UpstreamId>(i), addresses,
                                          now.mono + world::Seconds(ttl));
  }
}

}  // namespace resolver
