#include "engine/resolver/engine.h"

#include <utility>

#include "engine/cache/store.h"
#include "engine/iteration/locate.h"
#include "engine/iteration/overloaded.h"
#include "engine/policy/access.h"
#include "engine/policy/designation.h"
#include "engine/policy/local_names.h"
#include "engine/resolver/chronicle.h"
#include "engine/resolver/ownership.h"
#include "engine/resolver/reply.h"
#include "engine/resolver/resolutions.h"
#include "engine/servers/book.h"
#include "engine/wire/query.h"

namespace resolver {
namespace {

using metrics::Metric;
using world::Client;
using world::Effects;
using world::Now;
using world::OctetView;

/// Returns the zones that the operator sends to servers of his own.
std::vector<wire::Name> RoutedZones(const settings::Settings& settings) {
  std::vector<wire::Name> zones;
  zones.reserve(settings.stubs.size());
  for (const auto& stub : settings.stubs) zones.push_back(stub.zone);
  for (const auto& route : settings.forward_routes) {
    zones.insert(zones.end(), route.domains.begin(), route.domains.end());
  }
  return zones;
}

/// Returns what the walk may not ask.
policy::UpstreamGuard GuardOf(const settings::Settings& settings) {
  return policy::UpstreamGuard(
      {settings.upstream.allow, settings.server.listen, settings.upstream.ipv4, settings.upstream.ipv6});
}

/// Returns the metric that counts answers with a code.
Metric MetricOf(wire::Rcode rcode) {
  switch (rcode) {
    case wire::Rcode::kNoError:
      return Metric::kClientAnswersNoError;
    case wire::Rcode::kNxDomain:
      return Metric::kClientAnswersNxDomain;
    case wire::Rcode::kServFail:
      return Metric::kClientAnswersServFail;
    case wire::Rcode::kRefused:
      return Metric::kClientAnswersRefused;
    case wire::Rcode::kFormErr:
      return Metric::kClientAnswersFormErr;
    case wire::Rcode::kNotImp:
      return Metric::kClientAnswersNotImp;
    case wire::Rcode::kYxDomain:
    case wire::Rcode::kNotAuth:
    case wire::Rcode::kBadVers:
    case wire::Rcode::kBadCookie:
      break;
  }
  return Metric::kClientAnswersOther;
}

/// Returns who asked, for people: empty for an operator, who has no address.
std::string NameOf(const Client& client) { return client.is_operator ? "" : client.from.ToText(); }

/// Returns the metric that counts queries of clients over a protocol.
Metric QueriesOver(world::Protocol via) {
  switch (via) {
    case world::Protocol::kUdp:
      return Metric::kClientQueriesUdp;
    case world::Protocol::kTcp:
      return Metric::kClientQueriesTcp;
    case world::Protocol::kTls:
      return Metric::kClientQueriesTls;
    case world::Protocol::kHttps:
      break;
  }
  return Metric::kClientQueriesHttps;
}

/// Whether the question may be given to the worker that owns it.
enum class Handing : uint8_t { kAllowed, kDone };

}  // namespace

/// The engine's parts, and the way of a query through them.
struct Engine::State {
  State(Place where, Shared shared, std::shared_ptr<const settings::Settings> settings, zone::Snapshot root,
        zone::SharedRootHints hints, world::Random& random)
      : place(where),
        around{settings,
               shared.store,
               shared.book,
               std::move(root),
               std::move(hints),
               GuardOf(*settings),
               random,
               {},
               policy::Routes(*settings),
               forwarding::MakePlan(*settings),
               where.self == world::WorkerId{} ? Upkeep::kMine : Upkeep::kAnothers,
               {}},
        access(settings->server.allow),
        local_names(RoutedZones(*settings)),
        designation(*settings),
        resolutions(around) {
    shared.book.upstreams().Prepare(around.plan.Names(),
                                    {settings->forward.failures_out, settings->forward.successes_in});
  }

