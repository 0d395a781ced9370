#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/simulator/internet.h"
#include "engine/simulator/internet_notary.h"
#include "tools/lab/delays.h"
#include "tools/lab/sockets.h"
#include "tools/lab/streams.h"
#include "tools/lab/tally.h"

namespace lab {

/// One thread of the lab: sockets of its own, on which it is every nameserver of the model.
class Worker {
 private:
  /// Keeps the constructor to Open.
  struct Unopened {
    explicit Unopened() = default;
  };

 public:
  /// What a worker is made with. The references must outlive it.
  struct Setting {
    const simulator::Internet& internet;
    Tally& tally;
    uint64_t seed = 0;  ///< Of loss and jitter.
    std::vector<Door> doors;
  };

  Worker(Unopened, const Setting& setting);

  /// Opens the worker's sockets.
  static absl::StatusOr<std::unique_ptr<Worker>> Open(const Setting& setting);

  /// Serves until `stop` is set; looks at it ten times a second.
  void Run(const std::atomic<bool>& stop);

 private:
  /// A response that waits for its time: a datagram of a door, or a message of a connection.
  struct Pending {
    size_t door = 0;
    bool is_stream = false;
    StreamId stream{};
    Datagram datagram;
  };

  /// The sockets of one door.
  struct Pair {
    Descriptor udp;
    Descriptor tcp;
    std::vector<Datagram> ready;  ///< To be sent with the next batch.
  };

  /// Reads the clock.
  world::Instant ReadClock();
  /// Answers a batch of datagrams.
  void ServeDatagrams(size_t door);
  /// Answers the queries of a connection.
  void ServeStream(StreamId id);
  /// Sends the responses whose time has come.
  void SendDue();
  /// Sends a response at once, or puts it aside until its time.
  void Post(world::Duration delay, Pending pending);
  /// Sends a response.
  void Send(Pending& pending);
  /// Waits for packets until the next response is due, and serves them.
  void Turn();

  const simulator::Internet& internet_;
  Tally& tally_;
  simulator::Notary notary_;
  uint64_t draw_;
  world::Instant now_;
  Descriptor epoll_;
  Streams streams_;
  std::vector<Pair> pairs_;
  DatagramBatch batch_;
  Delays<Pending> delays_;
};

/// Returns the monotonic time, which also decides which servers flap.
world::Instant MonotonicNow();

/// Returns the civil time, by which signatures are valid.
world::WallTime WallNow();

}  // namespace lab
