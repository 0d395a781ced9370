#include "engine/iteration/cut.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/iteration/alternatives.h"
#include "engine/iteration/delegation.h"
#include "engine/iteration/hearing.h"
#include "engine/iteration/overloaded.h"
#include "engine/wire/edns_options.h"
#include "engine/wire/query.h"
#include "engine/world/limits.h"

namespace iteration {
namespace {

namespace limits = world::limits;

using metrics::Metric;
using wire::RrType;
using world::Protocol;

/// Failures that are told to a person.
constexpr size_t kMaxFailureTexts = 6;

/// How long one look-up of a nameserver's address may take before another is begun beside it. One at a time at first:
/// look-ups that run together would ask the same questions on their ways.
constexpr world::Duration kLookUpPatience = world::Milliseconds(500);

/// A TCP exchange takes a round trip more, and its handshake is repeated no sooner than a second.
constexpr world::Duration kLeastTcpTimeout = world::Seconds(1);

/// Returns the types of addresses that are of use, the more usual one first.
std::vector<RrType> FamiliesOf(const settings::Settings& settings) {
  std::vector<RrType> families;
  if (settings.upstream.ipv4) families.push_back(RrType::kA);
  if (settings.upstream.ipv6) families.push_back(RrType::kAaaa);
  return families;
}

/// Returns the metric of an answer that is of no use.
Metric MetricOf(const Verdict& verdict) {
  const auto* error = std::get_if<ServerError>(&verdict);
  if (error == nullptr) return Metric::kUpstreamLame;
  if (error->rcode == wire::Rcode::kRefused) return Metric::kUpstreamRefused;
  if (error->rcode == wire::Rcode::kServFail) return Metric::kUpstreamServFail;
  return Metric::kUpstreamFormErr;
}

/// Returns the EDNS of a query to whom `chosen` chooses, a Choice or an Aside; nothing where the server fails on it. On
/// a connection it asks how long that is kept (RFC 7828 section 3.2.1).
template <typename Chosen>
std::optional<wire::Edns> EdnsFor(const Chosen& chosen, Protocol via, const settings::Settings& settings) {
  if (!chosen.with_edns) return std::nullopt;
  wire::Edns edns{settings.upstream.payload_octets, 0, true, {}, {}};
  if (via == Protocol::kTcp) edns.options.push_back({wire::kKeepAliveOption, {}});
  return edns;
}

}  // namespace

Cut::Cut(const wire::Question& target, cache::SharedDelegation delegation, const Stub* stub, int minimised_before,
         Context& context)
    : target_(target),
      delegation_(std::move(delegation)),
      servers_(stub != nullptr ? ServerSet(stub->zone, stub->servers)
                               : ServerSet(*delegation_, FamiliesOf(context.settings), context.settings.upstream.port,
                                           context.guard, context.store, context.now.mono)),
      minimiser_(context.settings.walk.qname_minimisation, delegation_->zone.LabelCount(), minimised_before),
      asked_(minimiser_.Next(target)),
      port_(context.settings.upstream.port),
      turned_(stub != nullptr) {}

void Cut::Distrust(std::span<const world::Endpoint> endpoints) {
  aliases_ = Aliases::kTakenApart;
  servers_.Avoid(endpoints);
}

Outcome Cut::Decide(const Exchange& exchange, Verdict verdict) const {
  const Target& target = servers_.targets()[exchange.target];
  return {std::move(verdict), target.endpoint,
          fmt::format("{} [{}]", servers_.servers()[target.server].name.ToText(), target.endpoint.address.ToText())};
}

Next Cut::Begin(Context& context, Log& log, Wishes& wishes) { return AskNext(context, log, wishes); }

bool Cut::MaySend(Context& context) {
  if (packets_ >= limits::kMaxPacketsPerCut) {
    context.counters.Add(Metric::kLimitPacketsPerCut);
    return false;
  }
  if (context.budget.packets >= context.settings.walk.max_packets) {
    context.counters.Add(Metric::kLimitPackets);
    return false;
  }
  return true;
}

Next Cut::AskNext(Context& context, Log& log, Wishes& wishes) {
  // A packet that is not overdue is still the one to wait for.
  if (std::ranges::any_of(exchanges_, [](const Exchange& e) { return !e.overdue; })) return Wait{};
  std::vector<size_t> indices;
  const auto candidates = servers_.Candidates(indices);
  if (candidates.empty()) {
    if (!servers_.Asking() || context.now.mono >= next_lookup_) StartLookUp(context, wishes);
    return servers_.Asking() ? Next(Wait{}) : Next(Exhausted{});
  }
  if (servers_.AllTried() && !servers_.Asking()) StartLookUp(context, wishes);
  const auto choice = context.book.Choose(candidates, delegation_->zone, context.now.mono, context.random);
  if (!choice || !MaySend(context)) {
    // Only what is under way can help now: a patience that has run out must not wake the cut again and again.
    next_lookup_ = world::kNever;
    return servers_.Asking() ? Next(Wait{}) : Next(Exhausted{});
  }
  const bool is_first = packets_ == 0;
  Send(indices[choice->index], Protocol::kUdp, *choice, context, log, wishes);
  // A question that has failed once has troubles of its own.
  if (is_first && choice->aside) SendAside(indices[choice->aside->index], *choice->aside, context, log, wishes);
  return Wait{};
}

void Cut::StartLookUp(Context& context, Wishes& wishes) {
  std::vector<size_t> unasked = servers_.Unasked();
  next_lookup_ = world::kNever;
  if (unasked.empty()) return;
  size_t server = unasked[context.random.Below(unasked.size())];
  if (!servers_.servers()[server].looked_up && !MayLookUp(context)) {
    // The limits count names: the other address of one that was counted is still free.
    std::erase_if(unasked, [&](size_t i) { return !servers_.servers()[i].looked_up; });
    if (unasked.empty()) return;
    server = unasked.front();
  }
  const RrType type = servers_.BeginLookUp(server);
  wishes.push_back(LookUpWish{servers_.servers()[server].name, type});
  next_lookup_ = context.now.mono + kLookUpPatience;
}

bool Cut::MayLookUp(Context& context) {
  if (lookups_ >= limits::kMaxGluelessPerCut) {
    context.counters.Add(Metric::kLimitGluelessPerCut);
    return false;
  }
  if (context.budget.lookups >= limits::kMaxGluelessPerQuery) {
    context.counters.Add(Metric::kLimitGluelessPerQuery);
    return false;
  }
  ++lookups_;
  ++context.budget.lookups;
  return true;
}

void Cut::Send(size_t target, Protocol via, const servers::Choice& choice, Context& context, Log& log, Wishes& wishes) {
  const Target& to = servers_.targets()[target];
  const auto timeout = via == Protocol::kUdp ? choice.timeout : std::max(3 * choice.timeout, kLeastTcpTimeout);
  const Exchange exchange{Tag{next_tag_++}, target,           context.random.Bits16(),    via,
                          choice.with_edns, context.now.mono, context.now.mono + timeout, false,
                          log.steps.size()};
  ++packets_;
  ++context.budget.packets;
  context.counters.Add(via == Protocol::kUdp ? Metric::kUpstreamPacketsUdp : Metric::kUpstreamPacketsTcp);
  if (Minimised()) context.counters.Add(Metric::kMinimisedQuestions);
  context.book.Sent(to.endpoint.address, delegation_->zone, context.now.mono);
  servers_.Tried(target);
  if (log.steps.size() < limits::kMaxWalkSteps) {
    log.steps.push_back({context.now.mono, delegation_->zone, servers_.servers()[to.server].name, to.endpoint, via,
                         asked_, Minimised(), world::Duration(-1), "", choice.reason, log.depth, log.purpose});
  }
  wishes.push_back(
      SendWish{exchange.tag, to.endpoint, via, MakeQuery(exchange.id, EdnsFor(choice, via, context.settings))});
  exchanges_.push_back(exchange);
}

world::Octets Cut::MakeQuery(uint16_t id, const std::optional<wire::Edns>& edns) const {
  return wire::MakeQuery(id, asked_, wire::Recursion::kNotDesired, edns);
}

void Cut::SendAside(size_t target, const servers::Aside& aside, Context& context, Log& log, Wishes& wishes) {
  if (context.budget.packets >= context.settings.walk.max_packets) return;
  const Target& to = servers_.targets()[target];
  const world::Instant now = context.now.mono;
  const Straggler straggler{to.endpoint, delegation_->zone,  asked_, context.random.Bits16(), aside.with_edns,
                            now,         now + aside.timeout};
  ++packets_;
  ++context.budget.packets;
  context.counters.Add(Metric::kUpstreamPacketsUdp);
  context.counters.Add(Metric::kExplorations);
  context.book.Sent(to.endpoint.address, delegation_->zone, now);
  if (log.steps.size() < limits::kMaxWalkSteps) {
    log.steps.push_back({now, delegation_->zone, servers_.servers()[to.server].name, to.endpoint, Protocol::kUdp,
                         asked_, Minimised(), world::Duration(-1), "aside", aside.reason, log.depth, log.purpose});
  }
  wishes.push_back(AsideWish{straggler, MakeQuery(straggler.id, EdnsFor(aside, Protocol::kUdp, context.settings))});
}

Exchange* Cut::Find(Tag tag) {
  const auto at = std::ranges::find(exchanges_, tag, &Exchange::tag);
  return at == exchanges_.end() ? nullptr : &*at;
}

Exchange Cut::Take(const Exchange& exchange) {
  const Exchange taken = exchange;
  std::erase_if(exchanges_, [&](const Exchange& e) { return e.tag == taken.tag; });
  return taken;
}

Next Cut::Arrive(Tag tag, const world::Arrival& arrival, Context& context, Log& log, Wishes& wishes) {
  Exchange* found = Find(tag);
  if (found == nullptr) return Wait{};
  const auto opening = wire::ParseOpening(arrival.message);
  const bool from_there = arrival.from == servers_.targets()[found->target].endpoint;
  if (!opening || !from_there || !wire::IsResponseTo(*opening, found->id, asked_)) {
    // A forgery, or a stray: the wait goes on (TuDoor 2024).
    context.counters.Add(Metric::kUpstreamMismatched);
    return Wait{};
  }
  const bool truncated = opening->header.tc && found->via == Protocol::kUdp;
  std::optional<wire::Message> response;
  if (!truncated) response = wire::Parse(arrival.message);
  if (!truncated && !response) {
    context.counters.Add(Metric::kUpstreamMalformed);
    if (wire::HasTooManyRecords(arrival.message)) context.counters.Add(Metric::kLimitRecordsPerMessage);
    return Wait{};
  }
  const Exchange exchange = Take(*found);
  TakeArrival(exchange, context, log, wishes);
  if (truncated) {
    context.counters.Add(Metric::kUpstreamTruncated);
    if (exchange.step < log.steps.size()) log.steps[exchange.step].outcome = "truncated";
    Report(exchange, servers::Report::kValid, context);
    return Reask(exchange, Protocol::kTcp, exchange.with_edns ? EdnsUse::kWith : EdnsUse::kWithout, context, log,
                 wishes);
  }
  // Over TCP there is room for all: a response that is truncated there is no answer (RFC 2181 section 9).
  if (opening->header.tc) response->header.rcode = wire::Rcode::kServFail;
  context.routes.DropOthers(context.routes.Of(asked_), *response);
  Judgement judgement = Judge({asked_, delegation_->zone, exchange.with_edns, aliases_}, *std::move(response));
  if (exchange.step < log.steps.size()) {
    log.steps[exchange.step].outcome = ToText(judgement.verdict) + (exchange.overdue ? " (late)" : "");
  }
  return Weigh(exchange, std::move(judgement), context, log, wishes);
}

void Cut::TakeArrival(const Exchange& exchange, Context& context, Log& log, Wishes& wishes) {
  wishes.push_back(ForgetWish{exchange.tag});
  const world::Duration rtt = context.now.mono - exchange.sent;
  context.counters.Add(Metric::kUpstreamResponses);
  if (exchange.overdue) context.counters.Add(Metric::kUpstreamLate);
  if (exchange.via == Protocol::kUdp) context.counters.Observe(Metric::kUpstreamRtt, rtt);
  if (exchange.step < log.steps.size()) log.steps[exchange.step].rtt = rtt;
}

Next Cut::Weigh(const Exchange& exchange, Judgement judgement, Context& context, Log& log, Wishes& wishes) {
  context.counters.Add(Metric::kScrubbedRecords, judgement.scrubbed_sets);
  if (judgement.proofs_left_out > 0) context.counters.Add(Metric::kLimitProofSets);
  Verdict& verdict = judgement.verdict;
  if (std::holds_alternative<EdnsRefused>(verdict)) {
    context.counters.Add(Metric::kEdnsFallbacks);
    Report(exchange, servers::Report::kNoEdns, context);
    return Reask(exchange, exchange.via, EdnsUse::kWithout, context, log, wishes);
  }
  if (std::holds_alternative<Excessive>(verdict)) context.counters.Add(Metric::kLimitRecordsPerRrset);
  if (IsUseless(verdict)) return OnUseless(exchange, verdict, context, log, wishes);
  if (Minimised()) return OnMinimised(exchange, std::move(verdict), context, log, wishes);
  if (IsLastResort(verdict)) {
    Report(exchange, servers::Report::kLame, context);
    context.counters.Add(Metric::kUpstreamLame);
    Note(exchange, ToText(verdict));
    if (!last_resort_) last_resort_ = Decide(exchange, std::move(verdict));
    servers_.Dismiss(exchange.target);
    return AskNext(context, log, wishes);
  }
  Report(exchange, servers::Report::kValid, context);
  return Decide(exchange, std::move(verdict));
}

Next Cut::OnMinimised(const Exchange& exchange, Verdict verdict, Context& context, Log& log, Wishes& wishes) {
  Report(exchange, servers::Report::kValid, context);
  if (std::holds_alternative<Referred>(verdict)) return Decide(exchange, std::move(verdict));
  if (std::holds_alternative<NxDomainAt>(verdict) && minimiser_.mode() == settings::QnameMinimisation::kStrict) {
    return Decide(exchange, std::move(verdict));
  }
  // NXDOMAIN for an empty non-terminal is a known fault of servers (RFC 9156 section 2.3): the whole name decides.
  if (std::holds_alternative<NxDomainAt>(verdict) || IsUnderDname(verdict)) {
    return AskInFull(exchange, context, log, wishes);
  }
  minimiser_.Advance(asked_.name.LabelCount());
  if (minimiser_.asked() == limits::kMaxMinimiseCount) context.counters.Add(Metric::kLimitMinimiseCount);
  asked_ = minimiser_.Next(target_);
  Abandon(wishes);
  servers_.Restart();
  return AskNext(context, log, wishes);
}

Next Cut::OnUseless(const Exchange& exchange, const Verdict& verdict, Context& context, Log& log, Wishes& wishes) {
  if (Minimised() && minimiser_.mode() == settings::QnameMinimisation::kRelaxed) {
    return AskInFull(exchange, context, log, wishes);
  }
  context.counters.Add(MetricOf(verdict));
  Report(exchange, ReportOf(verdict), context);
  const auto* error = std::get_if<ServerError>(&verdict);
  const bool refused = error != nullptr && error->rcode == wire::Rcode::kRefused;
  ++(refused ? failures_.refused : failures_.other);
  Note(exchange, ToText(verdict));
  servers_.Dismiss(exchange.target);
  return AskNext(context, log, wishes);
}

Next Cut::AskInFull(const Exchange& exchange, Context& context, Log& log, Wishes& wishes) {
  context.counters.Add(Metric::kMinimisationFallbacks);
  minimiser_.GiveUp();
  asked_ = target_;
  Abandon(wishes);
  servers_.Restart();
  return Reask(exchange, Protocol::kUdp, exchange.with_edns ? EdnsUse::kWith : EdnsUse::kWithout, context, log, wishes);
}

Next Cut::Reask(const Exchange& exchange, Protocol via, EdnsUse edns, Context& context, Log& log, Wishes& wishes) {
  const Target& target = servers_.targets()[exchange.target];
  if (target.times_tried >= kMaxTriesPerTarget || !MaySend(context)) return AskNext(context, log, wishes);
  const servers::Candidate candidate{target.endpoint.address, target.times_tried, false};
  auto choice = context.book.Choose({&candidate, 1}, delegation_->zone, context.now.mono, context.random);
  if (!choice) return AskNext(context, log, wishes);
  choice->with_edns = edns == EdnsUse::kWith;
  choice->reason = via == Protocol::kTcp ? "truncated over UDP" : choice->with_edns ? "whole name" : "without EDNS";
  Send(exchange.target, via, *choice, context, log, wishes);
  return Wait{};
}

Next Cut::Fail(Tag tag, world::Mishap mishap, Context& context, Log& log, Wishes& wishes) {
  Exchange* found = Find(tag);
  if (found == nullptr) return Wait{};
  const Exchange exchange = Take(*found);
  wishes.push_back(ForgetWish{tag});
  const Target& target = servers_.targets()[exchange.target];
  if (mishap != world::Mishap::kNoSocket) {
    context.counters.Add(Metric::kUpstreamUnreachable);
    context.book.Unreachable(target.endpoint.address, delegation_->zone, mishap, context.now.mono);
    ++failures_.silent;
  }
  const bool refused = mishap == world::Mishap::kPortUnreachable || mishap == world::Mishap::kUnreachable;
  const std::string_view what = refused                              ? "unreachable"
                                : mishap == world::Mishap::kNoSocket ? "no socket"
                                                                     : "connection closed";
  if (exchange.step < log.steps.size()) log.steps[exchange.step].outcome = what;
  Note(exchange, what);
  // Anyone may send an ICMP error (SAD DNS 2020): the first one only puts the server behind the others.
  if (refused && target.times_tried > 1) servers_.Dismiss(exchange.target);
  return AskNext(context, log, wishes);
}

Next Cut::Learn(const wire::Name& server, std::span<const world::Address> addresses, Context& context, Log& log,
                Wishes& wishes) {
  servers_.EndLookUp(server, addresses, port_, context.guard);
  return AskNext(context, log, wishes);
}

Next Cut::Expire(Context& context, Log& log, Wishes& wishes) {
  for (Exchange& exchange : exchanges_) {
    if (exchange.overdue || exchange.overdue_at > context.now.mono) continue;
    exchange.overdue = true;
    context.counters.Add(Metric::kUpstreamTimeouts);
    context.book.TimedOut(servers_.targets()[exchange.target].endpoint.address, delegation_->zone, exchange.sent,
                          context.now.mono);
    ++failures_.silent;
    if (exchange.step < log.steps.size()) log.steps[exchange.step].outcome = "timeout";
    Note(exchange, "timeout");
  }
  return AskNext(context, log, wishes);
}

world::Instant Cut::NextDeadline() const {
  world::Instant next = world::kNever;
  for (const Exchange& exchange : exchanges_) {
    if (!exchange.overdue) next = std::min(next, exchange.overdue_at);
  }
  // While a packet is out that may yet be answered, the look-ups can wait.
  return next == world::kNever && servers_.Asking() ? next_lookup_ : next;
}

void Cut::Abandon(Wishes& wishes) {
  for (const Exchange& exchange : exchanges_) wishes.push_back(ForgetWish{exchange.tag});
  exchanges_.clear();
}

bool Cut::TurnToAlternatives(Context& context) {
  if (turned_) return false;
  turned_ = true;
  ServerSet others(Alternatives(*delegation_, context.store, context.now.mono), FamiliesOf(context.settings), port_,
                   context.guard, context.store, context.now.mono);
  if (!others.Without(servers_)) return false;
  servers_ = std::move(others);
  return true;
}

void Cut::Report(const Exchange& exchange, servers::Report report, Context& context) {
  const auto is_earlier = [&](const Exchange& other) { return other.sent < exchange.sent; };
  if (report == servers::Report::kValid && std::ranges::any_of(exchanges_, is_earlier)) {
    context.book.Won(servers_.targets()[exchange.target].endpoint.address);
  }
  context.book.Answered(servers_.targets()[exchange.target].endpoint.address, delegation_->zone, exchange.via,
                        context.now.mono - exchange.sent, report, context.now.mono);
}

void Cut::Note(const Exchange& exchange, std::string_view what) {
  if (failures_.texts.size() == kMaxFailureTexts) return;
  const Target& target = servers_.targets()[exchange.target];
  failures_.texts.push_back(fmt::format("{} [{}] {}", servers_.servers()[target.server].name.ToText(),
                                        target.endpoint.address.ToText(), what));
}

}  // namespace iteration
