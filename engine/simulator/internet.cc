#include "engine/simulator/internet.h"

#include <algorithm>
#include <utility>

#include "engine/simulator/internet_parts.h"
#include "engine/simulator/internet_temper.h"

namespace simulator {
namespace {

/// UDP payload that servers send at most, whatever they are offered (RFC 9715).
constexpr size_t kMostUdpOctets = 1232;

/// UDP payload to queries without EDNS, and the least that EDNS can offer (RFC 6891 section 6.2.5).
constexpr size_t kLeastUdpOctets = 512;

/// How much later a segment of a TCP connection comes after it was lost once.
constexpr world::Duration kRetransmission = world::Milliseconds(200);

/// Returns the largest response that the query allows.
size_t LimitOf(const wire::Message& query, world::Protocol via) {
  if (world::IsStream(via)) return 65'535;
  if (!query.edns) return kLeastUdpOctets;
  return std::clamp<size_t>(query.edns->payload_octets, kLeastUdpOctets, kMostUdpOctets);
}

/// Returns a response without records.
wire::Message Bare(const wire::Header& query, const std::optional<wire::Question>& question, wire::Rcode rcode) {
  wire::Message response;
  response.header.id = query.id;
  response.header.opcode = query.opcode;
  response.header.rd = query.rd;
  response.header.qr = true;
  response.header.rcode = rcode;
  response.question = question;
  return response;
}

/// Returns the EDNS of a response to the query (RFC 6891 section 6.1.1, RFC 3225 section 3).
wire::Edns EdnsFor(const wire::Message& query) {
  wire::Edns edns;
  edns.dnssec_ok = query.edns->dnssec_ok;
  return edns;
}

/// Returns whether the query asks for DNSSEC's records.
Wish WishOf(const wire::Message& query) { return query.edns && query.edns->dnssec_ok ? Wish::kDnssec : Wish::kPlain; }

/// Returns the code that a query gets for its form alone, if it is not an ordinary question.
std::optional<wire::Rcode> FaultOf(const wire::Message& query) {
  if (query.header.opcode != wire::Opcode::kQuery) return wire::Rcode::kNotImp;
  if (query.edns && query.edns->version != 0) return wire::Rcode::kBadVers;  // RFC 6891 section 6.1.3.
  if (!query.question) return wire::Rcode::kFormErr;
  if (query.question->rr_class != wire::RrClass::kIn) return wire::Rcode::kRefused;
  // RFC 8482 leaves it to the server what to do with ANY; the other meta types ask for more than the model has.
  if (wire::IsMetaType(query.question->type)) return wire::Rcode::kNotImp;
  return {};
}

}  // namespace

/// What the internet is made of, and how it answers.
struct Internet::State : Parts {
  using Parts::Parts;

  /// Returns whether packets reach the address at all.
  bool IsOn(const world::Address& address) const {
    return address.family() == world::Family::kIpv4 ? options.ipv4 : options.ipv6;
  }

  /// Returns the index of the deepest zone of the chain that is served at the address.
  std::optional<size_t> Served(const Chain& chain, const wire::Question& question, const world::Address& server) const {
    for (size_t i = chain.size(); i-- > 0;) {
      const bool is_parents = question.type == wire::RrType::kDs && i > 0 && chain[i].apex == question.name;
      // A server of both sides of a cut answers for its DS as the parent (RFC 4035 section 3.1.4.1).
      if (is_parents && atlas.IsServedAt({chain, i - 1}, server)) return i - 1;
      if (atlas.IsServedAt({chain, i}, server)) return i;
    }
    return {};
  }

  /// A query that reached a server.
  struct Arrival {
    const world::Address& server;
    world::Protocol via;
    Temper temper;
    const wire::Message& query;
  };

