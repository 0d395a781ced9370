#include "engine/simulator/internet_anchors.h"

#include <algorithm>

namespace simulator {

Anchors::Anchors(zone::Snapshot root) : root_(std::move(root)) {
  for (const wire::RrSet& set : root_->rrsets()) {
    if (set.type != wire::RrType::kNs) continue;
    std::vector<Host> hosts = HostsOf(set);
    for (const Host& host : hosts) Note(host.name);
    if (set.owner.IsRoot()) {
      root_servers_ = std::move(hosts);
    } else {
      tld_index_.emplace(set.owner, tlds_.size());
      tlds_.push_back({set.owner, std::move(hosts)});
    }
  }
  std::ranges::sort(hosts_, [](const wire::Name& a, const wire::Name& b) { return a < b; });
}

Host Anchors::WithGlue(const wire::Name& name) const {
  Host host{name, {}};
  for (wire::RrType type : {wire::RrType::kAaaa, wire::RrType::kA}) {
    const wire::RrSet* glue = root_->Exact(name, type);
    if (glue == nullptr) continue;
    for (world::OctetView octets : glue->rdatas) {
      if (auto address = world::Address::FromOctets(octets)) host.addresses.push_back(*address);
    }
  }
  return host;
}

std::vector<Host> Anchors::HostsOf(const wire::RrSet& ns) const {
  std::vector<Host> hosts;
  for (world::OctetView rdata : ns.rdatas) {
    const auto name = wire::TargetName(wire::RrType::kNs, rdata);
    if (!name) continue;
    hosts.push_back(WithGlue(*name));
  }
  return hosts;
}

void Anchors::Note(const wire::Name& host) {
  if (MarkOf(host) == Mark::kHost) return;
  hosts_.push_back(host);
  marks_[host] = Mark::kHost;
  for (size_t labels = 2; labels < host.LabelCount(); ++labels) {
    marks_.try_emplace(host.Suffix(labels), Mark::kAncestor);
  }
}

Anchors::Mark Anchors::MarkOf(const wire::Name& name) const {
  const auto it = marks_.find(name);
  return it == marks_.end() ? Mark::kNone : it->second;
}

std::vector<Host> Anchors::HostsBelow(const wire::Name& domain, size_t most) const {
  // Canonical order keeps a name and all that is below it together (RFC 4034 section 6.1).
  auto it = std::ranges::lower_bound(hosts_, domain, [](const wire::Name& a, const wire::Name& b) { return a < b; });
  std::vector<Host> found;
  for (; it != hosts_.end() && it->IsAtOrBelow(domain) && found.size() < most; ++it) {
    found.push_back(WithGlue(*it));
  }
  return found;
}

const Tld* Anchors::FindTld(const wire::Name& name) const {
  const auto it = tld_index_.find(name);
  return it == tld_index_.end() ? nullptr : &tlds_[it->second];
}

}  // namespace simulator
