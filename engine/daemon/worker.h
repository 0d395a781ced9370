#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "engine/daemon/client_table.h"
#include "engine/daemon/listening.h"
#include "engine/daemon/loop.h"
#include "engine/daemon/mailbox.h"
#include "engine/daemon/query_sink.h"
#include "engine/daemon/secure_random.h"
#include "engine/daemon/tcp_front.h"
#include "engine/daemon/udp_front.h"
#include "engine/daemon/upstream_streams.h"
#include "engine/daemon/upstream_udp.h"
#include "engine/resolver/engine.h"
#include "engine/validation/anchors.h"

namespace taprootd {

/// Takes what comes of operators' queries. Called on the worker's thread.
class OperatorSink {
 public:
  virtual ~OperatorSink() = default;

  /// The response to the query posted as `request`.
  virtual void OnOperatorAnswer(uint64_t request, world::Octets response) = 0;
  /// How it came to be (world::Report); after or before the answer.
  virtual void OnOperatorReport(uint64_t request, std::string json) = 0;
};

/// A client query on its way to the worker that owns its question.
struct HandedOver {
  world::Client client;
  world::Octets query;
};

/// An operator's query.
struct OperatorQuery {
  uint64_t request = 0;  ///< For OperatorSink.
  world::Octets query;
};

class Worker;

/// Something to do on the worker's thread.
using Task = std::function<void(Worker&)>;

/// What other threads send a worker. Answers, drops and reports are for clients of its own, from the worker that owned
/// their question.
using Mail = std::variant<HandedOver, world::Answer, world::Drop, world::Report, OperatorQuery, Task>;

/// What a worker is made with. The references must outlive it.
struct WorkerOptions {
  resolver::Place place;
  resolver::Shared shared;
  std::shared_ptr<const settings::Settings> settings;
  zone::Snapshot root;
  world::WallTime root_proven_until = world::WallTime::min();
  zone::SharedRootHints hints;
  validation::SharedAnchors anchors;
  WorkerSockets sockets;
  std::shared_ptr<const transport::TlsServerContext> certificate{};
  OperatorSink& operators;
};

/// One thread, one loop, one engine: reads queries, drives the engine, and carries out what it wants done. Nothing here
/// is shared with another thread but the mailbox.
class Worker final : public Turner, public QuerySink, public ExchangeSink {
 public:
  explicit Worker(WorkerOptions options);

  /// Names all workers, this one included, by their number: where to send what is theirs. Before Run.
  void Meet(const std::vector<Worker*>& colleagues) { colleagues_ = colleagues; }

  /// Works until a task calls Halt.
  void Run();

  // From any thread.

  /// Sends mail, and wakes the worker.
  void Give(Mail mail);
  /// Sends a hand-over unless kMaxHandOvers wait already; returns whether it was sent. It is untouched if not.
  [[nodiscard]] bool TryGive(Mail& hand_over);
  /// Returns how many clients wait for answers; 0 until it drains.
  size_t still_waiting() const { return still_waiting_; }

  // In tasks.

  /// Stops to listen; what is in flight goes on.
  void Drain();
  /// Ends Run.
  void Halt() { loop_.Stop(); }
  /// Returns the counters of the engine and of the sockets.
  metrics::Counters Counters() const;
  /// Takes other settings.
  void Adopt(const std::shared_ptr<const settings::Settings>& settings);
  /// Takes the certificate that encrypted listeners show.
  void Adopt(std::shared_ptr<const transport::TlsServerContext> certificate) { tcp_.Adopt(std::move(certificate)); }
  resolver::Engine& engine() { return engine_; }

  void OnTurn() override;
  void OnQuery(const Peer& peer, const world::Endpoint& from, const world::Endpoint& to, world::Protocol via,
               world::OctetView query) override;
  void OnOutcome(world::ExchangeId id, const world::Outcome& outcome) override;
  world::Now now() const override { return now_; }

 private:
  /// An ask that could not be sent.
  struct FailedAsk {
    world::ExchangeId id{};
    world::Mishap mishap{};
  };

  /// Reads the mail that has come.
  void TakeMail();
  /// An operator asked.
  void Take(HandedOver& hand_over);
  /// Another worker's client asked what is owned here.
  void Take(OperatorQuery& query);
  void Take(Task& task) { task(*this); }
  template <typename ForMyClient>
  void Take(ForMyClient& effect) {
    Do(effect);
  }

  /// Carries out what the engine wants done, in order, and what comes of that.
  void Carry();
  /// Passes on how an operator's query was resolved.
  void Do(world::Ask& ask);
  /// Gives a query to the worker that owns its question, or has it refused where that one cannot keep up.
  void Do(world::Cancel& cancel);
  /// Forgets a client that gets no answer.
  void Do(world::Answer& answer);
  /// Answers a client.
  void Do(world::Drop& drop);
  /// Drops an exchange.
  void Do(world::HandOver& hand_over);
  /// Sends a question to a server.
  void Do(world::Report& report);
  /// Passes on what is for another worker's client; returns whether it was.
  template <typename ForAClient>
  bool Forwarded(ForAClient& effect);
  /// Sends an answer to a client on a socket.
  void Reply(const Peer& peer, world::Answer& answer);
  /// Frees an operator's slot with the second of answer and report.
  void EndOperatorHalf(uint64_t slot, const OperatorPeer& peer);
  /// Returns when the next turn is due even if nothing happens.
  world::Instant NextDeadline() const;

  world::WorkerId self_;
  world::Now now_;
  Loop loop_;
  Mailbox<Mail> mailbox_;
  std::vector<Worker*> colleagues_;
  SecureRandom random_;
  resolver::Engine engine_;
  OperatorSink& operators_;
  metrics::Counters counters_;  // Of the sockets; the engine has its own.
  world::Effects effects_;
  std::vector<world::Effect> carrying_;
  std::deque<FailedAsk> failed_asks_;
  ClientTable clients_;
  UdpFront udp_;
  TcpFront tcp_;
  UpstreamUdp upstream_udp_;
  UpstreamStreams upstream_streams_;
  bool draining_ = false;
  std::atomic<size_t> still_waiting_ = 0;
};

}  // namespace taprootd
