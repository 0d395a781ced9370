#include "engine/validation/rollover.h"

#include <algorithm>
#include <utility>

#include "engine/dnssec/signature.h"
#include "engine/validation/key_set.h"
#include "engine/world/limits.h"

namespace validation {
namespace {

namespace limits = world::limits;

using dnssec::Dnskey;
using dnssec::SignatureOutcome;
using world::Duration;
using world::WallTime;

constexpr Duration kDay = std::chrono::hours(24);

/// How long a key has to be seen before it is trusted, at least (RFC 5011 section 2.4.1).
constexpr Duration kHoldDown = 30 * kDay;

/// Bounds of the time between two looks (section 2.3).
constexpr Duration kLeastInterval = std::chrono::hours(1);
constexpr Duration kMostInterval = 15 * kDay;

/// Returns the rdata of a key as it was before it was revoked: what it is known by.
world::Octets Identity(const Dnskey& key) {
  world::Octets rdata = key.rdata;
  rdata[1] = static_cast<uint8_t>(rdata[1] & ~Dnskey::kRevokeFlag);
  return rdata;
}

/// Returns the key as it was before it was revoked.
Dnskey Unrevoked(const Dnskey& key) { return *Dnskey::FromRdata(Identity(key)); }

/// Returns the keys of a set that may be followed: secure entry points (section 3), revoked or not.
std::vector<Dnskey> EntryPoints(const wire::RrSet& dnskeys) {
  std::vector<Dnskey> keys;
  for (const world::OctetView rdata : dnskeys.rdatas) {
    if (keys.size() == limits::kMaxKeysPerZone) break;
    std::optional<Dnskey> key = Dnskey::FromRdata(rdata);
    if (key && key->IsZoneKey() && key->IsSecureEntryPoint()) keys.push_back(*std::move(key));
  }
  return keys;
}

/// Returns the time between two looks: half of the set's TTL or of what is left of its signature, whichever is less.
Duration IntervalFor(const wire::RrSet& dnskeys, uint16_t key_tag, WallTime now) {
  Duration interval = kMostInterval;
  for (const world::OctetView rdata : dnskeys.signatures) {
    const auto signature = dnssec::Signature::FromRdata(rdata);
    if (!signature || signature->key_tag != key_tag) continue;
    const auto left = static_cast<int32_t>(
        signature->expiration -
        static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count()));
    interval = std::min({interval, world::Seconds(signature->original_ttl) / 2, world::Seconds(left) / 2});
  }
  return std::max(kLeastInterval, interval);
}

}  // namespace

std::string_view ToText(KeyState state) {
  switch (state) {
    case KeyState::kPending:
      return "pending";
    case KeyState::kValid:
      return "valid";
    case KeyState::kMissing:
      return "missing";
    case KeyState::kRevoked:
      break;
  }
  return "revoked";
}

Duration RetryInterval() { return kLeastInterval; }

void Rollover::Move(FollowedKey& key, KeyState state, WallTime now, Look& look) {
  if (key.state == state) return;
  key.state = state;
  key.since = now;
  look.has_changed = true;
}

FollowedKey* Rollover::Find(const Dnskey& key) {
  const world::Octets identity = Identity(key);
  const auto at = std::ranges::find_if(keys_, [&](const FollowedKey& k) { return Identity(k.dnskey) == identity; });
  return at != keys_.end() ? &*at : nullptr;
}

bool Rollover::IsConfigured(const Dnskey& key) const {
  const Dnskey unrevoked = Unrevoked(key);
  const auto matches = [&](const dnssec::Ds& ds) {
    return dnssec::Match(ds, configured_.zone, unrevoked) == dnssec::DsOutcome::kMatches;
  };
  return std::ranges::any_of(configured_.ds, matches) ||
         std::ranges::any_of(configured_.keys, [&](const Dnskey& k) { return k.rdata == unrevoked.rdata; });
}

