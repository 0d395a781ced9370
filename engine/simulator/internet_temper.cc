#include "engine/simulator/internet_temper.h"

#include <array>
#include <utility>

#include "engine/simulator/internet_records.h"

namespace simulator {
namespace {

/// How long a kFlaps server is up, and then down.
constexpr world::Duration kFlapping = world::Seconds(60);

/// TTL of forgeries and lies: as long as an attacker would have them kept.
constexpr uint32_t kDeceitTtl = 86'400;

/// Returns the response with a code and no records.
wire::Message Empty(wire::Message response, wire::Rcode rcode) {
  response.header.rcode = rcode;
  response.header.aa = false;
  response.answer.clear();
  response.authority.clear();
  response.additional.clear();
  return response;
}

/// Returns the response as one that did not fit (RFC 2181 section 9).
wire::Message Truncated(wire::Message response) {
  const wire::Rcode rcode = response.header.rcode;
  response = Empty(std::move(response), rcode);
  response.header.tc = true;
  return response;
}

/// Returns a set that leads to the deceiver.
wire::RrSet DeceitAt(const wire::Name& owner) {
  wire::RrSet set;
  set.owner = owner;
  set.ttl = kDeceitTtl;
  set.rdatas.Add(Deceit().octets());
  return set;
}

/// Returns an NS set without names.
wire::RrSet BlankNs(const wire::Name& owner) {
  wire::RrSet set;
  set.owner = owner;
  set.type = wire::RrType::kNs;
  set.ttl = kDeceitTtl;
  return set;
}

/// Returns an NS set of one name.
wire::RrSet NsOf(const wire::Name& owner, const wire::Name& server) {
  wire::RrSet set = BlankNs(owner);
  set.rdatas.Add(server.octets());
  return set;
}

/// Returns a response to the question that is false in every record.
wire::Message Forge(const wire::Message& right) {
  wire::Message forgery = Empty(right, wire::Rcode::kNxDomain);
  forgery.header.aa = true;
  if (right.question->type == wire::RrType::kA) {
    forgery.header.rcode = wire::Rcode::kNoError;
    forgery.answer.push_back(DeceitAt(right.question->name));
  }
  return forgery;
}

/// Returns what a lame server says: that the servers of the root or of the TLD should be asked.
wire::Message Lame(const Visit& visit, wire::Message right, const Atlas& atlas) {
  wire::Message lame = Empty(std::move(right), wire::Rcode::kNoError);
  if (visit.zone.index == 0) return lame;
  const bool is_to_root = Roll(visit.server, Matter::kVariant) % 2 == 0;
  const ZoneAt target{visit.zone.chain, is_to_root || visit.zone.index < 2 ? size_t{0} : size_t{1}};
  wire::RrSet ns = BlankNs(target.plan().apex);
  for (const Host& host : atlas.Servers(target, Side::kParent)) ns.rdatas.Add(host.name.octets());
  lame.authority.push_back(std::move(ns));
  return lame;
}

/// Adds records that the server has no right to: of its TLD, of another TLD, and of another site.
wire::Message Lie(const Visit& visit, wire::Message right, const Atlas& atlas) {
  const std::vector<Tld>& tlds = atlas.anchors().tlds();
  const wire::Name& apex = visit.zone.plan().apex;
  const Tld& victim = tlds[Roll(visit.server, Matter::kForgery) % tlds.size()];
  if (victim.servers.empty() || apex.IsRoot() || victim.name == apex.Suffix(1)) return right;
  const wire::Name& server = victim.servers.front().name;
  right.authority.push_back(NsOf(victim.name, server));
  if (!server.IsAtOrBelow(apex)) right.additional.push_back(DeceitAt(server));
  const wire::Name site = SiteOf(atlas.nodes(), victim.name, Roll(visit.server, Matter::kSite) % kFamiliarSites);
  if (right.header.aa) right.answer.push_back(DeceitAt(site));
  if (visit.zone.plan().depth > 1) {
    // A delegation of the very TLD above, to a server whose address is false.
    const wire::Name above = apex.Suffix(1);
    const Tld* tld = atlas.anchors().FindTld(above);
    right.authority.push_back(NsOf(above, tld->servers.front().name));
    if (!tld->servers.front().name.IsAtOrBelow(apex)) right.additional.push_back(DeceitAt(tld->servers.front().name));
  }
  return right;
}

/// Returns a forgery and then the right response.
std::vector<wire::Message> After(wire::Message forgery, wire::Message right) {
  std::vector<wire::Message> messages;
  messages.push_back(std::move(forgery));
  messages.push_back(std::move(right));
  return messages;
}

/// Returns the response alone.
std::vector<wire::Message> Alone(wire::Message response) {
  std::vector<wire::Message> messages;
  messages.push_back(std::move(response));
  return messages;
}

}  // namespace

world::Address Deceit() {
  constexpr std::array<uint8_t, 4> kOctets = {203, 0, 113, 66};
  return *world::Address::FromOctets(kOctets);
}

bool IsDown(Lot server, world::Instant now) {
  const auto minute = static_cast<uint64_t>(now.time_since_epoch() / kFlapping);
  return (minute + Roll(server, Matter::kPhase)) % 2 == 0;
}

wire::Rcode MinimisedFailure(Lot server) {
  constexpr std::array kCodes = {wire::Rcode::kNxDomain, wire::Rcode::kServFail, wire::Rcode::kRefused};
  return kCodes[Roll(server, Matter::kVariant) % kCodes.size()];
}

std::vector<wire::Message> Spoil(const Visit& visit, wire::Message right, const Atlas& atlas) {
  const bool is_tcp = world::IsStream(visit.via);
  switch (visit.temper) {
    case Temper::kHealthy:
    case Temper::kSlow:
    case Temper::kFlaps:
      return Alone(std::move(right));
    case Temper::kDead:
      return {};
    case Temper::kLame:
      return Alone(Lame(visit, std::move(right), atlas));
    case Temper::kServFail:
      return Alone(Empty(std::move(right), wire::Rcode::kServFail));
    case Temper::kRefused:
      return Alone(Empty(std::move(right), wire::Rcode::kRefused));
    case Temper::kFormErrOnEdns:
      if (!visit.query.edns) return Alone(std::move(right));
      right.edns.reset();  // It does not know the OPT (RFC 6891 section 7).
      return Alone(Empty(std::move(right), wire::Rcode::kFormErr));
    case Temper::kDropsEdns:
      if (visit.query.edns) return {};
      return Alone(std::move(right));
    case Temper::kDropsTcp:
      if (is_tcp) return {};
      return Alone(std::move(right));
    case Temper::kTruncates:
      if (is_tcp) return Alone(std::move(right));
      return Alone(Truncated(std::move(right)));
    case Temper::kWrongId: {
      wire::Message forgery = Forge(right);
      forgery.header.id = static_cast<uint16_t>(right.header.id ^ (1 + Roll(visit.server, Matter::kForgery) % 65535));
      return After(std::move(forgery), std::move(right));
    }
    case Temper::kWrongQuestion: {
      wire::Message forgery = Forge(right);
      const auto other = right.question->name.Prepend(std::array<uint8_t, 1>{'x'});
      forgery.question->name = other ? *other : wire::Name();
      return After(std::move(forgery), std::move(right));
    }
    case Temper::kLies:
      return Alone(Lie(visit, std::move(right), atlas));
    case Temper::kFailsMinimised:
      if (visit.is_at_empty) right.header.rcode = MinimisedFailure(visit.server);
      return Alone(std::move(right));
  }
  return {};
}

}  // namespace simulator
