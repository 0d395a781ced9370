#include "engine/forwarding/forward.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/wire/query.h"
#include "engine/world/limits.h"

namespace forwarding {
namespace {

namespace limits = world::limits;

using metrics::Metric;
using servers::UpstreamId;
using world::Protocol;

/// The least that an upstream is waited for before another is asked beside it, however near it is: a name that it has
/// to resolve itself takes longer than its RTT tells.
constexpr world::Duration kLeastAttempt = world::Milliseconds(250);

/// Round trips of a question whose connection is yet to be made: TCP, TLS 1.3, and its own.
constexpr int kHandshakeRounds = 3;

/// How long an answer without data waits for one that has some, while others are out.
constexpr world::Duration kGrace = world::Milliseconds(100);

/// How long a question for which no upstream had a socket or a connection to spare waits for one, at first; twice as
/// long each time, so that many of them are no load of their own.
constexpr world::Duration kRoomWait = world::Milliseconds(20);

/// How often a silent upstream is asked one question.
constexpr int kMostRounds = 3;

/// Failures that are told to a person.
constexpr size_t kMaxFailureTexts = 6;

/// Returns the metric that counts queries over a protocol.
Metric PacketsOver(Protocol via) {
  switch (via) {
    case Protocol::kUdp:
      return Metric::kUpstreamPacketsUdp;
    case Protocol::kTcp:
      return Metric::kUpstreamPacketsTcp;
    case Protocol::kTls:
      return Metric::kUpstreamPacketsTls;
    case Protocol::kHttps:
      break;
  }
  return Metric::kUpstreamPacketsHttps;
}

/// Returns a mishap in words.
std::string_view ToText(world::Mishap mishap) {
  switch (mishap) {
    case world::Mishap::kPortUnreachable:
      return "connection refused";
    case world::Mishap::kUnreachable:
      return "unreachable";
    case world::Mishap::kClosed:
      return "connection closed";
    case world::Mishap::kNoSocket:
      return "no socket";
    case world::Mishap::kNotTrusted:
      return "TLS failed or certificate not trusted";
    case world::Mishap::kHttpError:
      break;
  }
  return "HTTP error";
}

/// Takes out of the waves those upstreams for whom the test is true, and the waves that are empty then.
template <typename Test>
void TakeOut(std::vector<Wave>& waves, const Test& test) {
  for (Wave& wave : waves) std::erase_if(wave, test);
  std::erase_if(waves, [](const Wave& wave) { return wave.empty(); });
}

/// Returns whether the upstream is one of those.
bool IsAmong(const std::vector<UpstreamId>& those, UpstreamId id) {
  return std::ranges::find(those, id) != those.end();
}

/// Returns whether the response says that the server fails on EDNS (RFC 6891 section 7).
bool RefusesEdns(const wire::Message& response) {
  const wire::Rcode rcode = response.header.rcode;
  return (rcode == wire::Rcode::kFormErr || rcode == wire::Rcode::kNotImp) && !response.edns;
}

}  // namespace

void Forward::Start(Context& context, Wishes& wishes) {
  const auto& forward = context.settings.forward;
  const world::Duration most = task_.probed ? forward.probe_timeout : forward.query_timeout;
  deadline_ = std::min(task_.deadline, context.now.mono + most);
  context.counters.Add(task_.probed ? Metric::kUpstreamProbes : Metric::kForwarded);
  MakeWaves(context);
  Proceed(context, wishes);
}

void Forward::MakeWaves(Context& context) {
  waves_.clear();
  next_wave_ = 0;
  ++rounds_;
  if (task_.probed) {
    waves_.push_back({*task_.probed});
    return;
  }
  std::vector<UpstreamId> all;
  for (size_t i = 0; i < context.plan.upstreams.size(); ++i) all.push_back(static_cast<UpstreamId>(i));
  waves_ = Order(context.plan, task_.pools, context.board.Look(all, context.now.mono), context.random);
  TakeOut(waves_, [&](UpstreamId id) { return IsAmong(dismissed_, id); });
}

bool Forward::IsWaiting() const {
  return std::ranges::any_of(attempts_, [](const Attempt& attempt) { return !attempt.overdue; });
}

void Forward::Proceed(Context& context, Wishes& wishes) {
  if (ending_) return;
  if (context.now.mono >= deadline_ && !held_) return Lose(context, wishes);
  if (held_ && (!IsWaiting() || context.now.mono >= held_->until)) {
    Held held = *std::exchange(held_, std::nullopt);
    return Win(std::move(held.winner), context, wishes);
  }
  if (IsWaiting() || (room_at_ && context.now.mono < *room_at_)) return;
  room_at_.reset();
  const bool began = next_wave_ > 0 || rounds_ > 1;
  for (;;) {
    while (next_wave_ < waves_.size()) {
      if (!SendWave(waves_[next_wave_++], context, wishes)) continue;
      if (began) context.counters.Add(Metric::kForwardSecondServer);
      return;
    }
    if (task_.probed) break;
    if (!roomless_.empty()) return WaitForRoom(context);
    if (rounds_ == kMostRounds) break;
    MakeWaves(context);
    if (waves_.empty()) break;
  }
  // Nothing is left to send; what is out may still be answered.
  if (attempts_.empty()) Lose(context, wishes);
}

void Forward::WaitForRoom(const Context& context) {
  room_at_ = context.now.mono + kRoomWait * (1 << room_waits_++);
  TakeOut(waves_, [&](UpstreamId id) { return !IsAmong(roomless_, id); });
  roomless_.clear();
  next_wave_ = 0;
}

bool Forward::SendWave(const Wave& wave, Context& context, Wishes& wishes) {
  bool sent = false;
  for (const UpstreamId id : wave) {
    if (Ask(id, context.plan.At(id).via, EdnsUse::kWith, context, wishes)) sent = true;
  }
  return sent;
}

world::Duration Forward::TimeoutOf(UpstreamId id, const servers::Glance& glance, const Context& context) const {
  const auto& forward = context.settings.forward;
  if (task_.probed) return forward.probe_timeout;
  // However many are silent, there is time for those that follow, and a share of it over.
  const auto shares = static_cast<int64_t>(waves_.size() - next_wave_) + 2;
  const world::Duration most = std::min(forward.attempt_timeout, (deadline_ - context.now.mono) / shares);
  if (!glance.timeout) return most;
  const bool stream = world::IsStream(context.plan.At(id).via);
  const world::Duration usual = stream ? kHandshakeRounds * *glance.timeout : *glance.timeout;
  return std::min(std::max(usual, kLeastAttempt), most);
}

bool Forward::Ask(UpstreamId id, Protocol via, EdnsUse edns, Context& context, Wishes& wishes) {
  if (packets_ >= limits::kMaxForwardPackets) {
    context.counters.Add(Metric::kLimitForwardPackets);
    return false;
  }
  const Upstream& upstream = context.plan.At(id);
  const std::array<UpstreamId, 1> only{id};
  const servers::Glance glance = context.board.Look(only, context.now.mono).front();
  if (!upstream.address && glance.addresses.empty()) {
    Note(id, "its name has no address yet", context);
    return false;
  }
  const auto turn = static_cast<size_t>(packets_);
  const world::Address address =
      upstream.address ? *upstream.address : glance.addresses[turn % glance.addresses.size()];
  const world::Endpoint to{address, upstream.port};
  if (std::ranges::find(task_.avoided, to) != task_.avoided.end()) {
    Note(id, "has said what is bogus", context);
    dismissed_.push_back(id);
    return false;
  }
  // RFC 8484 section 4.1: the ID is 0, so that caches of HTTP see equal questions as equal.
  const uint16_t message_id = via == Protocol::kHttps ? uint16_t{0} : context.random.Bits16();
  const world::Instant now = context.now.mono;
  const Attempt attempt{Tag{next_tag_++},
                        id,
                        to,
                        via,
                        message_id,
                        edns == EdnsUse::kWith,
                        now,
                        std::min(now + TimeoutOf(id, glance, context), deadline_),
                        false,
                        steps_.size()};
  ++packets_;
  context.board.Sent(id, now);
  context.counters.Add(PacketsOver(via));
  steps_.push_back({id, attempt.to, via, now, world::Duration(-1), "", task_.probed ? "probe" : "forwarded"});
  const QueryOptions options{message_id, via, context.settings.upstream.payload_octets, attempt.with_edns,
                             task_.validation};
  wishes.push_back(SendWish{attempt.tag, attempt.to, via, MakeQuery(options, task_.question), upstream.identity});
  attempts_.push_back(attempt);
  return true;
}

Forward::Attempt* Forward::Find(Tag tag) {
  const auto at = std::ranges::find(attempts_, tag, &Attempt::tag);
  return at == attempts_.end() ? nullptr : &*at;
}

Forward::Attempt Forward::Take(Tag tag, Wishes& wishes) {
  const Attempt taken = *Find(tag);
  std::erase_if(attempts_, [&](const Attempt& attempt) { return attempt.tag == tag; });
  wishes.push_back(ForgetWish{tag});
  return taken;
}

void Forward::Arrive(Tag tag, const world::Arrival& arrival, Context& context, Wishes& wishes) {
  const Attempt* found = Find(tag);
  if (found == nullptr) return;
  const auto opening = wire::ParseOpening(arrival.message);
  const bool stream = world::IsStream(found->via);
  if (!opening || arrival.from != found->to || !wire::IsResponseTo(*opening, found->id, task_.question)) {
    context.counters.Add(Metric::kUpstreamMismatched);
    // A datagram may be a forgery, and the wait goes on; on a stream it was the server itself.
    if (stream) Fail(tag, world::Mishap::kHttpError, context, wishes);
    return;
  }
  const bool truncated = opening->header.tc && !stream;
  std::optional<wire::Message> response;
  if (!truncated) response = wire::Parse(arrival.message);
  if (!truncated && !response) {
    context.counters.Add(Metric::kUpstreamMalformed);
    if (wire::HasTooManyRecords(arrival.message)) context.counters.Add(Metric::kLimitRecordsPerMessage);
    if (stream) Fail(tag, world::Mishap::kHttpError, context, wishes);
    return;
  }
  const Attempt attempt = Take(tag, wishes);
  const world::Duration rtt = context.now.mono - attempt.sent;
  context.counters.Add(Metric::kUpstreamResponses);
  if (attempt.overdue) context.counters.Add(Metric::kUpstreamLate);
  steps_[attempt.step].rtt = rtt;
  if (truncated) {
    context.counters.Add(Metric::kUpstreamTruncated);
    context.board.Answered(attempt.upstream, rtt, context.now.mono);
    steps_[attempt.step].outcome = "truncated";
    Ask(attempt.upstream, Protocol::kTcp, attempt.with_edns ? EdnsUse::kWith : EdnsUse::kWithout, context, wishes);
    return Proceed(context, wishes);
  }
  if (opening->header.tc) response->header.rcode = wire::Rcode::kServFail;  // RFC 2181 section 9.
  Weigh(attempt, *std::move(response), context, wishes);
}

void Forward::Weigh(const Attempt& attempt, wire::Message response, Context& context, Wishes& wishes) {
  const Appraisal appraisal = Appraise(task_.question, response);
  steps_[attempt.step].outcome = appraisal.what + (attempt.overdue ? " (late)" : "");
  if (appraisal.worth == Worth::kUseless) {
    if (attempt.with_edns && RefusesEdns(response)) {
      context.counters.Add(Metric::kEdnsFallbacks);
      Ask(attempt.upstream, attempt.via, EdnsUse::kWithout, context, wishes);
    } else {
      Dismiss(attempt, response, appraisal.what, context);
    }
    return Proceed(context, wishes);
  }
  context.board.Answered(attempt.upstream, context.now.mono - attempt.sent, context.now.mono);
  if (appraisal.worth == Worth::kGood) {
    if (held_) context.counters.Add(Metric::kForwardContradicted);
    return Win({attempt.upstream, attempt.to, std::move(response)}, context, wishes);
  }
  if (!held_) held_ = Held{{attempt.upstream, attempt.to, std::move(response)}, context.now.mono + kGrace};
  Proceed(context, wishes);
}

void Forward::Dismiss(const Attempt& attempt, const wire::Message& response, std::string_view what, Context& context) {
  const bool refused = response.header.rcode == wire::Rcode::kRefused;
  const bool servfail = response.header.rcode == wire::Rcode::kServFail;
  context.counters.Add(refused    ? Metric::kUpstreamRefused
                       : servfail ? Metric::kUpstreamServFail
                                  : Metric::kUpstreamFormErr);
  ++(refused ? failures_.refused : failures_.other);
  dismissed_.push_back(attempt.upstream);
  Note(attempt.upstream, what, context);
  context.board.Erred(attempt.upstream, what);
  // A probe asks for what every resolver can answer; of a client's question only another's answer shows whose the
  // fault is.
  if (task_.probed) context.board.Failed(attempt.upstream, what, attempt.sent, context.now.mono);
}

void Forward::Fail(Tag tag, world::Mishap mishap, Context& context, Wishes& wishes) {
  if (Find(tag) == nullptr) return;
  const Attempt attempt = Take(tag, wishes);
  const std::string_view what = ToText(mishap);
  if (mishap == world::Mishap::kNoSocket) {
    roomless_.push_back(attempt.upstream);
    --packets_;
  } else {
    context.counters.Add(mishap == world::Mishap::kNotTrusted ? Metric::kUpstreamNotTrusted
                                                              : Metric::kUpstreamUnreachable);
    context.board.Failed(attempt.upstream, what, attempt.sent, context.now.mono);
  }
  ++failures_.silent;
  steps_[attempt.step].outcome = what;
  Note(attempt.upstream, what, context);
  // A connection may have died of age, and the next one stand; the rest will not mend within this question.
  if (mishap != world::Mishap::kClosed && mishap != world::Mishap::kNoSocket) dismissed_.push_back(attempt.upstream);
  Proceed(context, wishes);
}

void Forward::Expire(Context& context, Wishes& wishes) {
  if (ending_) return;
  for (Attempt& attempt : attempts_) {
    if (attempt.overdue || attempt.overdue_at > context.now.mono) continue;
    attempt.overdue = true;
    context.counters.Add(Metric::kUpstreamTimeouts);
    context.board.Failed(attempt.upstream, "timeout", attempt.sent, context.now.mono);
    ++failures_.silent;
    steps_[attempt.step].outcome = "timeout";
    Note(attempt.upstream, "timeout", context);
  }
  Proceed(context, wishes);
}

world::Instant Forward::NextDeadline() const {
  if (ending_) return world::kNever;
  world::Instant next = deadline_;
  for (const Attempt& attempt : attempts_) {
    if (!attempt.overdue) next = std::min(next, attempt.overdue_at);
  }
  if (room_at_) next = std::min(next, *room_at_);
  return held_ ? std::min(next, held_->until) : next;
}

void Forward::Win(Winner winner, Context& context, Wishes& wishes) {
  context.board.Won(winner.by);
  // Who said that it cannot, where another could, has itself to blame.
  for (const UpstreamId id : dismissed_) {
    const auto step = std::ranges::find(steps_, id, &Step::upstream);
    if (step != steps_.end() && step->rtt.count() >= 0)
      context.board.Failed(id, step->outcome, step->sent, context.now.mono);
  }
  Abandon(context, wishes);
  ending_ = Ending{std::move(winner.response), std::move(failures_), winner.from};
}

void Forward::Lose(Context& context, Wishes& wishes) {
  context.counters.Add(task_.probed ? Metric::kUpstreamProbesFailed : Metric::kForwardFailures);
  Abandon(context, wishes);
  ending_ = Ending{std::nullopt, std::move(failures_), {}};
}

void Forward::Abandon(Context& context, Wishes& wishes) {
  for (const Attempt& attempt : attempts_) {
    wishes.push_back(ForgetWish{attempt.tag});
    if (attempt.overdue) continue;
    context.board.Lost(attempt.upstream);
    context.counters.Add(Metric::kForwardRacesLost);
    steps_[attempt.step].outcome = "cancelled";
  }
  attempts_.clear();
}

void Forward::Note(UpstreamId id, std::string_view what, const Context& context) {
  if (failures_.texts.size() == kMaxFailureTexts) return;
  failures_.texts.push_back(fmt::format("{} {}", context.plan.At(id).url, what));
}

}  // namespace forwarding
