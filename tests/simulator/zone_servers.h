#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/simulator/servers.h"
#include "engine/wire/message.h"
#include "engine/zone/zone.h"

namespace simulator {

/// The few servers of a scenario: each address serves zones of master-file text, as a plain authoritative server does.
/// What a scenario wants other than that is set for an address and a span of time.
class ZoneServers final : public Servers {
 public:
  /// A query that a server got.
  struct Asked {
    world::Instant at;
    world::Address server;
    world::Protocol via{};
    wire::Question question;
    bool with_edns = false;
    bool asks_keep_alive = false;  ///< RFC 7828.
  };

  /// What an address does other than to serve.
  struct Manner {
    world::Instant from = world::Instant::min();
    world::Instant to = world::kNever;
    world::Duration latency = world::Milliseconds(10);
    bool is_silent = false;
    std::optional<world::Mishap> mishap{};    ///< What befalls everything instead of an answer.
    std::optional<wire::Rcode> rcode{};       ///< Said to everything.
    bool denies_empty_non_terminals = false;  ///< NXDOMAIN where NODATA would be right.
    wire::Message extra{};                    ///< Sections that go along with every answer, whether they belong or not.
  };

  /// Serves the zone `origin` at `address` from `from` on, in place of an older version. Text is relative to the root.
  void Serve(std::string_view address, std::string_view origin, const std::string& text,
             world::Instant from = world::Instant::min());

  /// Gives an address a manner for its span of time.
  void Behave(std::string_view address, Manner manner);

  std::vector<Reply> Ask(const world::Address& server, world::Protocol via, world::OctetView query, world::Instant now,
                         uint64_t draw) override;

  /// All queries that servers got, in order.
  const std::vector<Asked>& log() const { return log_; }

  /// Returns how many queries went to an address.
  size_t CountAt(std::string_view address) const;

 private:
  /// A version of a zone.
  struct Version {
    world::Instant from;
    zone::Snapshot zone;
  };

  /// Returns the deepest zone at the address that the name is in, or null.
  zone::Snapshot ZoneFor(const world::Address& server, const wire::Question& question, world::Instant now) const;
  /// Returns the manner of the address at this time.
  Manner MannerOf(const world::Address& server, world::Instant now) const;

  std::map<world::Address, std::vector<Version>> zones_;
  std::map<world::Address, std::vector<Manner>> manners_;
  std::vector<Asked> log_;
};

}  // namespace simulator
