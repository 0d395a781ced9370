#include "engine/forwarding/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

namespace forwarding {
namespace {

using settings::UpstreamUrl;
using world::Protocol;

/// Returns the value of a digit of base64.
uint32_t Base64Digit(char digit) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return static_cast<uint32_t>(kDigits.find(digit));
}

/// Returns the pin of its text. Requires: settings::IsPin.
world::KeyPin PinOf(std::string_view text) {
  world::KeyPin pin{};
  uint32_t bits = 0;
  int held = 0;
  size_t at = 0;
  for (const char digit : text.substr(0, text.find('='))) {
    bits = bits << 6 | Base64Digit(digit);
    held += 6;
    if (held < 8 || at == pin.size()) continue;
    held -= 8;
    pin[at++] = static_cast<uint8_t>(bits >> held);
  }
  return pin;
}

/// Returns who the server has to be; null where nothing is encrypted.
world::SharedIdentity IdentityOf(const UpstreamUrl& url) {
  if (!world::IsEncrypted(url.via)) return nullptr;
  world::Identity identity;
  identity.name = url.name;
  identity.authentication = url.authentication;
  for (const std::string& pin : url.pins) identity.pins.push_back(PinOf(pin));
  if (url.via == Protocol::kHttps) {
    // The name after # is who answers at the address; it is also whom HTTP asks for.
    const std::string& host = url.name;
    const bool bracketed = host.find(':') != host.npos;
    identity.authority = bracketed ? fmt::format("[{}]", host) : host;
    constexpr uint16_t kHttpsPort = 443;
    if (url.port != kHttpsPort) identity.authority += fmt::format(":{}", url.port);
    identity.path = url.path;
    identity.method = url.method;
  }
  return std::make_shared<const world::Identity>(std::move(identity));
}

/// Adds a pool of URLs.
void AddPool(std::string name, settings::Strategy strategy, const std::vector<UpstreamUrl>& urls, Plan& plan) {
  Pool pool{std::move(name), strategy, {}};
  for (const UpstreamUrl& url : urls) {
    pool.members.push_back(static_cast<servers::UpstreamId>(plan.upstreams.size()));
    const auto address = world::Address::FromText(url.host);
    plan.upstreams.push_back({url.ToText(), url.via, url.port, url.weight, address,
                              address ? wire::Name() : wire::Name::FromText(url.host).value_or(wire::Name()),
                              IdentityOf(url)});
  }
  plan.pools.push_back(std::move(pool));
}

}  // namespace

std::vector<std::string> Plan::Names() const {
  std::vector<std::string> names;
  names.reserve(upstreams.size());
  for (const Upstream& upstream : upstreams) names.push_back(upstream.url);
  return names;
}

Plan MakePlan(const settings::Settings& settings) {
  Plan plan;
  for (const auto& pool : settings.forward_pools) AddPool(pool.name, pool.strategy, pool.servers, plan);
  AddPool("forward", settings.forward.strategy, settings.forward.servers, plan);
  if (settings.forward.bootstrap.empty()) return plan;
  std::vector<UpstreamUrl> urls;
  for (const world::Endpoint& server : settings.forward.bootstrap) {
    UpstreamUrl url;
    url.host = server.address.ToText();
    url.port = server.port;
    urls.push_back(std::move(url));
  }
  plan.bootstrap = plan.pools.size();
  AddPool("bootstrap", settings::Strategy::kFailover, urls, plan);
  return plan;
}

}  // namespace forwarding
