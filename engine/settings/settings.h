#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/settings/upstream_url.h"
#include "engine/settings/zone_source.h"
#include "engine/wire/name.h"
#include "engine/world/address.h"
#include "engine/world/limits.h"
#include "engine/world/time.h"

/// What an operator may set. rows.inc is the one table; the struct, the parser (parse.h), docs/SETTINGS.md and the
/// shell completion are all made of it, so a setting is added by one row there.
namespace settings {

/// How much of a name nameservers are told (RFC 9156).
enum class QnameMinimisation : uint8_t { kRelaxed, kStrict, kOff };

/// How the upstreams of a pool are asked.
enum class Strategy : uint8_t { kParallel, kBalanced, kFailover };

/// What becomes of a question that no upstream answers.
enum class Fallback : uint8_t { kError, kWalk };

/// Which way a route leads.
enum class RouteAction : uint8_t { kPool, kWalk };

/// What a root zone has to show before it is used.
enum class ZonemdPolicy : uint8_t { kRequire, kIfPresent, kOff };

/// The least grave message that is logged.
enum class LogLevel : uint8_t { kError, kWarn, kInfo, kDebug };

/// The shape of a line of the log.
enum class LogFormat : uint8_t { kText, kJson };

/// Returns the endpoints of a list separated by spaces; port 53 where there is none. Requires: all are good.
std::vector<world::Endpoint> Endpoints(std::string_view list);

/// Returns the prefixes of a list separated by spaces. Requires: all are good.
std::vector<world::Prefix> Prefixes(std::string_view list);

/// A zone that is not validated, for a time (RFC 7646).
struct NegativeAnchor {
  wire::Name zone;
  world::WallTime until;

  /// Returns the anchor of `corp.example until 2026-12-24T18:00:00Z`.
  [[nodiscard]] static std::optional<NegativeAnchor> FromText(std::string_view text);

  /// Returns the same text.
  std::string ToText() const;

  bool operator==(const NegativeAnchor&) const = default;
};

#define SECTION(type, section, doc) \
  struct type {                     \
    bool operator==(const type&) const = default;
#define SETTING(key, type, field, initial, range, reload, doc) type field = initial;
#define END(type, field) \
  }                      \
  ;                      \
  type field;
/// All settings, with their defaults: docs/SETTINGS.md says what each means. A value; shared immutable once built.
struct Settings {
#include "engine/settings/rows.inc"
  bool operator==(const Settings&) const = default;
};
#undef SECTION
#undef SETTING
#undef END

/// Returns the path of the stats socket: the one set, or `stats.sock` in the state folder (/run/taproot without one).
std::string StatsSocketPath(const Settings& settings);

/// Returns the path of the control socket likewise: `control.sock`.
std::string ControlSocketPath(const Settings& settings);

}  // namespace settings
