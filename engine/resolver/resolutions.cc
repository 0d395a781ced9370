#include "engine/resolver/resolutions.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/iteration/overloaded.h"
#include "engine/resolver/resolution.h"
#include "engine/world/limits.h"

namespace resolver {
namespace {

namespace limits = world::limits;

using iteration::Assignment;
using iteration::Errand;
using metrics::Metric;

/// Resolutions looked at when a cycle is searched for; beyond that one is assumed (TsuNAME 2021).
constexpr size_t kMostVisited = 256;

}  // namespace

Resolutions::Resolutions(Surroundings& around) : around_(around) {}
Resolutions::~Resolutions() = default;

Resolutions::Resolution* Resolutions::Find(ResolutionId id) {
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : at->second.get();
}

Resolutions::ByQuestion& Resolutions::Shelf(Errand errand) {
  if (errand == Errand::kTrust) return trust_by_question_;
  return errand == Errand::kBootstrap ? bootstraps_ : by_question_;
}

iteration::Context Resolutions::MakeContext(Resolution& resolution, world::Now now) {
  Resolution* payer = Find(resolution.charged_to);
  return {*around_.settings,
          around_.store,
          around_.book,
          around_.root,
          *around_.hints,
          around_.guard,
          around_.routes,
          around_.random,
          around_.counters,
          now,
          payer != nullptr ? payer->budget : resolution.budget,
          around_.Validates()};
}

Resolutions::Resolution& Resolutions::Begin(Assignment assignment, ResolutionId charged_to, world::Now now) {
  const ResolutionId id{next_resolution_++};
  if (assignment.errand == Errand::kPrime) {
    priming_ = id;
  } else if (assignment.errand != Errand::kProbe) {
    Shelf(assignment.errand).emplace(assignment.question, id);
  }
  const bool own_account = charged_to == ResolutionId{};
  auto resolution = std::make_unique<Resolution>(Resolution{.id = id,
                                                            .walk = iteration::Walk(std::move(assignment)),
                                                            .started = now,
                                                            .charged_to = own_account ? id : charged_to});
  return *by_id_.emplace(id, std::move(resolution)).first->second;
}

Taken Resolutions::Ask(const Waiter& waiter, world::Now now, world::Effects& out) {
  const settings::Settings& settings = *around_.settings;
  const wire::Question& question = waiter.asking.question;
  const auto shared = by_question_.find(question);
  if (shared == by_question_.end() && by_id_.size() >= settings.walk.max_resolutions) {
    around_.counters.Add(Metric::kLimitResolutions);
    return Taken::kTooManyQuestions;
  }
  Resolution* resolution = shared == by_question_.end() ? nullptr : Find(shared->second);
  const bool started = resolution == nullptr;
  if (started) {
    resolution = &Begin({question, Errand::kResolve, 0, now.mono + settings.walk.query_time}, ResolutionId{}, now);
    around_.counters.Add(Metric::kResolutionsStarted);
  } else if (resolution->waiters.size() >= settings.walk.max_waiters) {
    around_.counters.Add(Metric::kLimitWaiters);
    return Taken::kTooManyWaiters;
  }
  resolution->waiters.push_back(waiter);
  resolution->asked_by_client = true;
  ++waiters_;
  around_.counters.Raise(Metric::kMostWaiters, resolution->waiters.size());
  if (!started) {
    around_.counters.Add(Metric::kSharedQuestions);
    if (resolution->phase == Resolution::Phase::kJudging) ReleaseUnjudged(*resolution);
    // Late for the others: what was known is told at once.
    const bool is_dark = around_.book.uplink().IsDark(now.mono);
    if (StaleAt(*resolution) <= now.mono || !resolution->stale_is_due || is_dark) {
      ReleaseStale(*resolution, now);
    } else {
      Schedule(*resolution);
    }
    return Taken::kShared;
  }
  iteration::Wishes wishes;
  iteration::Context context = MakeContext(*resolution, now);
  resolution->walk.Start(context, wishes);
  Apply(*resolution, wishes, now, out);
  // While nobody can be reached the question goes out to see whether somebody can, and nobody waits for it.
  if (resolution->phase == Resolution::Phase::kWalking && around_.book.uplink().IsDark(now.mono)) {
    ReleaseStale(*resolution, now);
  }
  Drain(now, out);
  return Taken::kStarted;
}

void Resolutions::Deliver(world::ExchangeId id, const world::Outcome& outcome, world::Now now, world::Effects& out) {
  if (stragglers_.Deliver(id, outcome, MakeLedger(now), out)) return;
  const auto at = exchanges_.find(id);
  if (at == exchanges_.end()) return;
  const Owner owner = at->second;
  Resolution& resolution = *Find(owner.resolution);
  if (const auto* tag = std::get_if<forwarding::Tag>(&owner.tag)) {
    HearForward(resolution, *tag, outcome, now, out);
  } else {
    HearWalk(resolution, std::get<iteration::Tag>(owner.tag), outcome, now, out);
  }
  Drain(now, out);
}

void Resolutions::HearWalk(Resolution& resolution, iteration::Tag tag, const world::Outcome& outcome, world::Now now,
                           world::Effects& out) {
  iteration::Wishes wishes;
  iteration::Context context = MakeContext(resolution, now);
  std::visit(iteration::Overloaded{
                 [&](const world::Arrival& arrival) { resolution.walk.Arrive(tag, arrival, context, wishes); },
                 [&](world::Mishap mishap) { resolution.walk.Fail(tag, mishap, context, wishes); },
             },
             outcome);
  Apply(resolution, wishes, now, out);
}

void Resolutions::Expire(world::Now now, world::Effects& out) {
  if (UpkeepAt() <= now.mono) KeepUp(now, out);
  stragglers_.Expire(MakeLedger(now), out);
  while (timers_.Next() <= now.mono) {
    const Timers::Entry entry = timers_.Take();
    Resolution* resolution = Find(entry.id);
    if (resolution == nullptr || resolution->wakes != entry.at) continue;  // Left behind.
    resolution->wakes = world::kNever;
    if (StaleAt(*resolution) <= now.mono) ReleaseStale(*resolution, now);
    if (resolution->phase == Resolution::Phase::kJudging) {
      if (resolution->walk.assignment().deadline <= now.mono) {
        GiveUpJudging(*resolution, now);
        Drain(now, out);
      } else {
        Schedule(*resolution);
      }
      continue;
    }
    if (resolution->forward) ExpireForward(*resolution, now, out);
    // What the pools said may have ended the walk.
    if (resolution->phase != Resolution::Phase::kWalking) {
      Drain(now, out);
      continue;
    }
    iteration::Wishes wishes;
    iteration::Context context = MakeContext(*resolution, now);
    resolution->walk.Expire(context, wishes);
    Apply(*resolution, wishes, now, out);
    Drain(now, out);
  }
}

void Resolutions::Apply(Resolution& resolution, iteration::Wishes& wishes, world::Now now, world::Effects& out) {
  const Assignment& mine = resolution.walk.assignment();
  // What a walk looks up for the address of an upstream is not asked of upstreams either: that would be a circle.
  const Errand errand = mine.errand == Errand::kBootstrap ? Errand::kBootstrap : Errand::kResolve;
  for (iteration::Wish& wish : wishes) {
    std::visit(iteration::Overloaded{
                   [&](iteration::SendWish& send) {
                     Send(resolution, {send.tag, {{}, send.to, send.via, std::move(send.query), mine.deadline}}, out);
                   },
                   [&](iteration::AsideWish& aside) {
                     const world::ExchangeId id{next_exchange_++};
                     stragglers_.Send(id, std::move(aside.straggler), std::move(aside.query), MakeLedger(now), out);
                   },
                   [&](iteration::ForwardWish& forward) {
                     const forwarding::Validation validation = ValidationOf(forward.question);
                     StartForward(resolution,
                                  {forward.question, std::move(forward.pools), std::nullopt, mine.deadline, validation,
                                   mine.avoided},
                                  now, out);
                   },
                   [&](iteration::ForgetWish& forget) { Forget(resolution, forget.tag, out); },
                   [&](iteration::LookUpWish& lookup) {
                     LookUp(resolution,
                            {{lookup.name, lookup.type, mine.question.rr_class}, errand, mine.depth + 1, mine.deadline},
                            now, out);
                   },
                   [&](iteration::PrimeWish&) {
                     LookUp(resolution,
                            {{wire::Name(), wire::RrType::kNs, wire::RrClass::kIn},
                             Errand::kPrime,
                             mine.depth + 1,
                             mine.deadline},
                            now, out);
                   },
               },
               wish);
  }
  if (resolution.phase != Resolution::Phase::kWalking) return;
  if (resolution.walk.result() != nullptr) return EndWalk(resolution, now, out);
  Schedule(resolution);
}

void Resolutions::Schedule(Resolution& resolution) {
  const bool is_judging = resolution.phase == Resolution::Phase::kJudging;
  world::Instant wakes = is_judging ? resolution.walk.assignment().deadline : resolution.walk.NextDeadline();
  wakes = std::min(wakes, StaleAt(resolution));
  if (resolution.forward) wakes = std::min(wakes, resolution.forward->NextDeadline());
  if (wakes == resolution.wakes) return;
  resolution.wakes = wakes;
  timers_.Add({wakes, resolution.id});
}

void Resolutions::Send(Resolution& resolution, Sending sending, world::Effects& out) {
  const world::ExchangeId id{next_exchange_++};
  exchanges_.emplace(id, Owner{resolution.id, sending.tag});
  resolution.exchanges.emplace_back(sending.tag, id);
  sending.ask.id = id;
  out.Add(std::move(sending.ask));
}

void Resolutions::Forget(Resolution& resolution, const Tag& tag, world::Effects& out) {
  const auto at = std::ranges::find(resolution.exchanges, tag, [](const auto& entry) { return entry.first; });
  if (at == resolution.exchanges.end()) return;
  exchanges_.erase(at->second);
  out.Add(world::Cancel{at->second});
  resolution.exchanges.erase(at);
}

void Resolutions::LookUp(Resolution& parent, Assignment assignment, world::Now now, world::Effects& out) {
  const bool priming = assignment.errand == Errand::kPrime;
  const ByQuestion& shelf = Shelf(assignment.errand);
  const auto shared = shelf.find(assignment.question);
  Resolution* child = nullptr;
  if (priming && priming_) child = Find(*priming_);
  if (!priming && shared != shelf.end()) child = Find(shared->second);
  if (child != nullptr) {
    if (WaitsFor(*child, parent.id)) return Deny(parent, assignment, "it waits for this very question", now);
    return Await(parent, *child);
  }
  if (assignment.depth > limits::kMaxDepth) {
    around_.counters.Add(Metric::kLimitDepth);
    return Deny(parent, assignment, "nested too deeply", now);
  }
  if (by_id_.size() >= around_.settings->walk.max_resolutions) {
    around_.counters.Add(Metric::kLimitResolutions);
    return Deny(parent, assignment, "too many resolutions in flight", now);
  }
  Resolution& begun = Begin(std::move(assignment), parent.charged_to, now);
  Await(parent, begun);
  iteration::Wishes wishes;
  iteration::Context context = MakeContext(begun, now);
  begun.walk.Start(context, wishes);
  // Depth is bounded by kMaxDepth: a look-up that begins may at once begin others.
  Apply(begun, wishes, now, out);
}

void Resolutions::Await(Resolution& parent, Resolution& child) {
  parent.children.push_back(child.id);
  child.parents.push_back(parent.id);
}

void Resolutions::Deny(const Resolution& parent, const Assignment& assignment, std::string_view reason,
                       world::Now now) {
  iteration::Result result;
  result.errors.push_back({wire::EdeCode::kOther, std::string(reason)});
  lessons_.push_back({parent.id,
                      std::make_shared<const Finished>(Finished{assignment.question, std::move(result), {}, {}, now}),
                      assignment.errand});
}

bool Resolutions::WaitsFor(const Resolution& from, ResolutionId on) const {
  std::vector<ResolutionId> visited{from.id};
  for (size_t i = 0; i < visited.size(); ++i) {
    if (visited[i] == on || visited.size() > kMostVisited) return true;
    const auto at = by_id_.find(visited[i]);
    if (at == by_id_.end()) continue;
    for (const ResolutionId child : at->second->children) {
      if (std::ranges::find(visited, child) == visited.end()) visited.push_back(child);
    }
  }
  return false;
}

void Resolutions::Drain(world::Now now, world::Effects& out) {
  while (!lessons_.empty() || !ended_.empty()) {
    if (!ended_.empty()) {
      const ResolutionId id = ended_.front();
      ended_.pop_front();
      Finish(*Find(id), now, out);
      continue;
    }
    const Lesson lesson = std::move(lessons_.front());
    lessons_.pop_front();
    Teach(lesson, now, out);
  }
}

void Resolutions::Teach(const Lesson& lesson, world::Now now, world::Effects& out) {
  Resolution* pupil = Find(lesson.pupil);
  if (pupil == nullptr || pupil->phase == Resolution::Phase::kOver) return;
  if (lesson.errand == Errand::kTrust) return TeachTrust(*pupil, *lesson.lookup, now, out);
  iteration::Wishes wishes;
  iteration::Context context = MakeContext(*pupil, now);
  if (lesson.errand == Errand::kPrime) {
    pupil->walk.Primed(lesson.lookup->steps, context, wishes);
  } else {
    pupil->walk.Learn(lesson.lookup->question, lesson.lookup->result, lesson.lookup->steps, context, wishes);
  }
  Apply(*pupil, wishes, now, out);
}

void Resolutions::Finish(Resolution& resolution, world::Now now, world::Effects& out) {
  const Assignment& assignment = resolution.walk.assignment();
  const iteration::Result& result = resolution.result;
  const bool failed = result.rcode == wire::Rcode::kServFail || result.rcode == wire::Rcode::kRefused;
  if (failed && resolution.asked_by_client) around_.counters.Add(Metric::kResolutionsFailed);
  if (assignment.errand == Errand::kBootstrap && resolution.parents.empty()) {
    LearnUpstream(assignment.question, result, now, out);
  }
  waiters_ -= resolution.waiters.size();
  Finished finished{assignment.question, std::move(resolution.result), std::move(resolution.steps),
                    std::move(resolution.waiters), resolution.started, std::move(resolution.evidence)};
  if (!resolution.parents.empty()) {
    const auto lookup = std::make_shared<const Finished>(
        resolution.asked_by_client ? Finished{finished.question, finished.result, finished.steps, {}, finished.started}
                                   : std::move(finished));
    for (const ResolutionId parent : resolution.parents) lessons_.push_back({parent, lookup, assignment.errand});
  }
  if (resolution.asked_by_client) finished_.push_back(std::move(finished));
  const ResolutionId id = resolution.id;
  Detach(resolution, out);
  by_id_.erase(id);
}

void Resolutions::Detach(const Resolution& resolution, world::Effects& out) {
  for (const auto& [tag, exchange] : resolution.exchanges) {
    exchanges_.erase(exchange);
    out.Add(world::Cancel{exchange});
  }
  const Assignment& assignment = resolution.walk.assignment();
  if (priming_ == resolution.id) {
    priming_.reset();
  } else if (assignment.errand != Errand::kProbe) {
    Shelf(assignment.errand).erase(assignment.question);
  }
  for (const ResolutionId parent : resolution.parents) {
    if (Resolution* waiting = Find(parent); waiting != nullptr) std::erase(waiting->children, resolution.id);
  }
  for (const ResolutionId child : resolution.children) {
    Resolution* pending = Find(child);
    if (pending == nullptr) continue;
    std::erase(pending->parents, resolution.id);
    // Nobody waits for it any more: it is given up. Children are at most kMaxDepth deep.
    if (pending->parents.empty() && pending->waiters.empty() && pending->phase != Resolution::Phase::kOver)
      Abort(child, out);
  }
}

void Resolutions::Abort(ResolutionId id, world::Effects& out) {
  const std::unique_ptr<Resolution> resolution = std::move(by_id_.find(id)->second);
  by_id_.erase(id);
  Detach(*resolution, out);
}

std::vector<Finished> Resolutions::TakeFinished() { return std::exchange(finished_, {}); }

}  // namespace resolver
