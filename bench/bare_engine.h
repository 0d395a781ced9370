#pragma once

#include <memory>
#include <string_view>

#include "engine/resolver.h"
#include "tests/world/chances.h"

/// An engine without a world around it, for measuring what it costs.
namespace bench {

/// Returns a root zone that delegates com. to 20.0.0.1.
inline zone::Snapshot Root() {
  constexpr std::string_view kText =
      ". 86400 IN SOA a.root. hostmaster.root. 1 1800 900 604800 86400\n. 86400 IN NS a.root.\n"
      "a.root. 86400 IN A 20.0.0.9\ncom. 86400 IN NS ns.com.\nns.com. 86400 IN A 20.0.0.1\n";
  const world::Octets octets(kText.begin(), kText.end());
  return *zone::Zone::Parse(octets, "root.zone", {});
}

/// The engine, its stores, and what it wants done.
struct BareEngine {
  cache::Store store{cache::StoreOptions{}};
  servers::Book book;
  world_test::Counting random;
  world::Effects out;
  resolver::Engine engine{resolver::Place{},
                          resolver::Shared{store, book},
                          std::make_shared<const settings::Settings>(),
                          Root(),
                          zone::BuiltInRootHints(),
                          random};
};

}  // namespace bench
