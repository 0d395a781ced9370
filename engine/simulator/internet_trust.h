#pragma once

#include <cstdint>

#include "engine/dnssec/algorithm.h"
#include "engine/dnssec/nsec3.h"
#include "engine/simulator/internet.h"
#include "engine/simulator/internet_atlas.h"

namespace simulator {

/// How a signed zone denies what it does not have.
enum class DenialKind : uint8_t { kNsec, kNsec3, kNsec3OptOut };

/// How a zone is signed, and what its parent says of that. Follows from the names alone.
struct TrustPlan {
  bool is_signed = false;
  bool has_ds = false;       ///< The parent, itself signed, vouches for it.
  bool is_readable = false;  ///< A DS has a digest that anybody knows (RFC 6840 section 5.2).
  bool has_single_key = false;
  dnssec::Algorithm algorithm{};
  DenialKind denial = DenialKind::kNsec;
  dnssec::Nsec3Parameters nsec3;
  Flaw flaw = Flaw::kNone;
};

/// Which zones are signed, how, and which of them are at fault: pure functions of lots.
class Trust {
 public:
  Trust(const SigningOptions& options, uint64_t seed) : options_(options), seed_(seed) {}

  /// Returns whether any zone is signed.
  bool is_on() const { return options_.on; }

  /// Returns how the zone of a chain is signed.
  TrustPlan PlanOf(ZoneAt zone) const;
  /// Returns how a zone is signed. Requires: `above` is the zone above it, or both are the root.
  TrustPlan PlanOf(const ZonePlan& zone, const ZonePlan& above) const;

  /// Returns what a validator with the root's anchor has to think of the data of the chain's last zone, answers that
  /// need a denial apart where that zone has Flaw::kForgedDenial.
  Security SecurityOf(const Chain& chain) const;
  /// Returns what it has to think of that zone's DNSKEY set, whose signatures some flaws leave as they should be.
  Security SecurityOfKeys(const Chain& chain) const;

  /// Returns the civil time of an instant.
  world::WallTime WallAt(world::Instant now) const { return options_.wall_at_zero + now.time_since_epoch(); }

  /// Returns the plan of a name that is a TLD of the root zone, whatever else is known of it.
  ZonePlan TldPlan(const wire::Name& name) const;
  /// Returns the plan of the root.
  ZonePlan RootPlan() const;

 private:
  /// Returns whether the zone is signed, with or without a DS.
  bool IsSigned(const ZonePlan& zone) const;
  /// Returns what is wrong with a signed zone.
  Flaw FlawOf(const ZonePlan& zone) const;

  SigningOptions options_;
  uint64_t seed_;
};

/// Returns the graver of two.
constexpr Security Graver(Security a, Security b) { return a > b ? a : b; }

}  // namespace simulator
