// The limits of what listens, at n and n+1, on real sockets of the loopback: a program of the suite `system`.
#include <doctest/doctest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <string>
#include <vector>

#include "engine/daemon/listening.h"
#include "engine/daemon/operator_server.h"
#include "engine/daemon/socket_address.h"
#include "engine/daemon/system_limits.h"
#include "engine/daemon/tcp_front.h"
#include "engine/daemon/udp_front.h"
#include "engine/transport/framing.h"
#include "engine/world/limits.h"

namespace {

using taprootd::FileDescriptor;
using taprootd::Poller;

/// Counts the queries that come.
class CountingSink final : public taprootd::QuerySink {
 public:
  void OnQuery(const taprootd::Peer&, const world::Endpoint&, const world::Endpoint&, world::Protocol,
               world::OctetView query) override {
    ++queries;
    longest = std::max(longest, query.size());
  }
  world::Now now() const override { return {}; }

  size_t queries = 0;
  size_t longest = 0;
};

/// Takes turns until nothing has been ready for a while.
void Settle(Poller& poller, taprootd::TcpFront* front = nullptr) {
  pollfd waiting{.fd = poller.fd(), .events = POLLIN, .revents = 0};
  while (poll(&waiting, 1, 50) > 0) {
    poller.Dispatch();
    if (front != nullptr) front->Flush();
  }
}

/// Returns a socket that is bound to a free port of the loopback, and its endpoint.
taprootd::BoundSocket BindLoopback(int type) {
  FileDescriptor fd(socket(AF_INET, type | SOCK_NONBLOCK, 0));
  const auto any = taprootd::ToSocketAddress(*world::Endpoint::FromText("127.0.0.1:0", 0));
  REQUIRE(bind(fd.get(), any.get(), any.length) == 0);
  if (type == SOCK_STREAM) REQUIRE(listen(fd.get(), 512) == 0);
  taprootd::SocketAddress bound;
  bound.length = sizeof(bound.storage);
  REQUIRE(getsockname(fd.get(), bound.get(), &bound.length) == 0);
  return {.fd = std::move(fd),
          .local = *taprootd::ToEndpoint(bound.storage),
          .via = type == SOCK_STREAM ? world::Protocol::kTcp : world::Protocol::kUdp};
}

/// Returns a socket that is connected to an endpoint.
FileDescriptor Connect(const world::Endpoint& to, int type) {
  FileDescriptor fd(socket(AF_INET, type, 0));
  const auto address = taprootd::ToSocketAddress(to);
  REQUIRE(connect(fd.get(), address.get(), address.length) == 0);
  return fd;
}

/// Returns what a client of a unix socket reads within a second.
std::string ReadSome(const FileDescriptor& fd) {
  pollfd waiting{.fd = fd.get(), .events = POLLIN, .revents = 0};
  char buffer[1000];
  if (poll(&waiting, 1, 1'000) <= 0) return "nothing";
  const ssize_t size = recv(fd.get(), buffer, sizeof(buffer), 0);
  return size > 0 ? std::string(buffer, static_cast<size_t>(size)) : std::string("closed");
}

/// A unix socket's server in a folder of its own that answers each line with its length.
struct Operators {
  Operators() {
    REQUIRE(mkdtemp(folder.data()) != nullptr);
    path = folder + "/s";
    server = std::make_unique<taprootd::OperatorServer>(
        poller,
        taprootd::OperatorSocketOptions{.path = path, .mode = 0600, .busy_line = "busy", .too_long_line = "too long"},
        [](const std::string& line, const taprootd::LineReply& reply) { reply(std::to_string(line.size())); });
    REQUIRE(server->Listen().ok());
  }
  ~Operators() {
    server.reset();
    rmdir(folder.c_str());
  }

  /// Returns a connected client.
  FileDescriptor Client() {
    FileDescriptor fd(socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    Settle(poller);
    return fd;
  }

  Poller poller;
  std::string folder = "/tmp/taproot-operators-XXXXXX";
  std::string path;
  std::unique_ptr<taprootd::OperatorServer> server;
};

TEST_CASE("kMaxOperators operators are served, the next one is told so and counted") {
  Operators operators;
  std::vector<FileDescriptor> clients;
  for (size_t i = 0; i < world::limits::kMaxOperators; ++i) clients.push_back(operators.Client());
  CHECK(operators.server->turned_away() == 0);
  CHECK(ReadSome(operators.Client()) == "busy\n");
  CHECK(operators.server->turned_away() == 1);
  REQUIRE(send(clients.back().get(), "abc\n", 4, 0) == 4);
  Settle(operators.poller);
  CHECK(ReadSome(clients.back()) == "3\n");
  clients.pop_back();
  Settle(operators.poller);
  clients.push_back(operators.Client());
  CHECK(operators.server->turned_away() == 1);
}

TEST_CASE("a request of kMaxOperatorRequestOctets is read, one octet more is not") {
  Operators operators;
  const size_t most = world::limits::kMaxOperatorRequestOctets;
  for (const size_t length : {most, most + 1}) {
    const FileDescriptor client = operators.Client();
    const std::string line = std::string(length, 'x') + "\n";
    REQUIRE(send(client.get(), line.data(), line.size(), 0) == static_cast<ssize_t>(line.size()));
    Settle(operators.poller);
    CHECK(ReadSome(client) == (length == most ? std::to_string(most) + "\n" : "too long\n"));
  }
}

TEST_CASE("kMaxTcpClients are connected; the next one takes the place of a quiet one (RFC 7766 6.2.3)") {
  const size_t most = world::limits::kMaxTcpClients;
  if (taprootd::RaiseFileLimit() < 2 * most + 100) return;
  Poller poller;
  CountingSink sink;
  metrics::Counters counters;
  std::vector<taprootd::BoundSocket> listeners;
  listeners.push_back(BindLoopback(SOCK_STREAM));
  const world::Endpoint local = listeners.front().local;
  taprootd::TcpFront front(poller, sink, counters, std::move(listeners));
  std::vector<FileDescriptor> clients;
  for (size_t i = 0; i < most; ++i) {
    clients.push_back(Connect(local, SOCK_STREAM));
    if (i % 100 == 0) Settle(poller, &front);
  }
  Settle(poller, &front);
  CHECK(front.clients() == most);
  CHECK(counters.Get(metrics::Metric::kLimitTcpClients) == 0);
  clients.push_back(Connect(local, SOCK_STREAM));
  Settle(poller, &front);
  CHECK(front.clients() == most);
  CHECK(counters.Get(metrics::Metric::kLimitTcpClients) == 1);
}

TEST_CASE("a query of kMaxQueryOctets is read over UDP and TCP, one octet more is not") {
  const size_t most = world::limits::kMaxQueryOctets;
  Poller poller;
  CountingSink sink;
  metrics::Counters counters;
  world::Effects recycler;
  std::vector<taprootd::BoundSocket> udp;
  std::vector<taprootd::BoundSocket> tcp;
  udp.push_back(BindLoopback(SOCK_DGRAM));
  tcp.push_back(BindLoopback(SOCK_STREAM));
  const world::Endpoint udp_local = udp.front().local;
  const world::Endpoint tcp_local = tcp.front().local;
  taprootd::UdpFront udp_front(poller, sink, counters, recycler, std::move(udp));
  taprootd::TcpFront tcp_front(poller, sink, counters, std::move(tcp));

  const FileDescriptor datagrams = Connect(udp_local, SOCK_DGRAM);
  const world::Octets longer(most + 1, 'x');
  REQUIRE(send(datagrams.get(), longer.data(), most, 0) == static_cast<ssize_t>(most));
  REQUIRE(send(datagrams.get(), longer.data(), most + 1, 0) == static_cast<ssize_t>(most + 1));
  Settle(poller);
  CHECK(sink.queries == 1);
  CHECK(sink.longest == most);

  for (const size_t length : {most, most + 1}) {
    const FileDescriptor stream = Connect(tcp_local, SOCK_STREAM);
    world::Octets frame;
    transport::AppendFrame(world::OctetView(longer).first(length), frame);
    REQUIRE(send(stream.get(), frame.data(), frame.size(), 0) == static_cast<ssize_t>(frame.size()));
    Settle(poller, &tcp_front);
    CHECK(sink.queries == 2);
    CHECK(sink.longest == most);
  }
}

}  // namespace
