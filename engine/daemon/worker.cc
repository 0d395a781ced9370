#include "engine/daemon/worker.h"

#include <algorithm>
#include <utility>

#include "engine/daemon/clock.h"
#include "engine/world/limits.h"

namespace taprootd {
namespace {

/// Part of upstream.max-sockets that is for TCP: few exchanges need it.
constexpr size_t kTcpShare = 8;

/// Returns the bounds of the sockets towards nameservers over UDP.
transport::SocketPoolOptions PoolOptions(const settings::Settings& settings) {
  transport::SocketPoolOptions options;
  options.most_sockets = settings.upstream.max_sockets - settings.upstream.max_sockets / kTcpShare;
  return options;
}

/// Returns the ports on which clients are heard: an exchange there would take their place.
std::vector<uint16_t> ListenPorts(const settings::Settings& settings) {
  std::vector<uint16_t> ports;
  ports.reserve(settings.server.listen.size());
  for (const auto& endpoint : settings.server.listen) ports.push_back(endpoint.port);
  return ports;
}

/// Returns what bounds the connections of clients.
StreamFrontSettings FrontSettings(const settings::Settings& settings) {
  const auto& server = settings.server;
  return {server.max_tcp_clients, server.tcp_idle_timeout, server.max_handshakes, server.proxy_from, server.https_path};
}

}  // namespace

Worker::Worker(WorkerOptions options)
    : self_(options.place.self),
      now_(ReadClocks()),
      loop_(*this),
      engine_(options.place, options.shared, options.settings, options.root, std::move(options.hints), random_),
      operators_(options.operators),
      clients_(world::limits::kMaxWaitingClients),
      udp_(loop_.poller(), *this, counters_, effects_, std::move(options.sockets.udp)),
      tcp_(loop_.poller(), *this, counters_, std::move(options.sockets.tcp)),
      upstream_udp_(loop_.poller(), *this, random_, PoolOptions(*options.settings), ListenPorts(*options.settings)),
      upstream_streams_(loop_.poller(), *this, counters_, options.settings->upstream.max_sockets / kTcpShare) {
  engine_.Adopt(std::move(options.root), options.root_proven_until);
  engine_.Adopt(options.anchors);
  tcp_.Adopt(FrontSettings(*options.settings));
  udp_.Adopt(options.settings->server.proxy_from);
  tcp_.Adopt(std::move(options.certificate));
}

void Worker::Run() {
  loop_.Wake();
  loop_.Run();
}

void Worker::Give(Mail mail) {
  mailbox_.Post(std::move(mail));
  loop_.Wake();
}

bool Worker::TryGive(Mail& hand_over) {
  if (!mailbox_.PostBelow(world::limits::kMaxHandOvers, hand_over)) return false;
  loop_.Wake();
  return true;
}

void Worker::OnTurn() {
  now_ = ReadClocks();
  TakeMail();
  loop_.poller().Dispatch();
  if (engine_.NextDeadline() <= now_.mono) {
    engine_.Expire(now_, effects_);
    Carry();
  }
  upstream_udp_.DropExpired(now_.mono);
  upstream_streams_.DropExpired(now_.mono);
  tcp_.CloseIdle(now_.mono);
  upstream_streams_.Flush();
  tcp_.Flush();
  udp_.Flush();
  loop_.SetAlarm(NextDeadline(), now_.mono);
  if (draining_) still_waiting_ = clients_.size() + (tcp_.IsQuiet() ? 0 : 1);
}

world::Instant Worker::NextDeadline() const {
  return std::min(
      {engine_.NextDeadline(), upstream_udp_.NextDeadline(), upstream_streams_.NextDeadline(), tcp_.NextDeadline()});
}

void Worker::Drain() {
  udp_.Close();
  tcp_.Close();
  draining_ = true;
}

metrics::Counters Worker::Counters() const {
  metrics::Counters sum = engine_.counters();
  sum.Merge(counters_);
  return sum;
}

void Worker::Adopt(const std::shared_ptr<const settings::Settings>& settings) {
  engine_.Adopt(settings);
  tcp_.Adopt(FrontSettings(*settings));
  udp_.Adopt(settings->server.proxy_from);
  upstream_udp_.AdoptMost(PoolOptions(*settings).most_sockets);
  upstream_streams_.AdoptMost(settings->upstream.max_sockets / kTcpShare);
}

void Worker::OnQuery(const Peer& peer, const world::Endpoint& from, const world::Endpoint& to, world::Protocol via,
                     world::OctetView query) {
  const auto slot = clients_.Add(peer);
  if (!slot) {
    if (const auto* tcp = std::get_if<TcpPeer>(&peer)) tcp_.Drop(*tcp);
    counters_.Add(metrics::Metric::kLimitWaitingClients);
    return;
  }
  const world::Client client{.id = {.worker = self_, .slot = *slot}, .from = from, .to = to, .via = via};
  engine_.Accept(client, query, now_, effects_);
  Carry();
}

void Worker::OnOutcome(world::ExchangeId id, const world::Outcome& outcome) {
  engine_.Deliver(id, outcome, now_, effects_);
  Carry();
}

void Worker::TakeMail() {
  for (auto& mail : mailbox_.TakeAll()) {
    std::visit([this](auto& letter) { Take(letter); }, mail);
    Carry();
  }
}

void Worker::Take(HandedOver& hand_over) {
  engine_.AcceptHandOver(hand_over.client, hand_over.query, now_, effects_);
  effects_.Recycle(std::move(hand_over.query));
}

void Worker::Take(OperatorQuery& query) {
  const auto slot = clients_.Add(OperatorPeer{.request = query.request});
  if (!slot) {
    operators_.OnOperatorAnswer(query.request, {});
    operators_.OnOperatorReport(query.request, {});
    return;
  }
  world::Client client;
  client.id = {.worker = self_, .slot = *slot};
  client.via = world::Protocol::kTcp;
  client.is_operator = true;
  engine_.Accept(client, query.query, now_, effects_);
}

void Worker::Carry() {
  while (!effects_.list().empty() || !failed_asks_.empty()) {
    if (effects_.list().empty()) {
      const FailedAsk failed = failed_asks_.front();
      failed_asks_.pop_front();
      engine_.Deliver(failed.id, failed.mishap, now_, effects_);
    }
    carrying_.swap(effects_.list());
    for (auto& effect : carrying_) std::visit([this](auto& one) { Do(one); }, effect);
    carrying_.clear();
  }
}

void Worker::Do(world::Ask& ask) {
  const auto mishap = ask.via == world::Protocol::kUdp ? upstream_udp_.Send(ask) : upstream_streams_.Send(ask);
  if (mishap) failed_asks_.push_back({.id = ask.id, .mishap = *mishap});
  if (mishap == world::Mishap::kNoSocket) counters_.Add(metrics::Metric::kLimitUpstreamSockets);
  effects_.Recycle(std::move(ask.query));
}

void Worker::Do(world::Cancel& cancel) {
  upstream_udp_.Cancel(cancel.id);
  upstream_streams_.Cancel(cancel.id);
}

template <typename ForAClient>
bool Worker::Forwarded(ForAClient& effect) {
  if (effect.to.worker == self_) return false;
  Worker& colleague = *colleagues_[static_cast<size_t>(effect.to.worker)];
  colleague.Give(std::move(effect));
  return true;
}

void Worker::Do(world::Answer& answer) {
  if (Forwarded(answer)) return;
  const Peer* peer = clients_.Find(answer.to.slot);
  if (peer == nullptr) return;
  if (const auto* asker = std::get_if<OperatorPeer>(peer)) {
    operators_.OnOperatorAnswer(asker->request, std::move(answer.response));
    EndOperatorHalf(answer.to.slot, *asker);
    return;
  }
  Reply(*clients_.Take(answer.to.slot), answer);
}

void Worker::Reply(const Peer& peer, world::Answer& answer) {
  if (const auto* udp = std::get_if<UdpPeer>(&peer)) {
    udp_.Send(*udp, std::move(answer.response));
  } else if (const auto* tcp = std::get_if<TcpPeer>(&peer)) {
    tcp_.Send(*tcp, answer.response);
    effects_.Recycle(std::move(answer.response));
  }
}

void Worker::Do(world::Drop& drop) {
  if (Forwarded(drop)) return;
  const auto peer = clients_.Take(drop.to.slot);
  if (!peer) return;
  if (const auto* tcp = std::get_if<TcpPeer>(&*peer)) tcp_.Drop(*tcp);
  if (const auto* asker = std::get_if<OperatorPeer>(&*peer)) {
    operators_.OnOperatorAnswer(asker->request, {});
    operators_.OnOperatorReport(asker->request, {});
  }
}

void Worker::Do(world::HandOver& hand_over) {
  Mail mail = HandedOver{.client = hand_over.client, .query = std::move(hand_over.query)};
  if (colleagues_[static_cast<size_t>(hand_over.owner)]->TryGive(mail)) return;
  auto& refused = std::get<HandedOver>(mail);
  engine_.Refuse(refused.client, refused.query, now_, effects_);
  effects_.Recycle(std::move(refused.query));
}

void Worker::Do(world::Report& report) {
  if (Forwarded(report)) return;
  const Peer* peer = clients_.Find(report.to.slot);
  if (peer == nullptr) return;
  const auto* asker = std::get_if<OperatorPeer>(peer);
  if (asker == nullptr) return;
  operators_.OnOperatorReport(asker->request, std::move(report.json));
  EndOperatorHalf(report.to.slot, *asker);
}

void Worker::EndOperatorHalf(uint64_t slot, const OperatorPeer& peer) {
  if (peer.half_done) {
    static_cast<void>(clients_.Take(slot));
    return;
  }
  clients_.Replace(slot, OperatorPeer{.request = peer.request, .half_done = true});
}

}  // namespace taprootd
