#include "engine/daemon/loop.h"

#include <uv.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/world/check.h"

namespace taprootd {

namespace {

/// A signal's handle and what to do.
struct SignalHandle {
  uv_signal_t handle{};
  std::function<void()> action;
};

/// An errand on its way through libuv's pool.
struct ErrandHandle {
  uv_work_t request{};
  std::unique_ptr<Errand> errand;
};

/// Returns the handle's base, which libuv's calls for any handle take.
template <typename T>
uv_handle_t* Base(T& handle) {
  return reinterpret_cast<uv_handle_t*>(&handle);
}

}  // namespace

/// libuv's loop and its handles. The handles wake the loop and do nothing else; the check that libuv runs after each
/// wait takes the turn, so that several reasons to wake bring one turn.
struct Loop::Handles {
  explicit Handles(Turner& t) : turner(t) {}

  Turner& turner;
  uv_loop_t loop{};
  uv_poll_t poll{};
  uv_timer_t alarm{};
  uv_async_t async{};
  uv_check_t check{};
  world::Instant alarm_at = world::kNever;
  std::vector<std::unique_ptr<SignalHandle>> signals;

  /// The alarm rang. libuv runs timers apart from the check, so that this takes a turn of its own.
  static void OnAlarm(uv_timer_t* alarm) {
    auto* handles = static_cast<Handles*>(alarm->data);
    handles->alarm_at = world::kNever;
    handles->turner.OnTurn();
  }
};

Loop::Loop(Turner& turner) : handles_(std::make_unique<Handles>(turner)) {
  Handles& h = *handles_;
  CHECK(uv_loop_init(&h.loop) == 0);
  CHECK(uv_poll_init(&h.loop, &h.poll, poller_.fd()) == 0);
  CHECK(uv_timer_init(&h.loop, &h.alarm) == 0);
  CHECK(uv_async_init(&h.loop, &h.async, [](uv_async_t*) {}) == 0);
  CHECK(uv_check_init(&h.loop, &h.check) == 0);
  CHECK(uv_poll_start(&h.poll, UV_READABLE, [](uv_poll_t*, int, int) {}) == 0);
  h.alarm.data = &h;
  h.check.data = &h;
  CHECK(uv_check_start(&h.check, [](uv_check_t* check) { static_cast<Handles*>(check->data)->turner.OnTurn(); }) == 0);
}

Loop::~Loop() {
  Handles& h = *handles_;
  uv_close(Base(h.poll), nullptr);
  uv_close(Base(h.alarm), nullptr);
  uv_close(Base(h.async), nullptr);
  uv_close(Base(h.check), nullptr);
  for (auto& signal : h.signals) uv_close(Base(signal->handle), nullptr);
  uv_run(&h.loop, UV_RUN_DEFAULT);
  CHECK(uv_loop_close(&h.loop) == 0);
}

void Loop::Run() { uv_run(&handles_->loop, UV_RUN_DEFAULT); }

void Loop::Stop() { uv_stop(&handles_->loop); }

void Loop::SetAlarm(world::Instant when, world::Instant now) {
  Handles& h = *handles_;
  if (when == h.alarm_at && when > now) return;
  h.alarm_at = when;
  if (when == world::kNever) {
    uv_timer_stop(&h.alarm);
    return;
  }
  // Rounded up: a turn a fraction of a millisecond early would find nothing to do.
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::max(when - now, world::Duration::zero()));
  uv_update_time(&h.loop);
  CHECK(uv_timer_start(&h.alarm, Handles::OnAlarm, static_cast<uint64_t>(wait.count()), 0) == 0);
}

void Loop::Wake() { uv_async_send(&handles_->async); }

void Loop::OnSignal(int number, std::function<void()> action) {
  Handles& h = *handles_;
  auto& signal = h.signals.emplace_back(std::make_unique<SignalHandle>());
  signal->action = std::move(action);
  CHECK(uv_signal_init(&h.loop, &signal->handle) == 0);
  signal->handle.data = signal.get();
  const auto run = [](uv_signal_t* handle, int) { static_cast<SignalHandle*>(handle->data)->action(); };
  CHECK(uv_signal_start(&signal->handle, run, number) == 0);
}

void Loop::RunAside(std::unique_ptr<Errand> errand) {
  auto handle = std::make_unique<ErrandHandle>();
  handle->errand = std::move(errand);
  handle->request.data = handle.get();
  const auto work = [](uv_work_t* request) { static_cast<ErrandHandle*>(request->data)->errand->Work(); };
  const auto done = [](uv_work_t* request, int) {
    const std::unique_ptr<ErrandHandle> owned(static_cast<ErrandHandle*>(request->data));
    owned->errand->Done();
  };
  CHECK(uv_queue_work(&handles_->loop, &handle->request, work, done) == 0);
  // libuv holds the request until `done` takes it back.
  static_cast<void>(handle.release());
}

}  // namespace taprootd