std::optional<Anchor> Rollover::Trusted() const {
  Anchor trusted = configured_;
  for (const FollowedKey& key : keys_) {
    if (key.state == KeyState::kValid || key.state == KeyState::kMissing) trusted.keys.push_back(key.dnskey);
    if (key.state != KeyState::kRevoked) continue;
    std::erase_if(trusted.keys, [&](const Dnskey& k) { return k.rdata == key.dnskey.rdata; });
    std::erase_if(trusted.ds, [&](const dnssec::Ds& ds) {
      return dnssec::Match(ds, configured_.zone, key.dnskey) == dnssec::DsOutcome::kMatches;
    });
  }
  if (trusted.ds.empty() && trusted.keys.empty()) return std::nullopt;
  return trusted;
}

void Rollover::Revoke(const wire::RrSet& dnskeys, const Trust& trust, Work& work, Look& look) {
  for (const Dnskey& key : EntryPoints(dnskeys)) {
    if (!key.IsRevoked()) continue;
    FollowedKey* known = Find(key);
    const bool is_trusted = known != nullptr ? known->state != KeyState::kRevoked : IsConfigured(key);
    if (!is_trusted) continue;
    // The signature is under the tag that the key has since it is revoked.
    Dnskey signer = Unrevoked(key);
    signer.tag = key.tag;
    dnssec::ZoneKeys keys{configured_.zone, {}};
    std::optional<dnssec::PublicKey> public_key = dnssec::PublicKey::From(signer);
    keys.keys.push_back({signer, std::move(public_key)});
    if (work.verifier.Verify(dnskeys, keys, trust.now).outcome != SignatureOutcome::kValid) continue;
    if (known == nullptr) known = &keys_.emplace_back(FollowedKey{Unrevoked(key), KeyState::kValid, trust.now});
    Move(*known, KeyState::kRevoked, trust.now, look);
  }
}

void Rollover::Meet(const Dnskey& key, uint32_t ttl, WallTime now, Look& look) {
  FollowedKey* const known = Find(key);
  if (known == nullptr) {
    if (keys_.size() >= limits::kMaxKeysPerZone) {
      ++look.turned_away;
      return;
    }
    // What the settings trust has waited out its time elsewhere.
    keys_.push_back({key, IsConfigured(key) ? KeyState::kValid : KeyState::kPending, now});
    look.has_changed = true;
    return;
  }
  // RFC 5011 section 2.4.1: 30 days, or the TTL where that is longer.
  const bool has_waited = now - known->since >= std::max<Duration>(kHoldDown, world::Seconds(ttl));
  if (known->state == KeyState::kMissing || (known->state == KeyState::kPending && has_waited)) {
    Move(*known, KeyState::kValid, now, look);
  }
}

void Rollover::Miss(const wire::RrSet& dnskeys, WallTime now, Look& look) {
  const std::vector<Dnskey> present = EntryPoints(dnskeys);
  const auto is_gone = [&](const FollowedKey& key) {
    return std::ranges::none_of(present, [&](const Dnskey& p) { return Identity(p) == key.dnskey.rdata; });
  };
  // One that goes before its time begins anew when it comes back.
  const auto forgotten =
      std::erase_if(keys_, [&](const FollowedKey& key) { return key.state == KeyState::kPending && is_gone(key); });
  if (forgotten > 0) look.has_changed = true;
  for (FollowedKey& key : keys_) {
    if (key.state == KeyState::kValid && is_gone(key)) Move(key, KeyState::kMissing, now, look);
  }
}

Look Rollover::See(const wire::RrSet& dnskeys, const Trust& trust, Work& work) {
  Look look;
  look.again = RetryInterval();
  Revoke(dnskeys, trust, work, look);
  const std::optional<Anchor> anchor = Trusted();
  if (!anchor) return look;
  const KeySetOutcome outcome = JudgeByAnchor(dnskeys, *anchor, trust, work);
  if (outcome.verification.outcome != SignatureOutcome::kValid || !outcome.keys) return look;
  look.is_signed = true;
  look.again = IntervalFor(dnskeys, outcome.verification.key_tag, trust.now);
  Miss(dnskeys, trust.now, look);
  for (const Dnskey& key : EntryPoints(dnskeys)) {
    if (!key.IsRevoked()) Meet(key, dnskeys.ttl, trust.now, look);
  }
  return look;
}

}  // namespace validation
