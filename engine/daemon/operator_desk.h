#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/cache/store.h"
#include "engine/daemon/anchor_keeper.h"
#include "engine/daemon/crew.h"
#include "engine/daemon/operator_server.h"
#include "engine/daemon/root_fetcher.h"
#include "engine/daemon/root_keeper.h"
#include "engine/forwarding/plan.h"
#include "engine/servers/book.h"

namespace taprootd {

/// What the clients of a socket may do.
enum class Authority : uint8_t { kLook, kChange };

/// What the verbs work on. The references must outlive the desk.
struct DeskOptions {
  Crew& crew;
  RootKeeper& root;
  RootFetcher& fetcher;
  AnchorKeeper& anchors;
  cache::Store& store;
  servers::Book& book;
  forwarding::Plan plan;
  /// Reads the settings again; returns the answer of the verb `reload`.
  std::function<nlohmann::ordered_json()> reload;
  /// Returns the counters of the main thread and of the shared stores, for the sum of all.
  std::function<metrics::Counters()> counters;
  std::string version;
};

/// Answers operators: a request is a JSON object with a verb, the answer another one (docs/OPERATING.md). On the main
/// thread.
class OperatorDesk {
 public:
  explicit OperatorDesk(DeskOptions options);

  /// Answers a request of one line, at once or later.
  void Handle(Authority authority, const std::string& line, LineReply reply);

 private:
  struct Member;
  struct Verb;
  /// Returns the verb of a name, or null.
  static const Verb* FindVerb(std::string_view name);

  /// Answers `stats`.
  void Stats(const nlohmann::json& request, LineReply reply);
  /// Answers `prometheus`.
  void Prometheus(const nlohmann::json& request, LineReply reply);
  /// Answers `nameservers`.
  void NameServers(const nlohmann::json& request, LineReply reply);
  /// Answers `upstreams`.
  void Upstreams(const nlohmann::json& request, LineReply reply);
  /// Answers `root-status`.
  void RootStatusVerb(const nlohmann::json& request, LineReply reply);
  /// Answers `cache-stats`.
  void CacheStats(const nlohmann::json& request, LineReply reply);
  /// Answers `explain`: from memory, or by resolving once more.
  void Explain(const nlohmann::json& request, LineReply reply);
  /// Answers `explain` with a walk of its own.
  void ExplainFresh(const nlohmann::json& request, LineReply reply);
  /// Answers `reload`.
  void Reload(const nlohmann::json& request, LineReply reply);
  /// Answers `root-reload` once the load has ended.
  void RootReload(const nlohmann::json& request, LineReply reply);
  /// Answers `root-fetch` once a source was of use, or none.
  void RootFetch(const nlohmann::json& request, LineReply reply);
  /// Answers `cache-flush`.
  void CacheFlush(const nlohmann::json& request, LineReply reply);
  /// Adds up the counters of all.
  void GatherCounters(std::function<void(const metrics::Counters&)> done);

  DeskOptions options_;
  world::Now started_;
};

}  // namespace taprootd
