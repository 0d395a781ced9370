#include "engine/simulator/servers.h"

namespace simulator {

std::vector<Reply> PocketServers::Ask(const world::Address& server, world::Protocol via, world::OctetView query,
                                      world::Instant now, uint64_t draw) {
  return internet_.Ask(server, via, query, now, draw, census_, notary_);
}

}  // namespace simulator
