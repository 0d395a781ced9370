#pragma once

#include <memory>
#include <string_view>

#include "engine/resolver.h"

/// An engine without a world around it, for measuring what it costs.
namespace bench {

/// Counts up: entropy is not what is measured.
class Counting final : public world::Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& octet : out) octet = next_++;
  }

 private:
  uint8_t next_ = 1;
};

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
  Counting random;
  world::Effects out;
  resolver::Engine engine{resolver::Place{},
                          resolver::Shared{store, book},
                          std::make_shared<const settings::Settings>(),
                          Root(),
                          zone::BuiltInRootHints(),
                          random};
};

}  // namespace bench
