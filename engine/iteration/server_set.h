#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/cache/store.h"
#include "engine/servers/book.h"
#include "engine/world/address.h"

namespace policy {
class UpstreamGuard;
}

namespace iteration {

/// A nameserver of the zone.
struct Server {
  wire::Name name;
  std::vector<wire::RrType> unasked;  ///< Of A and AAAA: what is not known and may be looked up, first things first.
  int lookups = 0;                    ///< Under way.
  bool looked_up = false;             ///< Some look-up was begun.
};

/// One address of a nameserver, and how it fared with the question at hand.
struct Target {
  world::Endpoint endpoint;
  size_t server = 0;  ///< Index into the servers.
  int times_tried = 0;
  bool useless = false;  ///< Answered badly or cannot be reached: not asked again.
};

/// The servers of one zone cut and how each has fared with one question. Built anew for every cut; forgets everything
/// after.
class ServerSet {
 public:
  ServerSet() = default;

  /// The servers of a delegation with those addresses that came with it, or else are in the cache, and may be asked.
  /// What may be looked up beside them is of `families`: A, AAAA or both.
  ServerSet(const cache::Delegation& delegation, std::span<const wire::RrType> families, uint16_t port,
            const policy::UpstreamGuard& guard, const cache::Store& store, world::Instant now);

  /// The servers that an operator gave for a zone: all may be asked.
  ServerSet(const wire::Name& zone, std::span<const world::Endpoint> endpoints);

  const std::vector<Server>& servers() const { return servers_; }
  const std::vector<Target>& targets() const { return targets_; }

  /// Returns the targets that may be asked (again), as the chooser wants them; `indices` are theirs in targets().
  std::vector<servers::Candidate> Candidates(std::vector<size_t>& indices) const;

  /// Returns whether each target that may be asked has been asked before: time to look for more.
  bool AllTried() const;

  /// Returns whether a look-up is under way.
  bool Asking() const;

  /// Returns the servers that have something left to look up and no look-up under way.
  std::vector<size_t> Unasked() const;

  /// A look-up of the server's addresses begins; returns of which type. Requires: the server is among Unasked().
  wire::RrType BeginLookUp(size_t server);

  /// A look-up has ended with these addresses (perhaps none). `name` may be of no server here: then nothing happens.
  void EndLookUp(const wire::Name& name, std::span<const world::Address> found, uint16_t port,
                 const policy::UpstreamGuard& guard);

  /// A query to the target was sent.
  void Tried(size_t target) { ++targets_[target].times_tried; }

  /// The target is of no use for this question.
  void Dismiss(size_t target) { targets_[target].useless = true; }

  /// Leaves these out, whatever is asked and whatever look-ups bring: what they said was bogus.
  void Avoid(std::span<const world::Endpoint> endpoints);

  /// Takes out the targets that `tried` has, and avoids whom it avoids; returns whether anything is left to ask or to
  /// look up.
  bool Without(const ServerSet& tried);

  /// Another question is asked from here on: every target may be asked again.
  void Restart();

 private:
  /// Returns whether a target is left out from the beginning.
  bool Avoids(const world::Endpoint& endpoint) const;
  /// Adds addresses of a server as targets: those that may be asked, each once, kMaxAddressesPerServer at the most.
  void Add(size_t server, std::span<const world::Address> found, uint16_t port, const policy::UpstreamGuard& guard);

  std::vector<Server> servers_;
  std::vector<Target> targets_;
  std::vector<world::Endpoint> avoided_;
};

/// How often one address is asked one question before it counts as silent. With the back-off of its timeout this fills
/// the time of a client query: a lossy path has as many chances as a client's patience allows.
inline constexpr int kMaxTriesPerTarget = 5;

}  // namespace iteration
