#include "engine/servers/link_watch.h"

#include <algorithm>
#include <utility>

namespace servers {
namespace {

using world::Address;
using world::Instant;

/// Returns whether two addresses are of one network: what fails there together may fail by itself.
bool AreNeighbours(const Address& a, const Address& b) {
  const size_t octets = a.family() == world::Family::kIpv4 ? 3 : 6;
  return std::ranges::equal(a.octets().first(octets), b.octets().first(octets));
}

}  // namespace

std::string_view ToText(Link link) {
  switch (link) {
    case Link::kUp:
      return "up";
    case Link::kSuspect:
      return "suspect";
    case Link::kDown:
      break;
  }
  return "down";
}

void LinkWatch::Answered(Instant now) {
  answered_at_ = std::max(answered_at_, now);
  failed_.clear();
  if (!is_down_) return;
  is_down_ = false;
  last_began_ = began_;
  last_ended_ = now;
  down_for_ += now - began_;
}

bool LinkWatch::Failed(const Silence& silence) {
  if (is_down_) return true;
  // Asked while nobody was heard: its time is over only after the outage.
  if (silence.sent >= last_began_ && silence.sent <= last_ended_) return true;
  // Who was asked before somebody answered was asked over a link that worked.
  if (silence.sent <= answered_at_) return false;
  // Until anybody has ever answered there is nobody who was good: a host that starts without a network.
  const bool is_news = silence.was_good || answered_at_ == Instant::min();
  const bool is_known = std::ranges::find(failed_, silence.address) != failed_.end();
  if (!is_news || is_known || failed_.size() == kMostServers) return false;
  began_ = failed_.empty() ? silence.sent : std::min(began_, silence.sent);
  failed_.push_back(silence.address);
  if (!IsConvinced()) return false;
  is_down_ = true;
  ++outages_;
  forgiven_ = failed_;
  return true;
}

bool LinkWatch::IsConvinced() const {
  if (failed_.size() < kLeastServers) return false;
  size_t networks = 0;
  for (auto at = failed_.begin(); at != failed_.end(); ++at) {
    if (std::none_of(failed_.begin(), at, [&](const Address& other) { return AreNeighbours(*at, other); })) ++networks;
  }
  return networks >= kLeastNetworks;
}

std::vector<Address> LinkWatch::TakeForgiven() { return std::exchange(forgiven_, {}); }

Link LinkWatch::state() const {
  if (is_down_) return Link::kDown;
  return failed_.size() < 2 ? Link::kUp : Link::kSuspect;
}

world::Duration LinkWatch::DownFor(Instant now) const {
  return down_for_ + (is_down_ ? now - began_ : world::Duration::zero());
}

}  // namespace servers
