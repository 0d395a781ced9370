#include "engine/daemon/exchange_sink.h"

#include <cerrno>

namespace taprootd {

world::Mishap MishapOf(int error) {
  switch (error) {
    case ECONNREFUSED:
      return world::Mishap::kPortUnreachable;
    case ECONNRESET:
    case EPIPE:
      return world::Mishap::kClosed;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC:
    case EAGAIN:
    case EADDRINUSE:
      return world::Mishap::kNoSocket;
    default:
      // No route, a firewall's verdict, an address that cannot be asked: all say that this server is out of reach.
      return world::Mishap::kUnreachable;
  }
}

}  // namespace taprootd
