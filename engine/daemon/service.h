#pragma once

#include <absl/status/status.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/cache/store.h"
#include "engine/daemon/anchor_keeper.h"
#include "engine/daemon/certificate.h"
#include "engine/daemon/crew.h"
#include "engine/daemon/log.h"
#include "engine/daemon/loop.h"
#include "engine/daemon/operator_desk.h"
#include "engine/daemon/operator_server.h"
#include "engine/daemon/ranking_keeper.h"
#include "engine/daemon/root_fetcher.h"
#include "engine/daemon/root_keeper.h"
#include "engine/daemon/serve.h"
#include "engine/daemon/uplink_reporter.h"
#include "engine/servers/book.h"

namespace taprootd {

/// The running daemon: the stores that workers share, the workers, and the main thread's loop with signals, operators
/// and the root zone, so that nothing of these ever holds up a client.
class Service final : public Turner {
 public:
  explicit Service(const ServeOptions& options);
  ~Service() override;

  /// Opens everything. Errors name all that stands in the way, a line each.
  [[nodiscard]] absl::Status Open();

  /// Serves until a signal ends it.
  void Run();

  void OnTurn() override;

 private:
  /// Opens the two sockets of the operators, in a folder that is made if need be.
  void OpenOperatorSockets(std::vector<std::string>& errors);
  /// Makes the workers, each with its sockets.
  void HireWorkers(std::vector<WorkerSockets> sockets, const validation::SharedAnchors& anchors);
  /// Says what signals do.
  void WatchSignals();
  /// Logs what this daemon is.
  void LogStart(size_t workers);
  /// Logs what the root of the names is known from.
  void LogRoot();
  /// Logs which nameservers are out of reach from the start.
  void WarnOfMissingRoutes();
  /// Asks the root zone's sources and looks at the certificate when it is time.
  void KeepFresh();
  /// SIGHUP: reads the root zone file again. The outcome is in the log.
  void ReloadRoot();
  /// Reads the settings again and has what may change at once adopted by all.
  nlohmann::ordered_json ReloadSettings();
  /// Sees whether the certificate's files have changed, and has the workers show what is in them.
  /// Returns when to look again.
  world::Instant RenewCertificate(world::Instant now);
  /// Returns the counters of what workers share and of the main thread.
  metrics::Counters MainCounters();
  /// Gives trust anchors to all workers.
  void PublishAnchors(const validation::SharedAnchors& anchors);
  /// Gives a root zone to all workers.
  void PublishRoot(const zone::Snapshot& zone, std::function<void()> done);
  /// Stops to listen, and ends the daemon when all is answered or time is over. Told twice, ends at once.
  void Stop();

  ServeOptions options_;
  Log log_;
  std::shared_ptr<const settings::Settings> settings_;
  cache::Store store_;
  servers::Book book_;
  RankingKeeper ranking_;  // Before the loop, whose end waits for its errands.
  RootKeeper root_;
  Certificate certificate_;
  world::Instant look_at_ = world::kNever;  // When to see whether the certificate has changed.
  Loop loop_;
  Crew crew_;
  RootFetcher fetcher_;
  AnchorKeeper anchors_;
  UplinkReporter uplink_reporter_;
  OperatorDesk desk_;
  OperatorServer stats_;
  OperatorServer control_;
  bool stopping_ = false;
  bool drained_ = false;  // Every worker has stopped to listen.
  world::Instant stop_by_ = world::kNever;
};

}  // namespace taprootd
