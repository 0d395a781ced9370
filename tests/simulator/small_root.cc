#include "tests/simulator/small_root.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

namespace simulator {
namespace {

constexpr int kDomains = 40;
constexpr int kRootServers = 13;

/// Returns the label of a top-level domain; `net` is the first, since it holds the root servers' names.
std::string Label(int domain) { return domain == 0 ? "net" : fmt::format("tld{:02}", domain); }

/// Returns the name of a server; every fourth domain leaves its last server to the domain before it.
std::string ServerName(int domain, int server, int servers) {
  const bool is_of_other = domain % 4 == 3 && server == servers - 1;
  return fmt::format("ns{}.nic.{}.", server, Label(is_of_other ? domain - 1 : domain));
}

/// Returns the glue of one name, 48 h like that of the real root.
std::string Glue(const std::string& name, int domain, int server) {
  return fmt::format("{0} 172800 IN A 45.{1}.{2}.53\n{0} 172800 IN AAAA 2a01:{1}:{2}::53\n", name, domain + 1,
                     server + 1);
}

/// Returns the delegation of a domain with its glue.
std::string Delegation(int domain) {
  const int servers = 2 + domain % 5;
  std::string text;
  for (int server = 0; server < servers; ++server) {
    const std::string name = ServerName(domain, server, servers);
    text += fmt::format("{}. 172800 IN NS {}\n", Label(domain), name);
    if (name.ends_with(Label(domain) + ".")) text += Glue(name, domain, server);
  }
  return text;
}

/// Returns the octets of a text.
world::OctetView OctetsOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// Returns the root zone of its text, or null when it does not load.
zone::Snapshot Load(const std::string& text, const std::string& name) {
  absl::StatusOr<zone::Snapshot> zone = zone::Zone::Parse(OctetsOf(text), name, {});
  return zone.ok() ? *std::move(zone) : nullptr;
}

}  // namespace

std::string SmallRootText(uint32_t serial) {
  std::string text =
      fmt::format(". 86400 IN SOA a.root-servers.net. nstld.nic.net. {} 1800 900 604800 86400\n", serial);
  for (int server = 0; server < kRootServers; ++server) {
    const std::string name = fmt::format("{}.root-servers.net.", static_cast<char>('a' + server));
    text += fmt::format(". 518400 IN NS {}\n", name) + Glue(name, 200, server);
  }
  for (int domain = 0; domain < kDomains; ++domain) text += Delegation(domain);
  return text;
}

zone::Snapshot SmallRoot(uint32_t serial) { return Load(SmallRootText(serial), "small-root"); }

zone::Snapshot RootOfFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return nullptr;
  return Load(std::string(std::istreambuf_iterator<char>(file), {}), path);
}

std::string SharedPath(const std::string& file) {
  const char* shared = std::getenv("TAPROOT_SHARED");
  return std::string(shared != nullptr ? shared : "../shared") + "/" + file;
}

}  // namespace simulator
