#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/daemon/log.h"
#include "engine/settings/settings.h"
#include "engine/validation/rollover.h"
#include "engine/wire/message.h"
#include "engine/world/time.h"

namespace taprootd {

/// Gets a response; empty where there was none. On the main thread.
using KeysFound = std::function<void(const world::Octets& response)>;

/// Asks a question of this resolver itself.
using AskForKeys = std::function<void(world::Octets query, KeysFound found)>;

/// Reads both clocks.
using ReadTime = std::function<world::Now()>;

/// Gives anchors to all who judge by them.
using PublishAnchors = std::function<void(validation::SharedAnchors anchors)>;

/// Keeps the trust anchors through the rollovers of their keys (RFC 5011): looks at the keys of their zones when it is
/// time, and keeps what is known in the state folder. On the main thread.
class AnchorKeeper {
 public:
  /// The log must outlive this.
  AnchorKeeper(Log& log, ReadTime read_time, AskForKeys ask, PublishAnchors publish)
      : log_(log), read_time_(std::move(read_time)), ask_(std::move(ask)), publish_(std::move(publish)) {}

  /// Begins with the anchors of the settings and with what the state file knows; returns what is trusted. A file that
  /// is damaged is left aside, with its reason in the log.
  validation::SharedAnchors Begin(const validation::SharedAnchors& configured, const settings::Settings& settings);

  /// Begins to look where it is time.
  void OnTurn(world::Now now);
  /// Returns when OnTurn has something to do.
  world::Instant NextTurn() const;

  /// Tells of each key its zone, tag, algorithm, state, and since when.
  nlohmann::ordered_json Report() const;

  /// Keys that were not followed: kMaxKeysPerZone are.
  uint64_t turned_away() const { return turned_away_; }

  /// Has nothing more come of looks that are under way: the process ends.
  void Detach() { round_ = 0; }

 private:
  /// Takes the answer to a look at a zone's keys.
  void Take(size_t index, const world::Octets& response);
  /// Returns the zone's keys of a response, or nothing.
  static std::optional<wire::RrSet> KeysIn(const world::Octets& response, const wire::Name& zone);
  /// Logs what has changed, keeps it on disk and gives it to all.
  void Publish(const std::vector<validation::FollowedKey>& before, const validation::Rollover& rollover);

  Log& log_;
  ReadTime read_time_;
  AskForKeys ask_;
  PublishAnchors publish_;
  settings::Settings::Dnssec policy_;
  validation::SharedAnchors configured_;
  std::string file_;  // Empty: nothing is kept.
  std::vector<validation::Rollover> rollovers_;
  std::vector<world::Instant> looks_at_;  // One for each.
  uint64_t round_ = 1;                    // Answers to looks of another one come too late.
  uint64_t turned_away_ = 0;
};

}  // namespace taprootd
