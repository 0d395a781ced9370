#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/simulator/servers.h"
#include "engine/world/address.h"
#include "engine/world/time.h"

namespace forwarding_bench {

/// What befalls an upstream.
enum class Fault : uint8_t {
  kKill,         ///< Nobody listens any more: ICMP, connections refused, those that are open end.
  kSilence,      ///< No packet comes back: the process stalls, or the way there is a black hole.
  kReset,        ///< All connections end at one moment, and new ones are welcome.
  kCertificate,  ///< It shows that of another.
  kServFail,     ///< It answers SERVFAIL.
};

/// Returns the word for it.
std::string_view ToText(Fault fault);

/// Resolvers that answer everything, 5 ms away with an exponential tail of 3 ms, and the faults that befall them.
class Upstreams final : public simulator::Servers {
 public:
  /// A span of time in which a fault befalls one.
  struct Span {
    world::Instant from;
    world::Instant to;
  };

  /// Has a fault befall an upstream; one each.
  void Befall(const world::Address& upstream, Fault fault, Span span);

  std::vector<simulator::Reply> Ask(const world::Address& server, world::Protocol via, world::OctetView query,
                                    world::Instant now, uint64_t draw) override;

  /// One that a fault befell.
  struct Victim {
    world::Address address;
    Fault fault{};
    Span span;
    world::Instant probed = world::kNever;      ///< When it was, since the fault ended.
    world::Instant used_again = world::kNever;  ///< When it was asked a client's question, likewise.
  };

  /// Those that a fault befell, in the order in which that was said.
  const std::vector<Victim>& victims() const { return victims_; }

 private:
  /// Returns what a victim makes of the reply to a query.
  static std::vector<simulator::Reply> Spoil(const Victim& victim, world::Protocol via, world::Instant now,
                                             simulator::Reply reply);

  std::vector<Victim> victims_;
};

}  // namespace forwarding_bench
