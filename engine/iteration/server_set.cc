#include "engine/iteration/server_set.h"

#include <algorithm>

#include "engine/iteration/delegation.h"
#include "engine/policy/upstream_guard.h"
#include "engine/world/limits.h"

namespace iteration {
namespace {

/// Returns whether the target may be asked once more.
bool MayAskAgain(const Target& target) { return !target.useless && target.times_tried < kMaxTriesPerTarget; }

}  // namespace

ServerSet::ServerSet(const cache::Delegation& delegation, std::span<const wire::RrType> families, uint16_t port,
                     const policy::UpstreamGuard& guard, const cache::Store& store, world::Instant now) {
  for (const cache::NameServer& server : delegation.servers) {
    const size_t index = servers_.size();
    const size_t before = targets_.size();
    servers_.push_back({server.name, {}, 0, false});
    Add(index, server.glue, port, guard);
    if (targets_.size() > before) continue;
    // What the cache knows is tried first; the rest is there to be found - but not of a name in the zone itself: the
    // way to it leads through the very servers that are wanted.
    const bool inside = server.name.IsAtOrBelow(delegation.zone);
    for (const wire::RrType type : families) {
      const auto known = store.Find(server.name, type, now);
      if (!known) {
        if (!inside) servers_[index].unasked.push_back(type);
      } else if (const auto* positive = std::get_if<cache::Positive>(&known->what); positive != nullptr) {
        Add(index, AddressesOf(*positive->rrset), port, guard);
      }
    }
  }
}

ServerSet::ServerSet(const wire::Name& zone, std::span<const world::Endpoint> endpoints) {
  servers_.push_back({zone, {}, 0, false});
  for (const world::Endpoint& endpoint : endpoints) targets_.push_back({endpoint, 0, 0, false});
}

void ServerSet::Add(size_t server, std::span<const world::Address> found, uint16_t port,
                    const policy::UpstreamGuard& guard) {
  size_t kept = 0;
  for (const world::Address& address : found) {
    const world::Endpoint endpoint{address, port};
    const auto same = [&](const Target& t) { return t.endpoint == endpoint; };
    if (kept == world::limits::kMaxAddressesPerServer || !guard.MayAsk(endpoint)) continue;
    ++kept;
    if (std::ranges::none_of(targets_, same)) targets_.push_back({endpoint, server, 0, Avoids(endpoint)});
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
  return std::ranges::any_of(servers_, [](const Server& s) { return s.lookups > 0; });
}

std::vector<size_t> ServerSet::Unasked() const {
  std::vector<size_t> unasked;
  for (size_t i = 0; i < servers_.size(); ++i) {
    if (!servers_[i].unasked.empty() && servers_[i].lookups == 0) unasked.push_back(i);
  }
  return unasked;
}

wire::RrType ServerSet::BeginLookUp(size_t server) {
  Server& asked = servers_[server];
  const wire::RrType type = asked.unasked.front();
  asked.unasked.erase(asked.unasked.begin());
  ++asked.lookups;
  asked.looked_up = true;
  return type;
}

void ServerSet::EndLookUp(const wire::Name& name, std::span<const world::Address> found, uint16_t port,
                          const policy::UpstreamGuard& guard) {
  for (size_t i = 0; i < servers_.size(); ++i) {
    if (servers_[i].name != name || servers_[i].lookups == 0) continue;
    --servers_[i].lookups;
    Add(i, found, port, guard);
  }
}

bool ServerSet::Avoids(const world::Endpoint& endpoint) const {
  return std::ranges::find(avoided_, endpoint) != avoided_.end();
}

void ServerSet::Avoid(std::span<const world::Endpoint> endpoints) {
  avoided_.assign(endpoints.begin(), endpoints.end());
  for (Target& target : targets_) target.useless = target.useless || Avoids(target.endpoint);
}

bool ServerSet::Without(const ServerSet& tried) {
  Avoid(tried.avoided_);
  std::erase_if(targets_, [&](const Target& target) {
    return std::ranges::find(tried.targets_, target.endpoint, &Target::endpoint) != tried.targets_.end();
  });
  for (Server& server : servers_) {
    // A name that was looked up before brings nothing by being looked up again.
    const auto before = std::ranges::find(tried.servers_, server.name, &Server::name);
    if (before != tried.servers_.end() && before->looked_up) server.unasked = before->unasked;
  }
  return !targets_.empty() || !Unasked().empty();
}

void ServerSet::Restart() {
  for (Target& target : targets_) {
    target.times_tried = 0;
    target.useless = Avoids(target.endpoint);
  }
}

}  // namespace iteration
