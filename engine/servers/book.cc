#include "engine/servers/book.h"

#include <absl/container/inlined_vector.h>
#include <absl/hash/hash.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "engine/servers/address_record.h"
#include "engine/servers/chooser.h"
#include "engine/servers/exploration_budget.h"
#include "engine/servers/figures.h"
#include "engine/servers/memory.h"
#include "engine/servers/standing.h"
#include "engine/servers/table.h"
#include "engine/servers/zone_record.h"

namespace servers {
namespace {

using chooser::Prospect;
using world::Address;
using world::Instant;

/// Locks of each of the two tables. 64 keep two dozen workers out of each other's way.
constexpr size_t kShards = 64;

/// Servers that are kept of one zone.
constexpr size_t kMaxServersPerZone = world::limits::kMaxNameServers * world::limits::kMaxAddressesPerServer;

/// Addresses of one shard.
struct alignas(64) AddressShard {
  std::mutex mutex;
  Table<Address, AddressRecord> table{world::limits::kMaxMeasuredAddresses / kShards};
};

/// Zones of one shard, bounded by the servers in them.
struct alignas(64) ZoneShard {
  static constexpr size_t kMostServers = world::limits::kMaxServerZones / kShards;

  /// Returns the record of (address, zone), made if there is none, or null when the zone is full.
  ServerInZone* FindOrAdd(const Address& address, const wire::Name& zone);

  std::mutex mutex;
  Table<wire::Name, ZoneRecord> table{kMostServers};
  size_t servers = 0;
};

ServerInZone* ZoneShard::FindOrAdd(const Address& address, const wire::Name& zone) {
  if (ZoneRecord* const record = table.Find(zone)) {
    if (ServerInZone* const server = record->Find(address)) return server;
    if (record->servers.size() >= kMaxServersPerZone) return nullptr;
  }
  while (servers >= kMostServers) servers -= table.EvictOne().servers.size();
  ++servers;
  return &table.FindOrAdd(zone).servers.emplace_back(ServerInZone{.address = address});
}

/// Makes room for so many entries more before a lock is taken: to move what is there already takes longer than to copy
/// a shard.
template <typename Entry>
void MakeRoom(size_t more, std::vector<Entry>& entries) {
  if (entries.capacity() - entries.size() < more) entries.reserve(std::max(2 * entries.size(), entries.size() + more));
}

}  // namespace

/// The two tables.
struct Book::State {
  State(const BookOptions& options, const Figures& by)
      : figures(by),
        exploring(options.exploration_percent),
        probing(std::min(options.exploration_percent, figures.probing_percent)) {}

  /// Returns the part of a table that an address or a zone belongs to.
  AddressShard& ShardOf(const Address& address) { return addresses[absl::HashOf(address) % kShards]; }
  ZoneShard& ShardOf(const wire::Name& zone) { return zones[absl::HashOf(zone) % kShards]; }

  /// Returns what is known of an address.
  AddressRecord RecordOf(const Address& address);
  /// Returns what is known of the servers of a zone.
  ZoneRecord RecordOf(const wire::Name& zone);
  /// Calls `change(AddressRecord&)` under the address's lock.
  template <typename Change>
  void Update(const Address& address, Change change);
  /// Calls `change(ServerInZone&)` under the zone's lock, if there is room for the pair.
  template <typename Change>
  void Update(const Address& address, const wire::Name& zone, Change change);

