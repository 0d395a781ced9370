#include "engine/forwarding/query.h"

#include "engine/wire/edns_options.h"

namespace forwarding {
namespace {

/// What encrypted queries are padded to a multiple of (RFC 8467 section 4.1).
constexpr size_t kPaddingBlock = 128;

/// The octet of the header with the bit CD, and the bit (RFC 4035 section 3.2.2).
constexpr size_t kCdOctet = 3;
constexpr uint8_t kCdBit = 0x10;

/// Returns the EDNS that every query to an upstream carries.
wire::Edns EdnsOf(const QueryOptions& options) {
  wire::Edns edns{options.payload_octets, 0, true, {}, {}};
  const bool bare_stream = options.via == world::Protocol::kTcp || options.via == world::Protocol::kTls;
  // RFC 7828 section 3.2.1: how long may the connection be kept?
  if (bare_stream) edns.options.push_back({wire::kKeepAliveOption, {}});
  return edns;
}

/// Returns what pads a query that has so many octets without it.
wire::EdnsOption PaddingFor(size_t octets) {
  const size_t beyond = (octets + wire::kOptionHeaderOctets) % kPaddingBlock;
  return {wire::kPaddingOption, world::Octets(beyond == 0 ? 0 : kPaddingBlock - beyond)};
}

}  // namespace

world::Octets MakeQuery(const QueryOptions& options, const wire::Question& question) {
  std::optional<wire::Edns> edns;
  if (options.with_edns) edns = EdnsOf(options);
  world::Octets query = wire::MakeQuery(options.id, question, wire::Recursion::kDesired, edns);
  const bool encrypted = world::IsEncrypted(options.via);
  if (edns && encrypted) {
    edns->options.push_back(PaddingFor(query.size()));
    query = wire::MakeQuery(options.id, question, wire::Recursion::kDesired, edns);
  }
  if (options.validation == Validation::kOurs) query[kCdOctet] |= kCdBit;
  return query;
}

}  // namespace forwarding
