#include "engine/simulator/forgery.h"

#include <array>
#include <utility>

#include "engine/wire/message.h"

namespace simulator {
namespace {

constexpr std::array<uint8_t, 4> kPoison = {192, 0, 2, 66};
constexpr uint32_t kPoisonTtl = 86'400;

/// Returns a question for a name beside the one that was asked.
wire::Question Beside(const wire::Question& question) {
  wire::Question other = question;
  const wire::Name parent = question.name.IsRoot() ? question.name : question.name.Parent();
  constexpr std::array<uint8_t, 6> kLabel = {'b', 'e', 's', 'i', 'd', 'e'};
  if (std::optional<wire::Name> name = parent.Prepend(kLabel)) other.name = *std::move(name);
  return other;
}

/// Returns an authoritative response as a forger writes it.
wire::Message Lie(const wire::Header& asked, const wire::Question& question) {
  wire::Message lie;
  lie.header.id = asked.id;
  lie.header.qr = true;
  lie.header.aa = true;
  lie.question = question;
  if (question.type != wire::RrType::kA) {
    lie.header.rcode = wire::Rcode::kNxDomain;
    return lie;
  }
  wire::RrSet address;
  address.owner = question.name;
  address.ttl = kPoisonTtl;
  address.rdatas.Add(kPoison);
  lie.answer.push_back(std::move(address));
  return lie;
}

/// Returns the octets of a message as a server sends it over UDP.
world::Octets Written(const wire::Message& message) {
  world::Octets octets;
  wire::Write(message, 512, wire::Signatures::kOmit, octets);
  return octets;
}

}  // namespace

std::optional<world::Octets> MakeForgery(ForgeryKind kind, world::OctetView query, world::Random& random) {
  const std::optional<wire::Opening> asked = wire::ParseOpening(query);
  if (!asked || !asked->question) return std::nullopt;
  wire::Message lie = Lie(asked->header, *asked->question);
  switch (kind) {
    case ForgeryKind::kWrongId:
      lie.header.id = static_cast<uint16_t>(lie.header.id ^ (1 + random.Below(0xffff)));
      return Written(lie);
    case ForgeryKind::kWrongAddress:
    case ForgeryKind::kWrongPort:
      return Written(lie);
    case ForgeryKind::kWrongQuestion:
      return Written(Lie(asked->header, Beside(*asked->question)));
    case ForgeryKind::kNotAResponse:
      return world::Octets(query.begin(), query.end());
    case ForgeryKind::kMalformed: {
      world::Octets octets = Written(lie);
      octets.resize(asked->octets);
      octets[7] = 1;  // ANCOUNT of RFC 1035 section 4.1.1.
      return octets;
    }
    case ForgeryKind::kShort:
      return world::Octets(query.begin(),
                           query.begin() + static_cast<std::ptrdiff_t>(random.Below(wire::kHeaderOctets)));
  }
  return std::nullopt;
}

world::Endpoint ForgedSource(ForgeryKind kind, const world::Endpoint& asked, world::Random& random) {
  world::Endpoint source = asked;
  if (kind == ForgeryKind::kWrongPort) source.port = static_cast<uint16_t>(source.port ^ (1 + random.Below(0xffff)));
  if (kind == ForgeryKind::kWrongAddress) source.address = PoisonAddress();
  return source;
}

world::Address PoisonAddress() { return *world::Address::FromOctets(kPoison); }

}  // namespace simulator
