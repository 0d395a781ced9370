// How long the threads aside wait, on real sockets of the loopback.
#include "engine/daemon/patient_stream.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include "engine/daemon/clock.h"
#include "engine/daemon/socket_address.h"
#include "engine/world/limits.h"

namespace {

using taprootd::FileDescriptor;
using taprootd::PatientStream;

/// A server that takes connections and says nothing.
class Silent {
 public:
  Silent() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    const auto any = taprootd::ToSocketAddress(*world::Endpoint::FromText("127.0.0.1:0", 0));
    REQUIRE(bind(fd_.get(), any.get(), any.length) == 0);
    REQUIRE(listen(fd_.get(), 4) == 0);
    taprootd::SocketAddress bound;
    bound.length = sizeof(bound.storage);
    REQUIRE(getsockname(fd_.get(), bound.get(), &bound.length) == 0);
    at_ = *taprootd::ToEndpoint(bound.storage);
  }
  const world::Endpoint& at() const { return at_; }

 private:
  FileDescriptor fd_;
  world::Endpoint at_;
};

TEST_CASE("A source has kMaxRootFetchTime: what comes after is too late, and told as a limit") {
  static_assert(world::limits::kMaxRootFetchTime == world::Seconds(120));
  const Silent server;
  const auto stopped = std::make_shared<std::atomic<bool>>(false);
  const world::Instant now = taprootd::ReadClocks().mono;
  PatientStream stream({.deadline = now + world::Milliseconds(300), .stopped = stopped});
  REQUIRE(stream.Connect(server.at()).ok());
  CHECK(absl::IsResourceExhausted(stream.Receive().status()));
  CHECK(taprootd::ReadClocks().mono >= now + world::Milliseconds(300));
}

TEST_CASE("A thread aside ends soon once the process is to end") {
  const Silent server;
  const auto stopped = std::make_shared<std::atomic<bool>>(false);
  PatientStream stream({.deadline = taprootd::ReadClocks().mono + world::Seconds(60), .stopped = stopped});
  REQUIRE(stream.Connect(server.at()).ok());
  *stopped = true;
  CHECK(absl::IsCancelled(stream.Receive().status()));
}

TEST_CASE("Where nobody listens, that is told") {
  world::Endpoint nobody;
  {
    const Silent server;
    nobody = server.at();
  }
  PatientStream stream({.deadline = taprootd::ReadClocks().mono + world::Seconds(5),
                        .stopped = std::make_shared<std::atomic<bool>>(false)});
  CHECK(absl::IsUnavailable(stream.Connect(nobody)));
}

}  // namespace