  /// Returns the messages that the server sends for a query that reached it.
  std::vector<wire::Message> Respond(const Arrival& arrival, Signer& signer, Census& census) const;
};

std::vector<wire::Message> Internet::State::Respond(const Arrival& arrival, Signer& signer, Census& census) const {
  const wire::Message& query = arrival.query;
  std::vector<wire::Message> messages;
  if (const auto fault = FaultOf(query)) {
    messages.push_back(Bare(query.header, query.question, *fault));
  } else {
    const wire::Question& question = *query.question;
    const Chain chain = atlas.ChainTo(question.name);
    const auto index = Served(chain, question, arrival.server);
    if (!index) {
      // Only of the listed servers is it known that they are servers at all.
      if (atlas.addresses().ServesTld(arrival.server)) {
        messages.push_back(Bare(query.header, question, wire::Rcode::kRefused));
      }
      return messages;
    }
    const ZoneAt zone{chain, *index};
    wire::Message right = authority.Respond(question, zone, census);
    if (trust.is_on()) attestor.Complete(WishOf(query), zone, signer, right);
    right.header.id = query.header.id;
    right.header.rd = query.header.rd;
    if (query.edns) right.edns = EdnsFor(query);
    const bool is_at_empty =
        zone.plan().kind != ZoneKind::kRoot && atlas.nodes().Find(zone.plan(), question.name).node.role == Role::kEmpty;
    return Spoil({query, arrival.via, arrival.temper, atlas.addresses().LotOf(arrival.server), zone, is_at_empty},
                 std::move(right), atlas);
  }
  if (query.edns) messages.front().edns = wire::Edns{};
  return messages;
}

Internet::Internet(zone::Snapshot root, const InternetOptions& options)
    : state_(std::make_unique<State>(std::move(root), options)) {}

Internet::~Internet() = default;

std::vector<Reply> Internet::Ask(const world::Address& server, world::Protocol via, world::OctetView query,
                                 world::Instant now, uint64_t draw, Census& census) const {
  Notary notary;
  return Ask(server, via, query, now, draw, census, notary);
}

std::vector<Reply> Internet::Ask(const world::Address& server, world::Protocol via, world::OctetView query,
                                 world::Instant now, uint64_t draw, Census& census, Notary& notary) const {
  const Addresses& addresses = state_->atlas.addresses();
  if (!state_->IsOn(server)) return {};
  const Temper temper = addresses.TemperOf(server);
  ++census.tempers[static_cast<size_t>(temper)];
  if (temper == Temper::kDead) return {};
  if (temper == Temper::kFlaps && IsDown(addresses.LotOf(server), now)) return {};

  const Lot chance{draw};
  const int loss = state_->options.loss_permille;
  const bool is_lost = loss > 0 && (Happens(chance, Matter::kLoss, loss, 0) || Happens(chance, Matter::kLoss, loss, 1));
  if (is_lost && via == world::Protocol::kUdp) return {};

  const std::optional<wire::Message> message = wire::Parse(query);
  std::vector<wire::Message> messages;
  if (message && !message->header.qr) {
    Signer signer(notary, state_->trust.WallAt(now));
    messages = state_->Respond({server, via, temper, *message}, signer, census);
  } else if (const auto opening = wire::ParseOpening(query); opening && !opening->header.qr) {
    messages.push_back(Bare(opening->header, opening->question, wire::Rcode::kFormErr));
  }

  const size_t limit = message ? LimitOf(*message, via) : kLeastUdpOctets;
  const bool wants_signatures = message && WishOf(*message) == Wish::kDnssec && state_->trust.is_on();
  const auto signatures = wants_signatures ? wire::Signatures::kInclude : wire::Signatures::kOmit;
  const world::Duration base = addresses.LatencyOf(server) * (world::IsStream(via) ? 2 : 1);
  world::Duration delay = base + base * static_cast<int64_t>(Roll(chance, Matter::kJitter) % 100) / 1000;
  if (is_lost) delay += kRetransmission;
  std::vector<Reply> replies(messages.size());
  for (size_t i = 0; i < messages.size(); ++i) {
    const bool is_forgery = i + 1 < messages.size();
    replies[i].delay = is_forgery ? delay * 3 / 4 : delay;
    wire::Write(messages[i], limit, signatures, replies[i].octets);
  }
  return replies;
}

Truth Internet::TruthOf(const wire::Question& question, world::Instant now) const {
  return state_->oracle.TruthOf(question, now);
}

Temper Internet::TemperOf(const world::Address& server) const { return state_->atlas.addresses().TemperOf(server); }

world::Duration Internet::LatencyOf(const world::Address& server) const {
  return state_->atlas.addresses().LatencyOf(server);
}

wire::Question Internet::NameToAsk(uint64_t index) const { return state_->names.At(index); }

std::vector<world::Address> Internet::RootServers() const {
  std::vector<world::Address> addresses;
  for (const Host& host : state_->atlas.anchors().root_servers()) {
    addresses.insert(addresses.end(), host.addresses.begin(), host.addresses.end());
  }
  return addresses;
}

const zone::Zone& Internet::root() const { return state_->atlas.anchors().root(); }

std::string Internet::RootZoneText(world::Instant now) const { return RootZoneText(now, root().serial()); }

std::string Internet::RootZoneText(world::Instant now, uint32_t serial) const {
  std::string text;
  if (!state_->trust.is_on()) {
    for (const wire::RrSet& rrset : root().rrsets()) text += wire::ToText(rrset);
    return text;
  }
  Notary notary;
  Signer signer(notary, state_->trust.WallAt(now));
  for (const wire::RrSet& rrset : state_->attestor.root().AllSets(signer, serial)) text += wire::ToText(rrset);
  return text;
}

wire::RrSet Internet::TrustAnchor(world::Instant now) const {
  Notary notary;
  Signer signer(notary, state_->trust.WallAt(now));
  const ZonePlan zone = state_->trust.RootPlan();
  return signer.DsSet({zone, state_->trust.PlanOf(zone, zone)});
}

Census& Census::operator+=(const Census& other) {
  for (size_t i = 0; i < tempers.size(); ++i) tempers[i] += other.tempers[i];
  for (size_t i = 0; i < shapes.size(); ++i) shapes[i] += other.shapes[i];
  return *this;
}

}  // namespace simulator
