#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "engine/servers/address_record.h"
#include "engine/servers/book.h"
#include "engine/servers/figures.h"
#include "engine/servers/zone_record.h"
#include "engine/world/random.h"
#include "engine/world/time.h"

/// Whom to ask: the whole policy, as pure functions of what is known. The book fetches the records under its locks and
/// calls this without any.
namespace servers::chooser {

/// A candidate with all that is known of it.
struct Prospect {
  AddressRecord address;
  ServerInZone in_zone;
  int times_tried = 0;          ///< In this question.
  bool answered_badly = false;  ///< In this question.
  bool is_cut_off = false;      ///< Nobody of its family answers, while others do.
};

/// What keeps a server from the front, in the order in which it counts. Each is worth so much time that the next
/// smaller ones cannot outweigh it, but a server's RTT decides among equals.
enum class Tier : uint8_t {
  kGood,
  kUntried,        ///< Good for all we know.
  kErring,         ///< Answered for this zone with errors lately.
  kSilent,         ///< Did not answer the last time.
  kTried,          ///< Asked in this question already.
  kCutOff,         ///< Nobody of its family answers.
  kAnsweredBadly,  ///< In this question.
};

/// What a server costs, as the chooser sees it.
struct Assessment {
  world::Duration cost{};
  Tier tier = Tier::kGood;
};

/// Returns the most that a server may cost to count as an equal of one that costs `best`.
world::Duration BandAbove(world::Duration best, const Figures& figures = kFigures);

/// Returns what choosing `prospect` costs.
Assessment Assess(const Prospect& prospect, world::Instant now, const Figures& figures = kFigures);

/// Returns the choice without an aside, or nothing when there are no prospects.
std::optional<Choice> Pick(std::span<const Prospect> prospects, world::Instant now, world::Random& random,
                           const Figures& figures = kFigures);

/// The reasons of an aside: its measurement has grown old; it was silent, and may be back and among the best; its
/// family was cut off, and may be back.
inline constexpr std::string_view kExploring = "exploring";
inline constexpr std::string_view kProbing = "probing";
inline constexpr std::string_view kProbingFamily = "probing its family";

/// Returns whom to ask beside `chosen`: a silent server that has rested, or else the one whose measurement is oldest
/// for its speed. Nothing where all is fresh, or where the question was asked before: then it has troubles of its own.
std::optional<Aside> PickAside(std::span<const Prospect> prospects, size_t chosen, world::Instant now,
                               const Figures& figures = kFigures);

/// Returns whom to ask to see whether a family that is cut off is back: the best of it. Nothing where there is none, or
/// where the question was asked before.
std::optional<Aside> PickProbe(std::span<const Prospect> prospects, world::Family family, world::Instant now);

}  // namespace servers::chooser