  const Figures figures;
  std::array<AddressShard, kShards> addresses;
  std::array<ZoneShard, kShards> zones;
  ExplorationBudget exploring;
  ExplorationBudget probing;
};

AddressRecord Book::State::RecordOf(const Address& address) {
  AddressShard& shard = ShardOf(address);
  const std::lock_guard lock(shard.mutex);
  const AddressRecord* const record = shard.table.Find(address);
  return record == nullptr ? AddressRecord{} : *record;
}

ZoneRecord Book::State::RecordOf(const wire::Name& zone) {
  ZoneShard& shard = ShardOf(zone);
  const std::lock_guard lock(shard.mutex);
  const ZoneRecord* const record = shard.table.Find(zone);
  return record == nullptr ? ZoneRecord{} : *record;
}

template <typename Change>
void Book::State::Update(const Address& address, Change change) {
  AddressShard& shard = ShardOf(address);
  const std::lock_guard lock(shard.mutex);
  change(shard.table.FindOrAdd(address));
}

template <typename Change>
void Book::State::Update(const Address& address, const wire::Name& zone, Change change) {
  ZoneShard& shard = ShardOf(zone);
  const std::lock_guard lock(shard.mutex);
  if (ServerInZone* const server = shard.FindOrAdd(address, zone)) change(*server);
}

std::string_view ToText(Report report) {
  switch (report) {
    case Report::kValid:
      return "valid";
    case Report::kServFail:
      return "SERVFAIL";
    case Report::kRefused:
      return "REFUSED";
    case Report::kLame:
      return "lame";
    case Report::kFormErr:
      return "FORMERR";
    case Report::kNoEdns:
      return "no EDNS";
  }
  return "";
}

Book::Book() : Book(BookOptions{}) {}
Book::Book(const BookOptions& options) : Book(options, kFigures) {}
Book::Book(const BookOptions& options, const Figures& figures) : state_(std::make_unique<State>(options, figures)) {}
Book::~Book() = default;

std::optional<Choice> Book::Choose(std::span<const Candidate> candidates, const wire::Name& zone, Instant now,
                                   world::Random& random) {
  const ZoneRecord of_zone = state_->RecordOf(zone);
  absl::InlinedVector<Prospect, 16> prospects;
  for (const Candidate& candidate : candidates) {
    const ServerInZone* const in_zone = of_zone.Find(candidate.address);
    prospects.push_back({.address = state_->RecordOf(candidate.address),
                         .in_zone = in_zone == nullptr ? ServerInZone{.address = candidate.address} : *in_zone,
                         .times_tried = candidate.times_tried,
                         .answered_badly = candidate.answered_badly,
                         .is_cut_off = uplink_.IsCutOff(candidate.address.family())});
  }
  const std::span<const Prospect> all(prospects.data(), prospects.size());
  std::optional<Choice> choice = chooser::Pick(all, now, random, state_->figures);
  if (!choice) return choice;
  if (uplink_.StateOf(candidates[choice->index].address.family()) == Link::kDown) {
    choice->timeout = std::min(choice->timeout, kProbePeriod);
  }
  if (all.size() == 1) return choice;
  choice->aside = chooser::PickAside(all, choice->index, now, state_->figures);
  if (choice->aside) {
    ExplorationBudget& budget = choice->aside->reason == chooser::kProbing ? state_->probing : state_->exploring;
    if (!budget.Take()) choice->aside.reset();
  }
  ProbeCutOff(all, *choice, now);
  if (choice->aside) {
    state_->Update(candidates[choice->aside->index].address, [](AddressRecord& record) { ++record.explorations; });
  }
  return choice;
}

void Book::ProbeCutOff(std::span<const Prospect> prospects, Choice& choice, Instant now) {
  const auto family = prospects[choice.index].in_zone.address.family() == world::Family::kIpv4 ? world::Family::kIpv6
                                                                                               : world::Family::kIpv4;
  if (!uplink_.IsCutOff(family)) return;
  auto probe = chooser::PickProbe(prospects, family, now);
  if (probe && uplink_.TakeProbe(family, now)) choice.aside = probe;
}

void Book::Sent(const Address& address, const wire::Name& zone, Instant now) {
  state_->exploring.Add();
  state_->probing.Add();
  state_->Update(address, [&](AddressRecord& record) { record.Sent(now); });
  state_->Update(address, zone, [](ServerInZone& server) { ++server.asked; });
}

void Book::Answered(const Address& address, const wire::Name& zone, world::Protocol via, world::Duration rtt,
                    Report report, Instant now) {
  uplink_.Answered(address, now);
  state_->Update(address, [&](AddressRecord& record) { record.Answered(via, rtt, report, now, state_->figures); });
  state_->Update(address, zone, [&](ServerInZone& server) { server.Answered(report, now); });
}

void Book::Won(const Address& address) {
  state_->Update(address, [](AddressRecord& record) { ++record.won; });
}

bool Book::IsExcused(const Address& address, Instant sent, Instant now) {
  const AddressRecord record = state_->RecordOf(address);
  const Ruling ruling = uplink_.Failed({address, sent, record.answered > 0 && !record.IsSilent()}, now);
  for (const Address& each : ruling.forgiven) {
    state_->Update(each, [](AddressRecord& forgiven) { forgiven.Forgive(); });
  }
  return ruling.is_excused;
}

void Book::TimedOut(const Address& address, const wire::Name&, Instant sent, Instant now) {
  if (IsExcused(address, sent, now)) return;
  state_->Update(address, [&](AddressRecord& record) { record.TimedOut(sent, now, state_->figures); });
}

void Book::Unreachable(const Address& address, const wire::Name&, world::Mishap mishap, Instant now) {
  // A port that is closed and a connection that is cut are the server's; no route may be the want of all of them.
  if (mishap == world::Mishap::kUnreachable && IsExcused(address, now, now)) return;
  state_->Update(address, [&](AddressRecord& record) { record.Unreachable(now, state_->figures); });
}

std::vector<Standing> Book::OfZone(const wire::Name& zone, Instant now) const {
  std::vector<Prospect> prospects;
  for (const ServerInZone& server : state_->RecordOf(zone).servers) {
    prospects.push_back({.address = state_->RecordOf(server.address),
                         .in_zone = server,
                         .is_cut_off = uplink_.IsCutOff(server.address.family())});
  }
  std::ranges::sort(prospects, {}, [&](const Prospect& prospect) {
    return std::pair(chooser::Assess(prospect, now).cost, prospect.in_zone.address);
  });
  Field field{.zone = zone};
  if (!prospects.empty()) field.best = chooser::Assess(prospects.front(), now).cost;
  for (const Prospect& prospect : prospects) field.asked += prospect.in_zone.asked;
  std::vector<Standing> standings;
  standings.reserve(prospects.size());
  for (const Prospect& prospect : prospects) standings.push_back(ToStanding(prospect, field, now));
  return standings;
}

std::vector<Standing> Book::OfAddress(const Address& address, Instant now) const {
  std::vector<wire::Name> served;
  for (ZoneShard& shard : state_->zones) {
    const std::lock_guard lock(shard.mutex);
    shard.table.ForEach([&](const wire::Name& zone, const ZoneRecord& of_zone) {
      if (of_zone.Find(address) != nullptr) served.push_back(zone);
    });
  }
  std::ranges::sort(served);
  std::vector<Standing> standings;
  for (const wire::Name& zone : served) {
    // Its place is one among the zone's other servers.
    for (Standing& standing : OfZone(zone, now)) {
      if (standing.address == address) standings.push_back(std::move(standing));
    }
  }
  return standings;
}

std::vector<Standing> Book::Busiest(size_t most, Instant now) const {
  using Busy = std::pair<uint64_t, Address>;
  std::vector<Busy> busiest;  // A heap whose front is the least busy one.
  for (AddressShard& shard : state_->addresses) {
    const std::lock_guard lock(shard.mutex);
    shard.table.ForEach([&](const Address& address, const AddressRecord& record) {
      busiest.emplace_back(record.asked, address);
      std::ranges::push_heap(busiest, std::greater{});
      if (busiest.size() <= most) return;
      std::ranges::pop_heap(busiest, std::greater{});
      busiest.pop_back();
    });
  }
  std::ranges::sort(busiest, std::greater{});
  std::vector<Standing> standings;
  for (const Busy& busy : busiest) {
    const Prospect prospect{.address = state_->RecordOf(busy.second),
                            .in_zone = {.address = busy.second},
                            .is_cut_off = uplink_.IsCutOff(busy.second.family())};
    standings.push_back(ToStanding(prospect, std::nullopt, now));
  }
  return standings;
}

Memory Book::Remember() const {
  Memory memory;
  for (AddressShard& shard : state_->addresses) {
    MakeRoom(world::limits::kMaxMeasuredAddresses / kShards, memory.addresses);
    const std::lock_guard lock(shard.mutex);
    shard.table.ForEach([&](const Address& address, const AddressRecord& record) {
      memory.addresses.push_back({address, record});
    });
  }
  for (ZoneShard& shard : state_->zones) {
    MakeRoom(ZoneShard::kMostServers, memory.zones);
    const std::lock_guard lock(shard.mutex);
    shard.table.ForEach([&](const wire::Name& zone, const ZoneRecord& record) {
      memory.zones.push_back({zone, record});
    });
  }
  return memory;
}

void Book::Restore(const Memory& memory) {
  for (const Memory::OfAddress& entry : memory.addresses) {
    state_->Update(entry.address, [&](AddressRecord& record) {
      if (record.asked == 0) record = entry.record;
    });
  }
  for (const Memory::OfZone& entry : memory.zones) {
    for (const ServerInZone& server : entry.record.servers) {
      state_->Update(server.address, entry.zone, [&](ServerInZone& known) {
        if (known.asked == 0) known = server;
      });
    }
  }
}

}  // namespace servers
