#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <vector>

#include "engine/settings/settings.h"
#include "engine/wire/message.h"

namespace policy {

/// Which way questions for the names at and below a domain go. What is learnt on one way says nothing about names of
/// another: an upstream that everything is forwarded to has no say about an internal zone, nor the other way round
/// (split horizon; MaginotDNS).
struct Way {
  wire::Name domain;          ///< The root for the way of all names that no other is for.
  std::vector<size_t> pools;  ///< Into settings.forward_pools, then the short form's; empty: walked.
  bool is_judged = true;      ///< What is said of the names is judged, where `dnssec.validation` says so.

  /// Returns whether pools are asked.
  bool IsForwarded() const { return !pools.empty(); }
};

/// The ways of all names, by longest match. Immutable.
class Routes {
 public:
  /// Makes the routes of the settings: `[[forward.route]]`, `[[stub]]` beside them, and the pools that no route names.
  explicit Routes(const settings::Settings& settings);

  /// Returns the way of a question: that of its name, or for DS of the name's parent (RFC 4035 section 4.2). Valid as
  /// long as this.
  const Way& Of(const wire::Question& question) const;
  /// Returns the way of a name.
  const Way& Of(const wire::Name& name) const;

  /// Takes out of all sections the sets of names that go another way. Returns how many went.
  uint64_t DropOthers(const Way& way, wire::Message& response) const;

  /// Returns whether all names go one way.
  bool IsUniform() const { return by_domain_.empty(); }

 private:
  std::vector<Way> ways_;  // The first is the default.
  absl::flat_hash_map<wire::Name, size_t> by_domain_;
};

/// Returns the index of the pool that the short form makes: `forward.servers`.
inline size_t ShortFormPool(const settings::Settings& settings) { return settings.forward_pools.size(); }

}  // namespace policy
