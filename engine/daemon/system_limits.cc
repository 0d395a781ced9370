#include "engine/daemon/system_limits.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include "engine/daemon/file_descriptor.h"
#include "engine/daemon/socket_address.h"

namespace taprootd {

size_t RaiseFileLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

bool HasRoute(world::Family family) {
  // Connecting a datagram socket looks up the route and sends nothing; a.root-servers.net is as good as any address.
  const char* far_away = family == world::Family::kIpv4 ? "198.41.0.4" : "2001:503:ba3e::2:30";
  const SocketAddress to = ToSocketAddress({*world::Address::FromText(far_away), 53});
  const FileDescriptor fd(socket(ToSystemFamily(family), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return fd.IsOpen() && connect(fd.get(), to.get(), to.length) == 0;
}

}  // namespace taprootd
