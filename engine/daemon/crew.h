#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/daemon/loop.h"
#include "engine/daemon/mailbox.h"
#include "engine/daemon/worker.h"

namespace taprootd {

/// What one worker tells of itself.
struct WorkerView {
  metrics::Counters counters;
  std::string walks;  ///< Of Engine::Explain, where it was asked.
};

/// Looks at a worker, on the worker's thread.
using Look = std::function<WorkerView(Worker&)>;

/// Gets what all workers told, by their number, on the main thread.
using Looked = std::function<void(std::vector<WorkerView>)>;

/// Gets how an operator's query was resolved (JSON; empty: it was not), on the main thread.
using Resolved = std::function<void(std::string report)>;

/// Gets the response to a query, on the main thread.
using Answered = std::function<void(const world::Octets& response)>;

/// The workers, as the main thread deals with them: their threads, and questions to and answers from them.
class Crew final : public OperatorSink {
 public:
  /// `main` is the main thread's loop, whose turns call TakeMail. It must outlive this.
  explicit Crew(Loop& main) : main_(main) {}
  ~Crew() override;

  /// Makes a worker; its number is how many there were.
  void Hire(WorkerOptions options);
  /// Starts all their threads.
  void Start();
  /// Returns how many clients still wait for answers, as workers that drain have told; 0 of those that do not yet.
  size_t StillWaiting() const;
  /// Ends all threads.
  void Dismiss();

  /// Has every worker do something.
  void Tell(const Task& task);
  /// Looks at every worker.
  void Gather(const Look& look, Looked looked);
  /// Has a query resolved as an operator's.
  void Resolve(world::Octets query, Resolved resolved);
  /// Has a query answered as an operator's.
  void Ask(world::Octets query, Answered answered);

  /// Reads what workers have sent: to be called in each turn of the main thread.
  void TakeMail();

  size_t size() const { return workers_.size(); }

  void OnOperatorAnswer(uint64_t request, world::Octets response) override;
  void OnOperatorReport(uint64_t request, std::string json) override;

 private:
  /// A round of questions to all workers.
  struct Round {
    std::vector<WorkerView> views;
    size_t missing = 0;
    Looked looked;
  };

  /// Has something done on the main thread.
  void Send(std::function<void()> letter);
  /// Takes what one worker told; the last one ends the round.
  void TakeView(uint64_t round, size_t worker, WorkerView view);

  Loop& main_;
  Mailbox<std::function<void()>> mailbox_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  std::map<uint64_t, Round> rounds_;
  std::map<uint64_t, Resolved> resolving_;
  std::map<uint64_t, Answered> asking_;
  uint64_t next_number_ = 1;
};

}  // namespace taprootd
