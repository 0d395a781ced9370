#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/daemon/poller.h"
#include "engine/world/time.h"

namespace taprootd {

/// What one thread does each time that something woke it.
class Turner {
 public:
  virtual ~Turner() = default;

  /// Something woke the thread: sockets are ready (Poller::Dispatch), mail came, the alarm rang, or a signal arrived.
  virtual void OnTurn() = 0;
};

/// Work that would hold up a loop.
class Errand {
 public:
  virtual ~Errand() = default;

  /// Does the work, on a thread aside: touches nothing that others do.
  virtual void Work() = 0;
  /// Brings back what came of it, in the loop's thread.
  virtual void Done() = 0;
};

/// One thread's event loop: libuv waits, and whatever ends the wait brings one turn. The only file that knows libuv.
class Loop {
 public:
  explicit Loop(Turner& turner);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Takes turns until Stop is called.
  void Run();
  /// Ends Run after this turn. To be called in a turn.
  void Stop();

  /// Rings at `when`, in place of the alarm that was set; at once when that has passed, never for kNever.
  void SetAlarm(world::Instant when, world::Instant now);

  /// Brings a turn soon. May be called from any thread while the loop lives.
  void Wake();

  /// Calls `action` in the loop's thread whenever the signal arrives, and brings a turn.
  void OnSignal(int number, std::function<void()> action);

  /// Has the errand's work done on a thread of libuv's pool, then its Done called in the loop's thread, and brings a
  /// turn. The loop must run until then.
  void RunAside(std::unique_ptr<Errand> errand);

  Poller& poller() { return poller_; }

 private:
  struct Handles;
  Poller poller_;
  std::unique_ptr<Handles> handles_;
};

}  // namespace taprootd
