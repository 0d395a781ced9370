#include "engine/daemon/anchor_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "engine/daemon/file.h"
#include "engine/daemon/trust_anchors.h"
#include "engine/world/limits.h"

namespace taprootd {
namespace {

namespace limits = world::limits;

using nlohmann::ordered_json;
using validation::FollowedKey;
using validation::Rollover;
using world::Instant;

/// Time after the start until the first look: others need the processor then.
constexpr world::Duration kFirstLook = world::Seconds(60);

/// Returns the query for a zone's keys with their signatures, believed or not (CD): they are judged here.
world::Octets QueryFor(const wire::Name& zone) {
  wire::Message query;
  query.header.rd = true;
  query.header.cd = true;
  query.question = {zone, wire::RrType::kDnskey, wire::RrClass::kIn};
  query.edns = wire::Edns{.dnssec_ok = true};
  world::Octets octets;
  wire::Write(query, limits::kUdpPayloadOctets, wire::Signatures::kOmit, octets);
  return octets;
}

/// Returns the states of keys, for the log: `20326 valid, 38696 pending`.
std::string StatesText(const std::vector<FollowedKey>& keys) {
  std::string text;
  for (const FollowedKey& key : keys) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key.dnskey.tag, validation::ToText(key.state));
  }
  return text.empty() ? "none" : text;
}

}  // namespace

validation::SharedAnchors AnchorKeeper::Begin(const validation::SharedAnchors& configured,
                                              const settings::Settings& settings) {
  policy_ = settings.dnssec;
  configured_ = configured;
  file_ = AnchorStatePath(settings);
  FollowedAnchors followed = ResumeAnchors(settings, *configured);
  if (!followed.refusal.empty()) {
    log_.Error(fmt::format("{}: begins anew with the trust anchors of the settings", followed.refusal));
  }
  rollovers_ = std::move(followed.rollovers);
  looks_at_.assign(rollovers_.size(), settings.dnssec.validation ? read_time_().mono + kFirstLook : world::kNever);
  ++round_;
  return validation::Followed(rollovers_);
}

Instant AnchorKeeper::NextTurn() const {
  return looks_at_.empty() ? world::kNever : *std::ranges::min_element(looks_at_);
}

void AnchorKeeper::OnTurn(world::Now now) {
  for (size_t i = 0; i < looks_at_.size(); ++i) {
    if (looks_at_[i] > now.mono) continue;
    // Until the answer is here; without one that is when to look again.
    looks_at_[i] = now.mono + validation::RetryInterval();
    ask_(QueryFor(rollovers_[i].zone()), [this, i, round = round_](const world::Octets& response) {
      if (round == round_) Take(i, response);
    });
  }
}

std::optional<wire::RrSet> AnchorKeeper::KeysIn(const world::Octets& response, const wire::Name& zone) {
  std::optional<wire::Message> message = wire::Parse(response);
  if (!message) return std::nullopt;
  for (wire::RrSet& rrset : message->answer) {
    if (rrset.type == wire::RrType::kDnskey && rrset.owner == zone) return std::move(rrset);
  }
  return std::nullopt;
}

void AnchorKeeper::Take(size_t index, const world::Octets& response) {
  Rollover& rollover = rollovers_[index];
  const std::optional<wire::RrSet> keys = KeysIn(response, rollover.zone());
  if (!keys) return log_.Warn(fmt::format("the keys of {} were not to be had", rollover.zone().ToText()));
  const world::Now now = read_time_();
  const std::vector<FollowedKey> before = rollover.keys();
  validation::Work work(limits::kMaxSignatureChecksPerQuery, 0);
  const validation::Look look = rollover.See(*keys, {*configured_, policy_, now.wall}, work);
  looks_at_[index] = now.mono + look.again;
  if (!look.is_signed) {
    log_.Warn(fmt::format("no trusted key has signed the keys of {}: has a rollover been missed? trusted: {}",
                          rollover.zone().ToText(), StatesText(rollover.keys())));
  }
  turned_away_ += static_cast<uint64_t>(look.turned_away);
  if (look.has_changed) Publish(before, rollover);
}

void AnchorKeeper::Publish(const std::vector<FollowedKey>& before, const Rollover& rollover) {
  log_.Warn(fmt::format("trust anchors of {}: {} (were: {})", rollover.zone().ToText(), StatesText(rollover.keys()),
                        StatesText(before)));
  if (!rollover.Trusted()) {
    log_.Error(fmt::format("all keys of {} are revoked: what is below is not validated", rollover.zone().ToText()));
  }
  if (!file_.empty()) {
    const auto written = ReplaceFile(file_, validation::StateText(rollovers_));
    if (!written.ok()) log_.Error(std::string(written.message()));
  }
  publish_(validation::Followed(rollovers_));
}

ordered_json AnchorKeeper::Report() const {
  ordered_json keys = ordered_json::array();
  for (const Rollover& rollover : rollovers_) {
    for (const FollowedKey& key : rollover.keys()) {
      const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(key.since.time_since_epoch()).count();
      keys.push_back({{"zone", rollover.zone().ToText()},
                      {"key_tag", key.dnskey.tag},
                      {"algorithm", static_cast<int>(key.dnskey.algorithm)},
                      {"state", validation::ToText(key.state)},
                      {"since_ms", since}});
    }
  }
  return keys;
}

}  // namespace taprootd
