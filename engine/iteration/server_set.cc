#include "engine/iteration/server_set.h"

#include <algorithm>

#include "engine/iteration/delegation.h"
#include "engine/policy/upstream_guard.h"
#include "engine/world/limits.h"

namespace iteration {
namespace {

/// What the cache says of the addresses of one name.
struct Cached {
  std::vector<world::Address> addresses;
  int known = 0;  ///< Of how many of A and AAAA it is known whether they are.
};

/// Returns what the cache knows of a nameserver's addresses.
Cached CachedAddresses(const wire::Name& name, const cache::Store& store, world::Instant now) {
  Cached cached;
  for (const wire::RrType type : {wire::RrType::kA, wire::RrType::kAaaa}) {
    const auto known = store.Find(name, type, now);
    if (!known) continue;
    ++cached.known;
    if (const auto* positive = std::get_if<cache::Positive>(&known->what); positive != nullptr) {
      for (const auto& address : AddressesOf(*positive->rrset)) cached.addresses.push_back(address);
    }
  }
  return cached;
}

/// Returns whether the target may be asked once more.
bool MayAskAgain(const Target& target) { return !target.useless && target.times_tried < kMaxTriesPerTarget; }

}  // namespace

ServerSet::ServerSet(const cache::Delegation& delegation, uint16_t port, const policy::UpstreamGuard& guard,
                     const cache::Store& store, world::Instant now) {
  for (const cache::NameServer& server : delegation.servers) {
    servers_.push_back({server.name, Addresses::kUnasked, 0});
    const size_t index = servers_.size() - 1;
    Add(index, server.glue, port, guard);
    if (servers_[index].addresses == Addresses::kKnown) continue;
    const Cached cached = CachedAddresses(server.name, store, now);
    Add(index, cached.addresses, port, guard);
    if (cached.known < 2) {
      servers_[index].addresses = Addresses::kUnasked;  // What is known is tried first, the rest is there to be found.
    } else if (servers_[index].addresses != Addresses::kKnown) {
      servers_[index].addresses = Addresses::kNone;
    }
  }
}

ServerSet::ServerSet(const wire::Name& zone, std::span<const world::Endpoint> endpoints) {
  servers_.push_back({zone, Addresses::kKnown, 0});
  for (const world::Endpoint& endpoint : endpoints) targets_.push_back({endpoint, 0, 0, false});
}

void ServerSet::Add(size_t server, std::span<const world::Address> found, uint16_t port,
                    const policy::UpstreamGuard& guard) {
  size_t kept = 0;
  for (const world::Address& address : found) {
    const world::Endpoint endpoint{address, port};
    const auto same = [&](const Target& t) { return t.endpoint == endpoint; };
    if (kept == world::limits::kMaxAddressesPerServer || !guard.MayAsk(endpoint)) continue;
    servers_[server].addresses = Addresses::kKnown;
    ++kept;
    if (std::ranges::none_of(targets_, same)) targets_.push_back({endpoint, server, 0, false});
  }
}

std::vector<servers::Candidate> ServerSet::Candidates(std::vector<size_t>& indices) const {
  std::vector<servers::Candidate> candidates;
  indices.clear();
  for (size_t i = 0; i < targets_.size(); ++i) {
    if (!MayAskAgain(targets_[i])) continue;
    candidates.push_back({targets_[i].endpoint.address, targets_[i].times_tried, targets_[i].useless});
    indices.push_back(i);
  }
  return candidates;
}

bool ServerSet::AllTried() const {
  return std::ranges::all_of(targets_, [](const Target& t) { return !MayAskAgain(t) || t.times_tried > 0; });
}

bool ServerSet::Asking() const {
  return std::ranges::any_of(servers_, [](const Server& s) { return s.addresses == Addresses::kAsking; });
}

std::vector<size_t> ServerSet::Unasked() const {
  std::vector<size_t> unasked;
  for (size_t i = 0; i < servers_.size(); ++i) {
    if (servers_[i].addresses == Addresses::kUnasked) unasked.push_back(i);
  }
  return unasked;
}

void ServerSet::BeginLookUp(size_t server) {
  servers_[server].addresses = Addresses::kAsking;
  ++servers_[server].lookups;
}

void ServerSet::EndLookUp(const wire::Name& name, std::span<const world::Address> found, uint16_t port,
                          const policy::UpstreamGuard& guard) {
  for (size_t i = 0; i < servers_.size(); ++i) {
    if (servers_[i].name != name || servers_[i].lookups == 0) continue;
    --servers_[i].lookups;
    Add(i, found, port, guard);
    if (servers_[i].lookups == 0 && servers_[i].addresses == Addresses::kAsking)
      servers_[i].addresses = Addresses::kNone;
  }
}

bool ServerSet::Without(const ServerSet& tried) {
  std::erase_if(targets_, [&](const Target& target) {
    return std::ranges::find(tried.targets_, target.endpoint, &Target::endpoint) != tried.targets_.end();
  });
  for (Server& server : servers_) {
    // A name that was looked up before brings nothing by being looked up again.
    const auto before = std::ranges::find(tried.servers_, server.name, &Server::name);
    const bool in_vain = before != tried.servers_.end() && before->addresses != Addresses::kUnasked;
    if (in_vain && server.addresses == Addresses::kUnasked) server.addresses = Addresses::kNone;
  }
  return !targets_.empty() || !Unasked().empty();
}

void ServerSet::Restart() {
  for (Target& target : targets_) {
    target.times_tried = 0;
    target.useless = false;
  }
}

}  // namespace iteration
