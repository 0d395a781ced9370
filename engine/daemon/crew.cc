#include "engine/daemon/crew.h"

#include <signal.h>

#include <utility>

namespace taprootd {
namespace {

/// Keeps signals from the calling thread and those that it starts, and gives them back at the end.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

Crew::~Crew() { Dismiss(); }

void Crew::Hire(WorkerOptions options) { workers_.push_back(std::make_unique<Worker>(std::move(options))); }

void Crew::Start() {
  std::vector<Worker*> colleagues;
  colleagues.reserve(workers_.size());
  for (const auto& worker : workers_) colleagues.push_back(worker.get());
  const SignalsBlocked blocked;
  for (const auto& worker : workers_) {
    worker->Meet(colleagues);
    threads_.emplace_back([one = worker.get()] { one->Run(); });
  }
}

size_t Crew::StillWaiting() const {
  size_t waiting = 0;
  for (const auto& worker : workers_) waiting += worker->still_waiting();
  return waiting;
}

void Crew::Dismiss() {
  if (threads_.empty()) return;
  Tell([](Worker& worker) { worker.Halt(); });
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Crew::Tell(const Task& task) {
  for (const auto& worker : workers_) worker->Give(task);
}

void Crew::Gather(const Look& look, Looked looked) {
  const uint64_t number = next_number_++;
  rounds_[number] = {.views = std::vector<WorkerView>(size()), .missing = size(), .looked = std::move(looked)};
  for (size_t i = 0; i < size(); ++i) {
    workers_[i]->Give(Task([this, number, i, look](Worker& worker) {
      Send([this, number, i, view = look(worker)] { TakeView(number, i, view); });
    }));
  }
}

void Crew::TakeView(uint64_t number, size_t worker, WorkerView view) {
  Round& round = rounds_.at(number);
  round.views[worker] = std::move(view);
  if (--round.missing > 0) return;
  const Round done = std::move(round);
  rounds_.erase(number);
  done.looked(done.views);
}

void Crew::Resolve(world::Octets query, Resolved resolved) {
  const uint64_t number = next_number_++;
  resolving_[number] = std::move(resolved);
  workers_.front()->Give(OperatorQuery{.request = number, .query = std::move(query)});
}

void Crew::Ask(world::Octets query, Answered answered) {
  const uint64_t number = next_number_++;
  asking_[number] = std::move(answered);
  workers_.front()->Give(OperatorQuery{.request = number, .query = std::move(query)});
}

void Crew::OnOperatorAnswer(uint64_t request, world::Octets response) {
  Send([this, request, response = std::move(response)] {
    const auto found = asking_.find(request);
    if (found == asking_.end()) return;  // An operator who is told by the report.
    const Answered answered = std::move(found->second);
    asking_.erase(found);
    answered(response);
  });
}

void Crew::OnOperatorReport(uint64_t request, std::string json) {
  Send([this, request, json = std::move(json)] {
    const auto found = resolving_.find(request);
    if (found == resolving_.end()) return;
    const Resolved resolved = std::move(found->second);
    resolving_.erase(found);
    resolved(json);
  });
}

void Crew::Send(std::function<void()> letter) {
  mailbox_.Post(std::move(letter));
  main_.Wake();
}

void Crew::TakeMail() {
  for (const auto& letter : mailbox_.TakeAll()) letter();
}

}  // namespace taprootd
