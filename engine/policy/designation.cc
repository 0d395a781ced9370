#include "engine/policy/designation.h"

#include <string_view>

namespace policy {
namespace {

/// Keys of service parameters (RFC 9460 section 14.3.2, RFC 9461 section 5), in whose order they stand.
enum class Key : uint16_t { kAlpn = 1, kPort = 3, kIpv4Hint = 4, kIpv6Hint = 6, kDohPath = 7 };

/// How long clients may keep the answer.
constexpr uint32_t kTtlSeconds = 300;

/// Appends two octets.
void AppendNumber(uint16_t number, world::Octets& out) {
  out.push_back(static_cast<uint8_t>(number >> 8));
  out.push_back(static_cast<uint8_t>(number & 0xff));
}

/// Appends a parameter.
void AppendParameter(Key key, world::OctetView value, world::Octets& out) {
  AppendNumber(static_cast<uint16_t>(key), out);
  AppendNumber(static_cast<uint16_t>(value.size()), out);
  out.insert(out.end(), value.begin(), value.end());
}

/// What is told of one listener.
struct Service {
  std::string_view alpn;
  world::Endpoint at;
  uint16_t priority = 1;
  std::string path;  ///< Of DNS over HTTPS.
};

/// Returns the rdata of a listener (RFC 9460 section 2.2).
world::Octets ToRdata(const Service& service, const wire::Name& name) {
  world::Octets rdata;
  AppendNumber(service.priority, rdata);
  rdata.insert(rdata.end(), name.octets().begin(), name.octets().end());
  world::Octets alpn{static_cast<uint8_t>(service.alpn.size())};
  alpn.insert(alpn.end(), service.alpn.begin(), service.alpn.end());
  AppendParameter(Key::kAlpn, alpn, rdata);
  world::Octets port;
  AppendNumber(service.at.port, port);
  AppendParameter(Key::kPort, port, rdata);
  if (!service.at.address.IsUnspecified()) {
    const bool ipv4 = service.at.address.family() == world::Family::kIpv4;
    AppendParameter(ipv4 ? Key::kIpv4Hint : Key::kIpv6Hint, service.at.address.octets(), rdata);
  }
  if (!service.path.empty()) {
    const auto* path = reinterpret_cast<const uint8_t*>(service.path.data());
    AppendParameter(Key::kDohPath, {path, service.path.size()}, rdata);
  }
  return rdata;
}

}  // namespace

Designation::Designation(const settings::Settings& settings) {
  const auto name = wire::Name::FromText(settings.server.resolver_name);
  const auto owner = wire::Name::FromText("_dns.resolver.arpa.");
  if (!name || name->IsRoot() || !owner) return;
  designations_ = {*owner, wire::RrType::kSvcb, wire::RrClass::kIn, kTtlSeconds, {}, {}};
  uint16_t priority = 1;
  for (const world::Endpoint& at : settings.server.listen_tls) {
    designations_.rdatas.Add(ToRdata({"dot", at, priority++, ""}, *name));
  }
  for (const world::Endpoint& at : settings.server.listen_https) {
    designations_.rdatas.Add(ToRdata({"h2", at, priority++, settings.server.https_path + "{?dns}"}, *name));
  }
}

std::optional<wire::RrSet> Designation::Answer(const wire::Question& question) const {
  if (designations_.rdatas.empty() || question.type != wire::RrType::kSvcb) return std::nullopt;
  if (question.rr_class != wire::RrClass::kIn || question.name != designations_.owner) return std::nullopt;
  return designations_;
}

}  // namespace policy
