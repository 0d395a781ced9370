#include "engine/forwarding/query.h"

namespace forwarding {
namespace {

/// The EDNS option that pads (RFC 7830 section 3), and the block that queries are padded to (RFC 8467 section 4.1).
constexpr uint16_t kPaddingOption = 12;
constexpr size_t kPaddingBlock = 128;

/// The EDNS option that asks for the connection to be kept (RFC 7828).
constexpr uint16_t kKeepAliveOption = 11;

/// An option's code and length.
constexpr size_t kOptionHeadOctets = 4;

/// The octet of the header with the bit CD, and the bit (RFC 4035 section 3.2.2).
constexpr size_t kCdOctet = 3;
constexpr uint8_t kCdBit = 0x10;

/// Returns the query without CD.
world::Octets MakeUnmarked(const QueryOptions& options, const wire::Question& question) {
  if (!options.with_edns) return wire::MakeQuery(options.id, question, wire::Recursion::kDesired, std::nullopt);
  wire::Edns edns{options.payload_octets, 0, true, {}, {}};
  world::Octets query = wire::MakeQuery(options.id, question, wire::Recursion::kDesired, edns);
  if (options.via == world::Protocol::kTcp) {
    edns.options.push_back({kKeepAliveOption, {}});  // RFC 7828 section 3.2.1: how long may the connection be kept?
    return wire::MakeQuery(options.id, question, wire::Recursion::kDesired, edns);
  }
  if (options.via == world::Protocol::kTls) {
    edns.options.push_back({kKeepAliveOption, {}});
    query = wire::MakeQuery(options.id, question, wire::Recursion::kDesired, edns);
  }
  const bool encrypted = options.via == world::Protocol::kTls || options.via == world::Protocol::kHttps;
  if (!encrypted) return query;
  const size_t beyond = (query.size() + kOptionHeadOctets) % kPaddingBlock;
  edns.options.push_back({kPaddingOption, world::Octets(beyond == 0 ? 0 : kPaddingBlock - beyond)});
  return wire::MakeQuery(options.id, question, wire::Recursion::kDesired, edns);
}

}  // namespace

world::Octets MakeQuery(const QueryOptions& options, const wire::Question& question) {
  world::Octets query = MakeUnmarked(options, question);
  if (options.validation == Validation::kOurs) query[kCdOctet] |= kCdBit;
  return query;
}

Match Compare(const wire::Opening& opening, uint16_t id, const wire::Question& asked) {
  if (!opening.header.qr || opening.header.id != id) return Match::kNo;
  if (opening.header.opcode != wire::Opcode::kQuery) return Match::kNo;
  if (opening.question) return *opening.question == asked ? Match::kYes : Match::kNo;
  // A server that cannot read the query may leave the question out, but only to say so (RFC 1035 section 4.1.1).
  const bool error = opening.header.rcode != wire::Rcode::kNoError && opening.header.rcode != wire::Rcode::kNxDomain;
  return opening.question_count == 0 && error ? Match::kYes : Match::kNo;
}

}  // namespace forwarding