  /// Answers from a ready answer, if there is one; returns whether.
  bool AnswerHit(const Client& client, OctetView query, Now now, Effects& out);
  /// Has a popular answer fetched anew.
  void Refresh(const wire::PlainQuery& query, Now now, Effects& out);
  /// Takes a query through all that can be done with it here.
  void Handle(const Client& client, OctetView query, Handing handing, Now now, Effects& out);
  /// Answers an admitted question: here, at its owner, or by a resolution.
  void Resolve(const Client& client, OctetView query, const Asking& asking, Handing handing, Now now, Effects& out);
  /// Answers special-use names and what the root zone itself says, without a packet; returns whether it did.
  bool AnswerHere(const Client& client, const Asking& asking, Now now, Effects& out);
  /// Sends a response to the client.
  void Respond(const Client& client, const Asking& asking, const wire::Message& response, Effects& out);
  /// Sends SERVFAIL with a reason of our own.
  void RespondWithFailure(const Client& client, const Asking& asking, std::string_view reason, Effects& out);
  /// Answers those who wait for resolutions that have ended.
  void Conclude(Now now, Effects& out);
  /// Answers all who wait for one.
  void AnswerWaiters(const Finished& finished, Now now, Effects& out);
  /// Reports to an operator how his question was resolved. Requires: the client is one; a chapter costs too much to be
  /// made for others.
  void Tell(const Client& client, const Chapter& chapter, Effects& out);
  /// Returns whether the client may ask.
  Access AccessOf(const Client& client) const;

