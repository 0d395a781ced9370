#include "bench/selection/internet.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace selection {
namespace {

using world::Duration;
using world::Instant;

/// When the kernel sends again what was lost of a connection (RFC 6298 section 2.1).
constexpr Duration kStreamRepeats = world::Seconds(1);

/// What the draws of one packet are for.
enum Salt : uint64_t { kLost, kJitter, kTail, kTailLength };

/// Returns 64 well mixed bits (SplitMix64).
uint64_t Mix(uint64_t z) {
  z += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

/// Returns the time that an answer takes: a little jitter always, and for one in a hundred a long tail.
Duration DelayOf(Duration rtt, uint64_t seed, uint64_t packet) {
  const auto base = static_cast<double>(rtt.count());
  double delay = base * 0.98 - std::log(1 - Draw(seed, packet, kJitter)) * (0.03 * base + 200);
  if (Draw(seed, packet, kTail) < 0.01) delay += 3 * base * Draw(seed, packet, kTailLength);
  return Duration(static_cast<int64_t>(delay));
}

/// Returns the server of the zone for which `better` says so over all others.
template <typename Better>
size_t BestOf(const Internet& internet, size_t zone, Better better) {
  return *std::ranges::min_element(internet.zones[zone], better,
                                   [&](size_t server) { return internet.servers[server].phases.front().rtt; });
}

}  // namespace

world::Address AddressOf(size_t server, world::Family family) {
  const auto high = static_cast<uint8_t>(server >> 8);
  const auto low = static_cast<uint8_t>(server);
  // Public ones: of a private one the uplink is never blamed. No packet leaves the bench.
  if (family == world::Family::kIpv4) return *world::Address::FromOctets(std::array<uint8_t, 4>{11, high, low, 1});
  std::array<uint8_t, 16> octets = {0x20, 0x01, 0x0d, 0xb8, high, low};
  octets[15] = 1;
  return *world::Address::FromOctets(octets);
}

double Draw(uint64_t seed, uint64_t what, uint64_t salt) {
  return static_cast<double>(Mix(Mix(Mix(seed) ^ what) + salt) >> 11) * 0x1p-53;
}

const Phase& Internet::PhaseOf(size_t server, Instant now) const {
  const std::vector<Phase>& phases = servers[server].phases;
  const auto next = std::ranges::upper_bound(phases, now, {}, &Phase::from);
  return *std::prev(next);
}

std::optional<Reply> Internet::Ask(const Packet& packet, Instant now) const {
  const Phase& phase = PhaseOf(packet.server, now);
  if (phase.temper == Temper::kDead) return std::nullopt;
  const uint64_t fate = Mix(packet.query << 24 ^ packet.server << 8 ^ packet.attempt);
  const bool is_lost = Draw(seed, fate, kLost) < loss;
  if (is_lost && packet.via == world::Protocol::kUdp) return std::nullopt;
  Duration delay = DelayOf(phase.rtt, seed, fate);
  if (packet.via == world::Protocol::kTcp) delay += phase.rtt + (is_lost ? kStreamRepeats : Duration{});
  for (const Outage& outage : outages) {
    if (now + delay >= outage.from && now < outage.to) return std::nullopt;
  }
  switch (phase.temper) {
    case Temper::kLame:
      return Reply{delay, servers::Report::kLame};
    case Temper::kServFail:
      return Reply{delay, servers::Report::kServFail};
    case Temper::kHealthy:
    case Temper::kDead:
      break;
  }
  return Reply{delay, servers::Report::kValid};
}

Internet MakeInternet(const Recipe& recipe) {
  Internet internet{.seed = recipe.seed, .servers = {}, .zones = {}, .outages = {}};
  for (size_t zone = 0; zone < recipe.zones; ++zone) {
    const auto span = static_cast<double>(recipe.most_servers - recipe.least_servers + 1);
    const size_t count = recipe.least_servers + static_cast<size_t>(span * Draw(recipe.seed, zone, 10));
    std::vector<size_t>& members = internet.zones.emplace_back();
    for (size_t i = 0; i < count; ++i) {
      const size_t server = internet.servers.size();
      const double width = std::log(recipe.most_rtt_ms / recipe.least_rtt_ms);
      const double rtt_ms = recipe.least_rtt_ms * std::exp(width * Draw(recipe.seed, server, 11));
      const Duration rtt(static_cast<int64_t>(rtt_ms * 1'000));
      const world::Family family = server % 2 == 0 ? world::Family::kIpv4 : world::Family::kIpv6;
      internet.servers.push_back({AddressOf(server, family), {{kStart, Temper::kHealthy, rtt}}});
      members.push_back(server);
    }
  }
  return internet;
}

size_t FastestOf(const Internet& internet, size_t zone) { return BestOf(internet, zone, std::less{}); }
size_t SlowestOf(const Internet& internet, size_t zone) { return BestOf(internet, zone, std::greater{}); }

}  // namespace selection
