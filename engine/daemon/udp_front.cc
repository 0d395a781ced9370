#include "engine/daemon/udp_front.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <variant>

#include "engine/transport/proxy_header.h"
#include "engine/world/check.h"
#include "engine/world/limits.h"

namespace taprootd {
namespace {

/// Room for one control message: the address asked, of either family.
constexpr size_t kControlOctets = CMSG_SPACE(sizeof(in6_pktinfo));

/// Reads the address that a datagram was sent to from its control messages.
std::optional<world::Address> AddressAsked(msghdr& header) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      in_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(c), sizeof(info));
      return ToAddress(info.ipi_addr);
    }
    if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(c), sizeof(info));
      return ToAddress(info.ipi6_addr);
    }
  }
  return std::nullopt;
}

/// Adds one control message to an empty header.
template <typename T>
void AddControl(msghdr& header, int level, int type, const T& info) {
  header.msg_controllen = CMSG_SPACE(sizeof(info));
  cmsghdr* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN(sizeof(info));
  std::memcpy(CMSG_DATA(control), &info, sizeof(info));
}

/// Has the datagram leave from `source`.
void SetSource(msghdr& header, const world::Address& source) {
  const auto octets = source.octets();
  if (source.family() == world::Family::kIpv4) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, octets.data(), octets.size());
    AddControl(header, IPPROTO_IP, IP_PKTINFO, info);
  } else {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, octets.data(), octets.size());
    AddControl(header, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
}

}  // namespace

/// The buffers of one reading.
struct UdpFront::Inbox {
  std::array<std::array<uint8_t, world::limits::kMaxQueryOctets>, kBatch> messages;
  std::array<sockaddr_storage, kBatch> from;
  alignas(cmsghdr) std::array<std::array<uint8_t, kControlOctets>, kBatch> control;
  std::array<iovec, kBatch> parts;
  std::array<mmsghdr, kBatch> headers;

  /// Points every header at its buffers; the system overwrites the lengths with each reading.
  void Prepare() {
    for (size_t i = 0; i < kBatch; ++i) {
      parts[i] = {.iov_base = messages[i].data(), .iov_len = messages[i].size()};
      headers[i] = {};
      msghdr& header = headers[i].msg_hdr;
      header.msg_name = &from[i];
      header.msg_namelen = sizeof(from[i]);
      header.msg_iov = &parts[i];
      header.msg_iovlen = 1;
      header.msg_control = control[i].data();
      header.msg_controllen = control[i].size();
    }
  }
};

/// Answers of one socket that wait to be sent.
struct UdpFront::Outbox {
  uint32_t socket = 0;
  size_t count = 0;
  std::array<world::Octets, kBatch> messages;
  std::array<SocketAddress, kBatch> to;
  alignas(cmsghdr) std::array<std::array<uint8_t, kControlOctets>, kBatch> control;
  std::array<iovec, kBatch> parts;
  std::array<mmsghdr, kBatch> headers;
};

UdpFront::UdpFront(Poller& poller, QuerySink& sink, metrics::Counters& counters, world::Effects& recycler,
                   std::vector<BoundSocket> sockets)
    : poller_(poller),
      sink_(sink),
      counters_(counters),
      recycler_(recycler),
      sockets_(std::move(sockets)),
      inbox_(std::make_unique<Inbox>()),
      outbox_(std::make_unique<Outbox>()) {
  for (size_t i = 0; i < sockets_.size(); ++i) {
    CHECK(poller_.Watch(sockets_[i].fd.get(), Readiness::kReadable, *this, static_cast<uint32_t>(i)));
  }
}

UdpFront::~UdpFront() = default;

void UdpFront::OnReady(uint32_t tag, Readiness) {
  inbox_->Prepare();
  const int count = recvmmsg(sockets_[tag].fd.get(), inbox_->headers.data(), kBatch, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < count; ++i) Deliver(tag, static_cast<size_t>(i));
}

void UdpFront::Deliver(uint32_t tag, size_t index) {
  msghdr& header = inbox_->headers[index].msg_hdr;
  if ((header.msg_flags & MSG_TRUNC) != 0) return;
  const auto from = ToEndpoint(inbox_->from[index]);
  // A source port of 0 cannot be answered.
  if (!from || from->port == 0) return;
  world::Endpoint to = sockets_[tag].local;
  if (to.address.IsUnspecified()) {
    const auto asked = AddressAsked(header);
    if (!asked) return;
    to.address = *asked;
  }
  world::OctetView query(inbox_->messages[index].data(), inbox_->headers[index].msg_len);
  world::Endpoint client = *from;
  if (const auto is_from = [&](const world::Prefix& block) { return block.Contains(from->address); };
      std::ranges::any_of(balancers_, is_from)) {
    const auto read = transport::ReadProxyHeader(query);
    const auto* proxy = std::get_if<transport::ProxyHeader>(&read);
    if (proxy == nullptr) return counters_.Add(metrics::Metric::kProxyHeadersRefused);
    client = proxy->client.value_or(*from);
    query = query.subspan(proxy->octets);
  }
  sink_.OnQuery(UdpPeer{.socket = tag, .from = *from, .local = to.address}, client, to, world::Protocol::kUdp, query);
}

void UdpFront::Send(const UdpPeer& to, world::Octets response) {
  Outbox& out = *outbox_;
  if (out.count == kBatch || (out.count > 0 && out.socket != to.socket)) Flush();
  out.socket = to.socket;
  const size_t i = out.count++;
  out.messages[i] = std::move(response);
  out.to[i] = ToSocketAddress(to.from);
  out.parts[i] = {.iov_base = out.messages[i].data(), .iov_len = out.messages[i].size()};
  out.headers[i] = {};
  msghdr& header = out.headers[i].msg_hdr;
  header.msg_name = &out.to[i].storage;
  header.msg_namelen = out.to[i].length;
  header.msg_iov = &out.parts[i];
  header.msg_iovlen = 1;
  if (!sockets_[to.socket].local.address.IsUnspecified()) return;
  header.msg_control = out.control[i].data();
  header.msg_controllen = out.control[i].size();
  SetSource(header, to.local);
}

void UdpFront::Flush() {
  Outbox& out = *outbox_;
  size_t sent = 0;
  while (sent < out.count) {
    const int count = sendmmsg(sockets_[out.socket].fd.get(), out.headers.data() + sent,
                               static_cast<unsigned>(out.count - sent), MSG_DONTWAIT | MSG_NOSIGNAL);
    // An error is the first message's: it is lost, and the others have their turn.
    sent += count > 0 ? static_cast<size_t>(count) : 1;
  }
  for (size_t i = 0; i < out.count; ++i) recycler_.Recycle(std::move(out.messages[i]));
  out.count = 0;
}

void UdpFront::Close() {
  for (const auto& socket : sockets_) poller_.Forget(socket.fd.get());
}

}  // namespace taprootd
