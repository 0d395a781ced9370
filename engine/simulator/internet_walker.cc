#include "engine/simulator/internet_walker.h"

#include <algorithm>

namespace simulator {
namespace {

constexpr int kMostDepth = 8;
constexpr int kMostReferrals = 12;
constexpr int kMostAliases = 16;

/// Returns the set of that owner and type.
const wire::RrSet* Pick(const std::vector<wire::RrSet>& section, const wire::Name& owner, wire::RrType type) {
  const auto it =
      std::ranges::find_if(section, [&](const wire::RrSet& set) { return set.owner == owner && set.type == type; });
  return it == section.end() ? nullptr : &*it;
}

/// Returns the NS set of a referral from `zone` towards `name`.
const wire::RrSet* ReferralOf(const wire::Message& response, const wire::Name& zone, const wire::Name& name) {
  if (response.header.aa || !response.answer.empty()) return nullptr;
  const auto it = std::ranges::find_if(response.authority, [&](const wire::RrSet& set) {
    return set.type == wire::RrType::kNs && set.owner.IsBelow(zone) && name.IsAtOrBelow(set.owner);
  });
  return it == response.authority.end() ? nullptr : &*it;
}

/// Returns whether the response answers, denies or refers.
bool IsValid(const wire::Message& response, const wire::Name& zone) {
  const wire::Rcode rcode = response.header.rcode;
  if (rcode != wire::Rcode::kNoError && rcode != wire::Rcode::kNxDomain && rcode != wire::Rcode::kYxDomain)
    return false;
  return response.header.aa || ReferralOf(response, zone, response.question->name) != nullptr;
}

/// Adds the addresses of a set.
void AddAddresses(const wire::RrSet* set, std::vector<world::Address>& addresses) {
  if (set == nullptr) return;
  for (world::OctetView rdata : set->rdatas) {
    if (auto address = world::Address::FromOctets(rdata)) addresses.push_back(*address);
  }
}

}  // namespace

std::optional<wire::Message> Walker::Send(const world::Address& server, world::Protocol via,
                                          const wire::Question& question, const std::optional<wire::Edns>& edns,
                                          world::Instant now) {
  const auto id = static_cast<uint16_t>(++draw_ * 40'503);
  const world::Octets query = wire::MakeQuery(id, question, wire::Recursion::kNotDesired, edns);
  for (const Reply& reply : internet_.Ask(server, via, query, now, draw_, census_)) {
    auto response = wire::Parse(reply.octets);
    if (response && response->header.id == id && response->question == question) {
      if (question.type != wire::RrType::kTxt) largest_ = std::max(largest_, reply.octets.size());
      return response;
    }
  }
  return {};
}

std::optional<wire::Message> Walker::AskOne(const world::Address& server, const wire::Question& question,
                                            world::Instant now) {
  std::optional<wire::Edns> edns = wire::Edns{};
  auto response = Send(server, world::Protocol::kUdp, question, edns, now);
  if (!response || response->header.rcode == wire::Rcode::kFormErr) {
    edns.reset();
    response = Send(server, world::Protocol::kUdp, question, edns, now);
  }
  if (response && response->header.tc) response = Send(server, world::Protocol::kTcp, question, edns, now);
  return response;
}

std::vector<world::Address> Walker::AddressesOf(const wire::Name& name, world::Instant now, int depth) {
  std::vector<world::Address> addresses;
  for (wire::RrType type : {wire::RrType::kA, wire::RrType::kAaaa}) {
    const auto response = Descend({name, type}, now, depth + 1);
    if (response) AddAddresses(Pick(response->answer, name, type), addresses);
  }
  return addresses;
}

std::optional<wire::Message> Walker::AskAny(Servers& servers, const wire::Question& question, world::Instant now,
                                            int depth) {
  for (size_t next_name = 0;;) {
    for (const world::Address& address : servers.addresses) {
      auto response = AskOne(address, question, now);
      if (response && IsValid(*response, servers.zone)) return response;
    }
    if (next_name == servers.names.size()) return {};
    servers.addresses = AddressesOf(servers.names[next_name++], now, depth);
  }
}

std::optional<wire::Message> Walker::Descend(const wire::Question& question, world::Instant now, int depth) {
  if (depth > kMostDepth) return {};
  Servers servers{wire::Name(), {}, internet_.RootServers()};
  for (int referrals = 0; referrals < kMostReferrals; ++referrals) {
    auto response = AskAny(servers, question, now, depth);
    if (!response) return {};
    const wire::RrSet* ns = ReferralOf(*response, servers.zone, question.name);
    if (ns == nullptr) {
      // A liar's further records are not of this zone.
      std::erase_if(response->answer, [&](const wire::RrSet& set) { return !set.owner.IsAtOrBelow(servers.zone); });
      return response;
    }
    Servers below{ns->owner, {}, {}};
    for (world::OctetView rdata : ns->rdatas) {
      const wire::Name name = *wire::TargetName(wire::RrType::kNs, rdata);
      const size_t before = below.addresses.size();
      for (wire::RrType type : {wire::RrType::kA, wire::RrType::kAaaa}) {
        if (name.IsAtOrBelow(servers.zone)) AddAddresses(Pick(response->additional, name, type), below.addresses);
      }
      if (below.addresses.size() == before) below.names.push_back(name);
    }
    servers = std::move(below);
  }
  return {};
}

std::optional<Walker::Outcome> Walker::Resolve(const wire::Question& question, world::Instant now) {
  Outcome outcome;
  wire::Question current = question;
  for (int aliases = 0; aliases < kMostAliases; ++aliases) {
    const auto response = Descend(current, now, 0);
    if (!response) return {};
    outcome.rcode = response->header.rcode;
    outcome.answer.insert(outcome.answer.end(), response->answer.begin(), response->answer.end());
    if (outcome.answer.empty() || current.type == wire::RrType::kCname) return outcome;
    const wire::RrSet& last = outcome.answer.back();
    if (last.type != wire::RrType::kCname) return outcome;
    const wire::Name target = *wire::TargetName(wire::RrType::kCname, *last.rdatas.begin());
    // The server said itself how the chain ends within its zone.
    const bool is_denied =
        std::ranges::any_of(response->authority, [](const wire::RrSet& set) { return set.type == wire::RrType::kSoa; });
    if (is_denied) return outcome;
    current.name = target;
  }
  return {};
}

}  // namespace simulator
