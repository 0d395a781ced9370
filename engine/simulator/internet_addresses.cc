#include "engine/simulator/internet_addresses.h"

#include <algorithm>
#include <cmath>

#include "engine/world/check.h"

namespace simulator {
namespace {

/// How often each temper is met among a hundred broken servers; kHealthy has what is left of the ring.
constexpr std::array<uint32_t, kTempers> kOdds = {
    0,   // kHealthy
    14,  // kSlow
    16,  // kDead
    8,   // kLame
    8,   // kServFail
    8,   // kRefused
    8,   // kFormErrOnEdns
    2,   // kDropsEdns
    6,   // kDropsTcp
    6,   // kTruncates
    5,   // kWrongId
    3,   // kWrongQuestion
    6,   // kLies
    6,   // kFailsMinimised
    4,   // kFlaps
};

/// Returns the number that undoes a multiplication by the odd `factor` modulo 2^16 (Newton's iteration).
constexpr uint16_t InverseOf(uint16_t factor) {
  uint32_t x = factor;
  for (int i = 0; i < 4; ++i) x *= 2 - factor * x;
  return static_cast<uint16_t>(x);
}

/// Returns the last sixteen bits of an address.
uint16_t LastBits(const world::Address& address) {
  world::OctetView octets = address.octets();
  return static_cast<uint16_t>(octets[octets.size() - 2] << 8 | octets.back());
}

/// Returns whether no server of the model may be in this block of 2^24 IPv4 addresses: it holds special-use addresses
/// (RFC 6890) or multicast.
constexpr bool IsReservedBlock(uint8_t first) {
  switch (first) {
    case 0:
    case 10:
    case 100:
    case 127:
    case 169:
    case 172:
    case 192:
    case 198:
    case 203:
      return true;
    default:
      return first >= 224;
  }
}

/// Returns the IPv4 address with the given last bits; the others are drawn from `bits`.
world::Address MakeIpv4(uint64_t bits, uint16_t last) {
  auto first = static_cast<uint8_t>(bits);
  while (IsReservedBlock(first)) first = static_cast<uint8_t>(first * 5 + 77);
  const std::array<uint8_t, 4> octets = {first, static_cast<uint8_t>(bits >> 8), static_cast<uint8_t>(last >> 8),
                                         static_cast<uint8_t>(last)};
  return *world::Address::FromOctets(octets);
}

/// Returns the address in 127.16/12 and above with the given last bits: below are the lab's root and TLDs, and the
/// resolver.
world::Address MakeLoopback(uint64_t bits, uint16_t last) {
  const auto second = static_cast<uint8_t>(16 + (bits >> 8 & 0xff) % 240);
  const std::array<uint8_t, 4> octets = {127, second, static_cast<uint8_t>(last >> 8), static_cast<uint8_t>(last)};
  return *world::Address::FromOctets(octets);
}

/// Returns the IPv6 address with the given last bits, within 2400::/6.
world::Address MakeIpv6(uint64_t bits, uint16_t last) {
  std::array<uint8_t, 16> octets{};
  octets[0] = static_cast<uint8_t>(0x24 + (bits & 3));
  for (size_t i = 1; i < 8; ++i) octets[i] = static_cast<uint8_t>(bits >> (8 * i));
  octets[14] = static_cast<uint8_t>(last >> 8);
  octets[15] = static_cast<uint8_t>(last);
  return *world::Address::FromOctets(octets);
}

}  // namespace

Addresses::Addresses(const InternetOptions& options, const zone::Zone& root)
    : seed_(options.seed),
      loopback_(options.loopback),
      least_us_(static_cast<uint64_t>(std::max<int64_t>(options.least_latency.count(), 0))),
      most_us_(std::max(static_cast<uint64_t>(std::max<int64_t>(options.most_latency.count(), 0)), least_us_)),
      never_(options.never),
      multiplier_(static_cast<uint16_t>(Scramble(options.seed) | 1)),
      inverse_(InverseOf(multiplier_)) {
  LayBands(options.tempers ? std::clamp(options.broken_servers_permille, 0, 1000) : 0);
  ListServers(root);
}

void Addresses::LayBands(int broken_permille) {
  uint32_t total = 0;
  for (uint32_t odds : kOdds) total += odds;
  uint32_t at = 0;
  for (size_t i = 0; i < kTempers; ++i) {
    const uint32_t width = static_cast<uint32_t>(broken_permille) * 65536 / 1000 * kOdds[i] / total;
    bands_[i] = {at, at + width};
    at += width;
  }
  bands_[static_cast<size_t>(Temper::kHealthy)] = {at, 65536};
}

void Addresses::ListServers(const zone::Zone& root) {
  for (const wire::RrSet& set : root.rrsets()) {
    if (set.type != wire::RrType::kNs) continue;
    for (wire::RrType type : {wire::RrType::kA, wire::RrType::kAaaa}) {
      std::vector<world::Address> addresses;
      for (world::OctetView rdata : set.rdatas) {
        const auto host = wire::TargetName(wire::RrType::kNs, rdata);
        const wire::RrSet* glue = host ? root.Exact(*host, type) : nullptr;
        if (glue == nullptr) continue;
        for (world::OctetView octets : glue->rdatas) {
          if (auto address = world::Address::FromOctets(octets)) addresses.push_back(*address);
        }
      }
      for (const world::Address& address : addresses) {
        listed_.try_emplace(address, set.owner.IsRoot()
                                         ? Temper::kHealthy
                                         : TemperAt(static_cast<uint16_t>(uint32_t{LastBits(address)} * multiplier_)));
      }
      HealEnough(addresses);
    }
  }
}

void Addresses::HealEnough(std::span<const world::Address> addresses) {
  const auto is_healthy = [this](const world::Address& address) { return listed_[address] == Temper::kHealthy; };
  auto healthy = static_cast<size_t>(std::ranges::count_if(addresses, is_healthy));
  for (const world::Address& address : addresses) {
    if (healthy * 3 >= addresses.size() * 2) return;
    if (is_healthy(address)) continue;
    listed_[address] = Temper::kHealthy;
    ++healthy;
  }
}

Temper Addresses::TemperAt(uint16_t place) const {
  for (size_t i = 1; i < kTempers; ++i) {
    if (place >= bands_[i].begin && place < bands_[i].end) return static_cast<Temper>(i);
  }
  return Temper::kHealthy;
}

bool Addresses::CanBreak() const {
  return std::ranges::all_of(bands_, [](const Band& band) { return band.begin < band.end; });
}

Temper Addresses::TemperOf(const world::Address& address) const {
  if (auto it = listed_.find(address); it != listed_.end()) return it->second;
  return TemperAt(static_cast<uint16_t>(uint32_t{LastBits(address)} * multiplier_));
}

world::Address Addresses::Make(Lot host, world::Family family) const { return MakeWithin({0, 65536}, host, family); }

world::Address Addresses::MakeIdle(Lot owner, world::Family family) {
  const uint64_t bits = Roll(owner, Matter::kAddressRetry, static_cast<uint64_t>(family));
  const auto last = static_cast<uint16_t>(bits >> 48);
  return family == world::Family::kIpv4 ? MakeIpv4(bits, last) : MakeIpv6(bits, last);
}

world::Address Addresses::MakeWith(Temper temper, Lot host, world::Family family) const {
  const Band band = bands_[static_cast<size_t>(temper)];
  CHECK(band.begin < band.end);
  return MakeWithin(band, host, family);
}

world::Address Addresses::MakeWithin(Band band, Lot host, world::Family family) const {
  for (uint64_t attempt = 0;; ++attempt) {
    const uint64_t bits = Roll(host, Matter::kAddress, attempt * 2 + static_cast<uint64_t>(family));
    const auto place = static_cast<uint16_t>(band.begin + (bits >> 48) % (band.end - band.begin));
    const auto last = static_cast<uint16_t>(uint32_t{place} * inverse_);
    const world::Address address = loopback_                        ? MakeLoopback(bits, last)
                                   : family == world::Family::kIpv4 ? MakeIpv4(bits, last)
                                                                    : MakeIpv6(bits, last);
    // A TLD's server may have been healed, and so no longer have the temper that its last bits tell.
    if (std::ranges::find(never_, address) == never_.end() && !listed_.contains(address)) return address;
  }
}

Lot Addresses::LotOf(const world::Address& address) const {
  uint64_t hash = Scramble(seed_);
  for (uint8_t octet : address.octets()) hash = (hash ^ octet) * 0x100000001b3ULL;
  return Lot{Scramble(hash)};
}

world::Duration Addresses::LatencyOf(const world::Address& address) const {
  const double spread = std::log(static_cast<double>(most_us_ + 1) / static_cast<double>(least_us_ + 1));
  const double unit = static_cast<double>(Roll(LotOf(address), Matter::kLatency) >> 11) * 0x1p-53;
  // Most servers are near and few are far: the logarithm is uniform, not the time itself.
  const world::Duration base(static_cast<int64_t>(static_cast<double>(least_us_ + 1) * std::exp(spread * unit)) - 1);
  if (TemperOf(address) != Temper::kSlow) return base;
  return std::max(base, std::min(base * 10, kMostSlowLatency));
}

}  // namespace simulator
