#include "engine/iteration/delegation.h"

#include <algorithm>
#include <utility>

#include "engine/world/limits.h"

namespace iteration {
namespace {

namespace limits = world::limits;

using cache::Delegation;
using cache::NameServer;

/// How long a delegation lives that is made again at need: hints and the root zone do not age by TTL.
constexpr world::Duration kHintsLife = world::Seconds(3'600);

/// Returns the nameservers that an NS set names, each once, without addresses.
std::vector<NameServer> ServersOf(const wire::RrSet& ns) {
  std::vector<NameServer> servers;
  for (const world::OctetView rdata : ns.rdatas) {
    std::optional<wire::Name> name = wire::TargetName(wire::RrType::kNs, rdata);
    const auto same = [&](const NameServer& s) { return s.name == *name; };
    if (name && std::ranges::none_of(servers, same)) servers.push_back({*std::move(name), {}});
  }
  return servers;
}

/// Gives a server the addresses of a set of its own, as far as the limit goes; returns how many were left out.
uint64_t AddGlue(NameServer& server, const wire::RrSet& rrset) {
  uint64_t left_out = 0;
  for (const world::Address& address : AddressesOf(rrset)) {
    if (server.glue.size() < limits::kMaxAddressesPerServer) {
      server.glue.push_back(address);
    } else {
      ++left_out;
    }
  }
  return left_out;
}

/// Keeps at most kMaxNameServers, those with glue first; returns how many were left out.
uint64_t Trim(std::vector<NameServer>& servers) {
  if (servers.size() <= limits::kMaxNameServers) return 0;
  std::ranges::stable_partition(servers, [](const NameServer& s) { return !s.glue.empty(); });
  const uint64_t left_out = servers.size() - limits::kMaxNameServers;
  servers.resize(limits::kMaxNameServers);
  return left_out;
}

/// Makes a delegation of its NS set and the address sets beside it. `Set` is a set or a pointer to one.
template <typename Sets, typename AsSet>
Built Assemble(const wire::RrSet& ns, const Sets& glue, AsSet as_set, world::Instant expires) {
  Built built{{ns.owner, ServersOf(ns), expires}, 0, 0};
  for (const auto& entry : glue) {
    const wire::RrSet& rrset = as_set(entry);
    for (NameServer& server : built.delegation.servers) {
      if (server.name == rrset.owner) built.addresses_left_out += AddGlue(server, rrset);
    }
  }
  built.servers_left_out = Trim(built.delegation.servers);
  return built;
}

}  // namespace

std::vector<world::Address> AddressesOf(const wire::RrSet& rrset) {
  std::vector<world::Address> addresses;
  const size_t octets = rrset.type == wire::RrType::kA ? 4 : rrset.type == wire::RrType::kAaaa ? 16 : 0;
  for (const world::OctetView rdata : rrset.rdatas) {
    if (rdata.size() == octets) addresses.push_back(*world::Address::FromOctets(rdata));
  }
  return addresses;
}

Built FromReferral(const Referred& referral, world::Instant parent_expires, world::Duration longest,
                   world::Instant now) {
  const world::Duration life = std::min<world::Duration>(world::Seconds(referral.ns.ttl), longest);
  const auto same = [](const wire::RrSet& s) -> const wire::RrSet& { return s; };
  return Assemble(referral.ns, referral.glue, same, std::min(now + life, parent_expires));
}

Built FromRootZone(const zone::Referral& referral, world::Instant now) {
  const auto pointed = [](const wire::RrSet* s) -> const wire::RrSet& { return *s; };
  return Assemble(*referral.ns, referral.glue, pointed, now + world::Seconds(referral.ns->ttl));
}

Delegation FromHints(const zone::RootHints& hints, world::Instant now) {
  Delegation root{wire::Name(), {}, now + kHintsLife};
  for (const zone::RootHint& hint : hints) root.servers.push_back({hint.name, hint.addresses});
  Trim(root.servers);
  return root;
}

std::optional<Delegation> FromPriming(const wire::RrSet& ns, const std::vector<wire::RrSet>& addresses,
                                      const zone::RootHints& hints, world::Duration longest, world::Instant now) {
  Built built = FromReferral({ns, addresses, std::nullopt}, world::kNever, longest, now);
  // The additional section may leave addresses out (RFC 8109 section 4.2): those of the hints serve until they are
  // looked up.
  bool some = false;
  for (NameServer& server : built.delegation.servers) {
    for (const zone::RootHint& hint : hints) {
      if (server.glue.empty() && hint.name == server.name) server.glue = hint.addresses;
    }
    some = some || !server.glue.empty();
  }
  if (!some && built.delegation.servers.empty()) return std::nullopt;
  return std::move(built.delegation);
}

Built FromChild(const Delegation& parent, const wire::RrSet& ns) {
  Built built{{parent.zone, ServersOf(ns), parent.expires}, 0, 0};
  for (NameServer& server : built.delegation.servers) {
    for (const NameServer& known : parent.servers) {
      if (known.name == server.name) server.glue = known.glue;
    }
  }
  built.servers_left_out = Trim(built.delegation.servers);
  return built;
}

}  // namespace iteration