  Place place;
  Surroundings around;
  policy::AccessList access;
  policy::LocalNames local_names;
  policy::Designation designation;
  Resolutions resolutions;
  Chronicle chronicle;
};

Access Engine::State::AccessOf(const Client& client) const {
  return client.is_operator || access.Allows(client.from.address) ? Access::kAllowed : Access::kRefused;
}

bool Engine::State::AnswerHit(const Client& client, OctetView query, Now now, Effects& out) {
  if (client.is_operator) return false;  // An operator wants to be told more than the answer.
  const auto plain = wire::ParsePlainQuery(query);
  if (!plain || !plain->rd || AccessOf(client) == Access::kRefused) return false;
  const cache::AnswerKey key{plain->name,      plain->type, plain->rr_class,
                             plain->dnssec_ok, plain->cd,   plain->payload_octets.has_value()};
  world::Octets response = out.TakeBuffer();
  const auto hit = around.store.CopyAnswer(key, now.mono, response);
  if (!hit) {
    out.Recycle(std::move(response));
    return false;
  }
  const size_t limit = ResponseLimit(client.via, plain->payload_octets, *around.settings);
  Personalise({plain->id, plain->rd, plain->cd, plain->ad || plain->dnssec_ok, plain->name, limit}, response);
  around.counters.Add(Metric::kCacheHits);
  around.counters.Add(MetricOf(wire::Rcode{static_cast<uint16_t>(response[3] & 0x0f)}));
  around.counters.Observe(Metric::kClientLatency, world::Duration(0));
  out.Add(world::Answer{client.id, std::move(response)});
  if (hit == cache::Hit::kDue) Refresh(*plain, now, out);
  return true;
}

void Engine::State::Refresh(const wire::PlainQuery& query, Now now, Effects& out) {
  const auto name = wire::Name::FromWire(query.name);
  if (!name) return;
  resolutions.Refresh({*name, query.type, query.rr_class}, now, out);
  Conclude(now, out);
}

void Engine::State::Handle(const Client& client, OctetView query, Handing handing, Now now, Effects& out) {
  if (AnswerHit(client, query, now, out)) return;
  if (wire::HasTooManyRecords(query)) around.counters.Add(Metric::kLimitRecordsPerMessage);
  Admission admission = Admit(query, client.via, AccessOf(client), *around.settings);
  std::visit(iteration::Overloaded{
                 [&](NotAQuery&) {
                   around.counters.Add(Metric::kClientDropped);
                   out.Add(world::Drop{client.id});
                 },
                 [&](Immediate& immediate) {
                   if (AccessOf(client) == Access::kRefused) around.counters.Add(Metric::kClientRefusedByAccess);
                   Respond(client, immediate.asking, MakeResponse(immediate, *around.settings), out);
                 },
                 [&](Admitted& admitted) { Resolve(client, query, admitted.asking, handing, now, out); },
             },
             admission);
}

bool Engine::State::AnswerHere(const Client& client, const Asking& asking, Now now, Effects& out) {
  if (auto designated = designation.Answer(asking.question)) {
    around.counters.Add(Metric::kLocalNameAnswers);
    wire::Message response = MakeResponse(asking, {wire::Rcode::kNoError, {}, {}, {}, {}}, *around.settings);
    response.answer.push_back(*std::move(designated));
    Respond(client, asking, response, out);
    if (client.is_operator) {
      Tell(client, {asking.question, "", now, now.mono, response.header.rcode, "local", {}, {}}, out);
    }
    return true;
  }
  if (auto local = local_names.Answer(asking.question)) {
    around.counters.Add(Metric::kLocalNameAnswers);
    wire::Message response = MakeResponse(asking, {local->header.rcode, {}, {}, {}, {}}, *around.settings);
    response.answer = std::move(local->answer);
    response.authority = std::move(local->authority);
    Respond(client, asking, response, out);
    if (client.is_operator) {
      Tell(client, {asking.question, "", now, now.mono, local->header.rcode, "local", {}, {}}, out);
    }
    return true;
  }
  if (around.routes.Of(asking.question).IsForwarded()) return false;
  // A root zone with signatures is judged by them, like any other.
  const bool is_judged = around.Validates() && around.root && around.root->IsSigned() && !asking.header.cd;
  if (is_judged) return false;
  const auto known = iteration::AnswerFromRoot(asking.question, around.root, *around.settings);
  if (!known) return false;
  around.counters.Add(Metric::kRootSnapshotAnswers);
  Respond(client, asking, MakeResponse(asking, *known, *around.settings), out);
  if (client.is_operator) Tell(client, {asking.question, "", now, now.mono, known->rcode, "root zone", {}, {}}, out);
  return true;
}

void Engine::State::Resolve(const Client& client, OctetView query, const Asking& asking, Handing handing, Now now,
                            Effects& out) {
  if (AnswerHere(client, asking, now, out)) return;
  const world::WorkerId owner = OwnerOf(asking.question, place.workers);
  if (owner != place.self && handing == Handing::kAllowed) {
    around.counters.Add(Metric::kHandOvers);
    out.Add(world::HandOver{owner, client, world::Octets(query.begin(), query.end())});
    return;
  }
  switch (resolutions.Ask({client, asking, now.mono}, now, out)) {
    case Taken::kStarted:
    case Taken::kShared:
      return Conclude(now, out);
    case Taken::kTooManyWaiters:
      around.counters.Add(Metric::kWaitersTurnedAway);
      return RespondWithFailure(client, asking, "too many clients wait for this answer", out);
    case Taken::kTooManyQuestions:
      around.counters.Add(Metric::kWaitersTurnedAway);
      return RespondWithFailure(client, asking, "too many questions in flight", out);
  }
}

void Engine::State::Respond(const Client& client, const Asking& asking, const wire::Message& response, Effects& out) {
  world::Octets octets = out.TakeBuffer();
  WriteResponse(asking, response, octets);
  if (!client.is_operator) around.counters.Add(MetricOf(response.header.rcode));
  out.Add(world::Answer{client.id, std::move(octets)});
}

void Engine::State::RespondWithFailure(const Client& client, const Asking& asking, std::string_view reason,
                                       Effects& out) {
  Respond(client, asking, MakeFailure(asking, {wire::EdeCode::kOther, std::string(reason)}, *around.settings), out);
}

void Engine::State::Conclude(Now now, Effects& out) {
  for (Finished& finished : resolutions.TakeFinished()) {
    AnswerWaiters(finished, now, out);
    if (finished.steps.empty()) continue;
    const std::string client = finished.waiters.empty() ? "" : NameOf(finished.waiters.front().client);
    chronicle.Add({finished.question, client, finished.started, now.mono, finished.result.rcode,
                   ToText(finished.result.source), finished.result.errors, std::move(finished.steps),
                   finished.result.security, validation::ChainOf(finished.evidence)});
  }
}

void Engine::State::AnswerWaiters(const Finished& finished, Now now, Effects& out) {
  const iteration::Result& result = finished.result;
  for (const Waiter& waiter : finished.waiters) {
    const bool walked = result.source == iteration::Source::kWalk || result.source == iteration::Source::kForward;
    around.counters.Add(walked ? Metric::kCacheMisses : Metric::kCacheSetHits);
    if (!walked && result.security == dnssec::Security::kBogus) around.counters.Add(Metric::kBogusHits);
    around.counters.Observe(Metric::kClientLatency, now.mono - waiter.since);
    const wire::Message response = MakeResponse(waiter.asking, result, *around.settings);
    Respond(waiter.client, waiter.asking, response, out);
    if (waiter.client.is_operator) {
      Tell(waiter.client,
           {finished.question, "", finished.started, now.mono, response.header.rcode, ToText(result.source),
            result.errors, finished.steps, result.security, validation::ChainOf(finished.evidence)},
           out);
    }
    if (auto ready = MakeReady(waiter.asking, result, response, now.mono)) {
      around.store.PutAnswer(KeyOf(waiter.asking), *std::move(ready), now.mono);
    }
  }
}

void Engine::State::Tell(const Client& client, const Chapter& chapter, Effects& out) {
  out.Add(world::Report{client.id, ToJson(chapter)});
}

Engine::Engine(Place place, Shared shared, std::shared_ptr<const settings::Settings> settings, zone::Snapshot root,
               zone::SharedRootHints hints, world::Random& random)
    : state_(std::make_unique<State>(place, shared, std::move(settings), std::move(root), std::move(hints), random)) {}

Engine::~Engine() = default;

void Engine::Accept(const Client& client, OctetView query, Now now, Effects& out) {
  if (!client.is_operator) state_->around.counters.Add(QueriesOver(client.via));
  state_->Handle(client, query, Handing::kAllowed, now, out);
}

void Engine::AcceptHandOver(const Client& client, OctetView query, Now now, Effects& out) {
  state_->Handle(client, query, Handing::kDone, now, out);
}

void Engine::Refuse(const Client& client, OctetView query, Now, Effects& out) {
  state_->around.counters.Add(Metric::kHandOversRefused);
  state_->around.counters.Add(Metric::kLimitHandOvers);
  Admission admission = Admit(query, client.via, Access::kAllowed, *state_->around.settings);
  const auto* admitted = std::get_if<Admitted>(&admission);
  if (admitted == nullptr) {
    // Only what was admitted is handed over; were it otherwise, the client is to be let go all the same.
    out.Add(world::Drop{client.id});
    return;
  }
  state_->RespondWithFailure(client, admitted->asking, "the worker that owns the question is busy", out);
}

void Engine::Deliver(world::ExchangeId id, const world::Outcome& outcome, Now now, Effects& out) {
  state_->resolutions.Deliver(id, outcome, now, out);
  state_->Conclude(now, out);
}

void Engine::Expire(Now now, Effects& out) {
  state_->resolutions.Expire(now, out);
  state_->Conclude(now, out);
}

world::Instant Engine::NextDeadline() const { return state_->resolutions.NextDeadline(); }

void Engine::Adopt(zone::Snapshot root, world::WallTime proven_until) {
  state_->around.root = std::move(root);
  state_->around.root_proven_until = proven_until;
}

void Engine::Adopt(std::shared_ptr<const settings::Settings> settings) {
  state_->around.guard = GuardOf(*settings);
  state_->access = policy::AccessList(settings->server.allow);
  state_->around.settings = std::move(settings);
}

void Engine::Adopt(std::shared_ptr<const validation::Anchors> anchors) { state_->around.anchors = std::move(anchors); }

const metrics::Counters& Engine::counters() const {
  state_->around.counters.Set(Metric::kResolutionsInFlight, state_->resolutions.size());
  state_->around.counters.Set(Metric::kWaitingClients, state_->resolutions.waiters());
  return state_->around.counters;
}

std::string Engine::Explain(const std::string& name, size_t most) const { return state_->chronicle.ToJson(name, most); }

Engine::Load Engine::load() const { return {state_->resolutions.size(), state_->resolutions.waiters()}; }

}  // namespace resolver
