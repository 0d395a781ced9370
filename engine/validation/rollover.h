#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/dnssec/keys.h"
#include "engine/validation/anchors.h"
#include "engine/validation/work.h"
#include "engine/wire/rrset.h"
#include "engine/world/octets.h"
#include "engine/world/time.h"

namespace validation {

/// Where a key stands on its way (RFC 5011 section 4.2). One that was never seen, or went before its time, is not kept.
enum class KeyState : uint8_t {
  kPending,  ///< Seen, and not yet for as long as it takes.
  kValid,    ///< Trusted.
  kMissing,  ///< Trusted, and not in the zone.
  kRevoked,  ///< Withdrawn by its owner: never trusted again, whatever the settings say.
};

/// Returns a word for the state, for files and people: `pending`.
std::string_view ToText(KeyState state);

/// A key of a trust anchor's zone.
struct FollowedKey {
  dnssec::Dnskey dnskey;
  KeyState state = KeyState::kPending;
  world::WallTime since;  ///< When it came to this state.
};

/// What a look at a zone's keys came to.
struct Look {
  bool is_signed = false;    ///< A trusted key had signed them; otherwise nothing was learnt, but for revocations.
  bool has_changed = false;  ///< Some key has another state than before.
  int turned_away = 0;       ///< Keys that are not followed: kMaxKeysPerZone are.
  world::Duration again{};   ///< When to look again (RFC 5011 section 2.3).
};

/// Follows the keys of one trust anchor's zone through their rollovers (RFC 5011). Pure: is told what the zone shows,
/// and when.
class Rollover {
 public:
  /// Begins with what the settings trust, and with what was known when the process last ended.
  explicit Rollover(Anchor configured, std::vector<FollowedKey> known = {})
      : configured_(std::move(configured)), keys_(std::move(known)) {}

  /// Takes the zone's DNSKEY set, as any server gave it: it is believed by its signatures.
  Look See(const wire::RrSet& dnskeys, const Trust& trust, Work& work);

  /// Returns what the zone is trusted by; nothing where all its keys are revoked: then it is as any other zone (RFC
  /// 5011 section 5).
  std::optional<Anchor> Trusted() const;

  const wire::Name& zone() const { return configured_.zone; }
  const std::vector<FollowedKey>& keys() const { return keys_; }

 private:
  /// Revokes the trusted keys that say so of themselves (section 2.1).
  void Revoke(const wire::RrSet& dnskeys, const Trust& trust, Work& work, Look& look);
  /// Takes a key of a set that is believed.
  void Meet(const dnssec::Dnskey& key, uint32_t ttl, world::WallTime now, Look& look);
  /// Has the keys go that a set that is believed lacks.
  void Miss(const wire::RrSet& dnskeys, world::WallTime now, Look& look);
  /// Returns the key that this is, or null.
  FollowedKey* Find(const dnssec::Dnskey& key);
  /// Returns whether the settings trust the key.
  bool IsConfigured(const dnssec::Dnskey& key) const;
  /// Moves a key to another state.
  static void Move(FollowedKey& key, KeyState state, world::WallTime now, Look& look);

  Anchor configured_;
  std::vector<FollowedKey> keys_;
};

/// Returns when to look again at keys that no trusted one had signed, or that were not to be had.
world::Duration RetryInterval();

/// What is known of all zones, as it stands in a file: a line a key, `pending 1795219200 20326 . IN DNSKEY ...`, and
/// the count of them.
std::string StateText(std::span<const Rollover> rollovers);

/// Returns a rollover for each anchor, with what a state file knows of its zone; keys of other zones are left out. A
/// text that is damaged is refused as `file:line: what`.
[[nodiscard]] absl::StatusOr<std::vector<Rollover>> Resume(const Anchors& configured, world::OctetView state,
                                                           std::string_view file_name);

/// Returns the anchors as the rollovers have them.
SharedAnchors Followed(std::span<const Rollover> rollovers);

}  // namespace validation
