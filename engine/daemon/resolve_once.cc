#include "engine/daemon/resolve_once.h"

#include <memory>
#include <utility>

#include "engine/daemon/operator_query.h"
#include "engine/daemon/root_keeper.h"
#include "engine/daemon/store_options.h"
#include "engine/daemon/trust_anchors.h"
#include "engine/daemon/worker.h"
#include "engine/servers/book.h"

namespace taprootd {
namespace {

/// Keeps the two halves of the one answer, and ends the worker with the second.
class OneAnswer final : public OperatorSink {
 public:
  void OnOperatorAnswer(uint64_t, world::Octets response) override {
    resolution.response = std::move(response);
    HalfDone();
  }
  void OnOperatorReport(uint64_t, std::string json) override {
    resolution.report = std::move(json);
    HalfDone();
  }

  Worker* worker = nullptr;
  Resolution resolution;

 private:
  /// Counts the halves.
  void HalfDone() {
    if (++halves_ == 2) worker->Halt();
  }

  int halves_ = 0;
};

}  // namespace

absl::StatusOr<Resolution> ResolveOnce(const settings::Settings& settings, const wire::Question& question) {
  Log log;
  const auto anchors = LoadAnchors(settings);
  if (!anchors.ok()) return anchors.status();
  RootKeeper root(log, RootOptionsOf(settings, *anchors));
  if (auto status = root.LoadFirst(); !status.ok()) return status;
  cache::Store store(StoreOptionsOf(settings));
  // One question: nothing is learned for a later one.
  servers::Book book({.exploration_percent = 0});
  OneAnswer answer;
  Worker worker({.place = {},
                 .shared = {.store = store, .book = book},
                 .settings = std::make_shared<const settings::Settings>(settings),
                 .root = root.snapshot(),
                 .root_proven_until = root.status().evidence.proven_until,
                 .hints = root.hints(),
                 .anchors = validation::Followed(ResumeAnchors(settings, **anchors).rollovers),
                 .sockets = {},
                 .operators = answer});
  worker.Meet({&worker});
  answer.worker = &worker;
  worker.Give(OperatorQuery{.request = 0, .query = MakeOperatorQuery(question)});
  worker.Run();
  return std::move(answer.resolution);
}

}  // namespace taprootd
