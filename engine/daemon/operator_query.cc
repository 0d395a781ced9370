#include "engine/daemon/operator_query.h"

#include "engine/world/limits.h"

namespace taprootd {

world::Octets MakeOperatorQuery(const wire::Question& question) {
  wire::Message query;
  query.header.rd = true;
  query.question = question;
  query.edns = wire::Edns{};
  world::Octets octets;
  wire::Write(query, world::limits::kUdpPayloadOctets, wire::Signatures::kOmit, octets);
  return octets;
}

}  // namespace taprootd
