#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "engine/servers/address_record.h"
#include "engine/servers/book.h"
#include "engine/servers/zone_record.h"
#include "engine/world/random.h"
#include "engine/world/time.h"

/// Whom to ask: the whole policy, as pure functions of what is known. The book fetches the records under its locks and
/// calls this without any.
namespace servers::chooser {

// The figures below are those with which bench/selection comes out best; its README tells what the others cost.

/// What counts against a server that has no measured RTT: low enough that one is tried before a known server that is
/// not fast, high enough that a fast known one is not left for it.
inline constexpr world::Duration kUnknownRtt = world::Milliseconds(20);

/// Servers this close to the best are equals, and one of them is drawn: for spread, and so that a spoofer cannot know
/// whom to impersonate. A wider band costs more time than it buys entropy.
inline constexpr world::Duration kLeastBand = world::Milliseconds(5);
inline constexpr int kBandPercent = 15;

/// A measurement is old after this time; for a slower server than the best, after as many times as long as it is
/// slower, up to so many.
inline constexpr world::Duration kFreshTime = world::Seconds(15);
inline constexpr double kMostSlowness = 4;

/// Packets of one question that go out one timeout after the other; from there on the wait doubles with each, so that a
/// name that nobody answers costs a dozen packets and not two.
inline constexpr int kPromptPackets = 5;

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
world::Duration BandAbove(world::Duration best);

/// Returns what choosing `prospect` costs.
Assessment Assess(const Prospect& prospect, world::Instant now);

/// Returns the choice without an aside, or nothing when there are no prospects.
std::optional<Choice> Pick(std::span<const Prospect> prospects, world::Instant now, world::Random& random);

/// The reasons of an aside: its measurement has grown old; it was silent, and may be back and among the best; its
/// family was cut off, and may be back.
inline constexpr std::string_view kExploring = "exploring";
inline constexpr std::string_view kProbing = "probing";
inline constexpr std::string_view kProbingFamily = "probing its family";

/// Returns whom to ask beside `chosen`: a silent server that has rested, or else the one whose measurement is oldest
/// for its speed. Nothing where all is fresh, or where the question was asked before: then it has troubles of its own.
std::optional<Aside> PickAside(std::span<const Prospect> prospects, size_t chosen, world::Instant now);

/// Returns whom to ask to see whether a family that is cut off is back: the best of it. Nothing where there is none, or
/// where the question was asked before.
std::optional<Aside> PickProbe(std::span<const Prospect> prospects, world::Family family, world::Instant now);

}  // namespace servers::chooser
