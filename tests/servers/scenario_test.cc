// How choosing plays out over a sequence of questions, against servers of known temper.

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "engine/servers/book.h"
#include "tests/servers/dice.h"
#include "tests/servers/timeline.h"

namespace servers {
namespace {

/// What a server does at an instant: answers after some time, or not at all (no time).
struct Behaviour {
  std::optional<world::Duration> delay;
  Report report = Report::kValid;
};
using Server = std::function<Behaviour(world::Instant)>;

/// Returns a server that always answers after `milliseconds`.
Server Steady(int64_t milliseconds, Report report = Report::kValid) {
  return [=](world::Instant) { return Behaviour{Ms(milliseconds), report}; };
}

/// Returns a server that is dead from one instant to another.
Server DeadBetween(int64_t milliseconds, world::Instant from, world::Instant to) {
  return [=](world::Instant now) { return now >= from && now < to ? Behaviour{} : Behaviour{Ms(milliseconds)}; };
}

/// How one question went.
struct Outcome {
  world::Duration time{};
  std::vector<size_t> asked;
  bool answered = false;
};

/// One zone with its servers, and a resolver that asks them one after the other.
class Zone {
 public:
  explicit Zone(std::vector<Server> servers) : servers_(std::move(servers)) {
    for (size_t i = 0; i < servers_.size(); ++i) {
      const std::array<uint8_t, 4> octets = {192, 0, 2, static_cast<uint8_t>(i)};
      addresses_.push_back(*world::Address::FromOctets(octets));
    }
  }

  /// Resolves one question that begins at `now`: at most ten packets.
  Outcome Ask(world::Instant now) {
    Outcome outcome;
    std::vector<Candidate> candidates;
    candidates.reserve(addresses_.size());
    for (const world::Address& address : addresses_) candidates.push_back({address});
    while (!outcome.answered && outcome.asked.size() < 10) {
      const Choice choice = *book_.Choose(candidates, zone_, now + outcome.time, dice_);
      outcome.asked.push_back(choice.index);
      if (choice.aside) AskAside(choice.aside->index, choice.aside->timeout, now + outcome.time);
      outcome.time += TryOne(candidates[choice.index], servers_[choice.index], choice, now + outcome.time, outcome);
    }
    return outcome;
  }

  /// Asks `count` questions, one each `gap`, and returns their outcomes.
  std::vector<Outcome> AskMany(int count, world::Duration gap, world::Instant from) {
    std::vector<Outcome> outcomes;
    outcomes.reserve(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) outcomes.push_back(Ask(from + i * gap));
    return outcomes;
  }

 private:
  /// Asks one server and returns how long that took.
  world::Duration TryOne(Candidate& candidate, const Server& server, const Choice& choice, world::Instant now,
                         Outcome& outcome) {
    const Behaviour behaviour = server(now);
    book_.Sent(candidate.address, zone_, now);
    if (!behaviour.delay || *behaviour.delay > choice.timeout) {
      ++candidate.times_tried;
      book_.TimedOut(candidate.address, zone_, now, now + choice.timeout);
      return choice.timeout;
    }
    book_.Answered(candidate.address, zone_, world::Protocol::kUdp, *behaviour.delay, behaviour.report,
                   now + *behaviour.delay);
    if (behaviour.report != Report::kValid) candidate.answered_badly = true;
    outcome.answered = behaviour.report == Report::kValid;
    return *behaviour.delay;
  }

  /// Asks one server that nobody waits for.
  void AskAside(size_t index, world::Duration timeout, world::Instant now) {
    const Behaviour behaviour = servers_[index](now);
    book_.Sent(addresses_[index], zone_, now);
    if (!behaviour.delay || *behaviour.delay > timeout) {
      book_.TimedOut(addresses_[index], zone_, now, now + timeout);
      return;
    }
    book_.Answered(addresses_[index], zone_, world::Protocol::kUdp, *behaviour.delay, behaviour.report,
                   now + *behaviour.delay);
  }

  Book book_;
  Dice dice_{11};
  wire::Name zone_ = N("example.");
  std::vector<Server> servers_;
  std::vector<world::Address> addresses_;
};

/// Returns how many of the outcomes asked `server` first.
size_t FirstAsked(const std::vector<Outcome>& outcomes, size_t server) {
  return static_cast<size_t>(
      std::ranges::count_if(outcomes, [&](const Outcome& outcome) { return outcome.asked.front() == server; }));
}

/// Returns the longest time of the outcomes.
world::Duration Longest(const std::vector<Outcome>& outcomes) {
  return std::ranges::max_element(outcomes, {}, &Outcome::time)->time;
}

TEST_CASE("of servers of 10 to 200 ms the fastest has nearly all questions after a few") {
  Zone zone({Steady(200), Steady(90), Steady(10), Steady(60), Steady(150)});
  zone.AskMany(20, Ms(100), AtMs(0));
  CHECK(FirstAsked(zone.AskMany(500, Ms(100), AtMs(2'000)), 2) > 450);
}

TEST_CASE("a dead server costs a timeout or two, and from then on no client any time") {
  Zone zone({DeadBetween(10, AtMs(0), world::kNever), Steady(50)});
  const auto outcomes = zone.AskMany(600, Ms(100), AtMs(0));
  CHECK(Longest(outcomes) <= Ms(450));
  CHECK(std::ranges::all_of(outcomes, &Outcome::answered));
  CHECK(FirstAsked(outcomes, 0) >= 1);
  CHECK(FirstAsked(outcomes, 0) <= 3);
}

TEST_CASE("the fastest server dies: one question feels it, and it is back within one probe of recovering") {
  Zone zone({DeadBetween(10, AtMs(20'000), AtMs(80'000)), Steady(50)});
  CHECK(FirstAsked(zone.AskMany(200, Ms(100), AtMs(0)), 0) > 180);
  const auto during = zone.AskMany(600, Ms(100), AtMs(20'000));
  CHECK(Longest(during) <= Ms(250));
  CHECK(FirstAsked(during, 0) <= 10);
  zone.AskMany(310, Ms(100), AtMs(80'000));  // The longest rest.
  CHECK(FirstAsked(zone.AskMany(200, Ms(100), AtMs(111'000)), 0) > 180);
}

TEST_CASE("a lame server that is the fastest is left for the one that serves the zone") {
  Zone zone({Steady(5, Report::kLame), Steady(80)});
  const auto outcomes = zone.AskMany(1'000, Ms(100), AtMs(0));
  CHECK(std::ranges::all_of(outcomes, &Outcome::answered));
  CHECK(FirstAsked(outcomes, 0) < 60);
}

TEST_CASE("all servers dead: every one is asked, none is given up, and the first to return is used") {
  Zone zone({DeadBetween(20, AtMs(0), AtMs(60'000)), DeadBetween(30, AtMs(0), AtMs(60'000))});
  for (const Outcome& outcome : zone.AskMany(8, Ms(5'000), AtMs(0))) {
    CHECK_FALSE(outcome.answered);
    CHECK(outcome.asked.size() == 10);
    CHECK(std::ranges::count(outcome.asked, size_t{0}) >= 3);
    CHECK(std::ranges::count(outcome.asked, size_t{1}) >= 3);
  }
  const Outcome after = zone.Ask(AtMs(61'000));
  CHECK(after.answered);
  CHECK(after.asked.size() == 1);
}

TEST_CASE("a server that flaps is used while it is up, and costs at most a timeout a minute while it is down") {
  const Server flapping = [](world::Instant now) {
    const bool up = (now - AtMs(0)) / world::Seconds(60) % 2 == 0;
    return up ? Behaviour{Ms(10)} : Behaviour{};
  };
  Zone zone({flapping, Steady(100)});
  const auto outcomes = zone.AskMany(6'000, Ms(100), AtMs(0));
  CHECK(std::ranges::all_of(outcomes, &Outcome::answered));
  const auto slow = std::ranges::count_if(outcomes, [](const Outcome& o) { return o.time > Ms(150); });
  CHECK(slow <= 60);
  CHECK(FirstAsked(outcomes, 0) > 2'000);
}

TEST_CASE("with one live server of two, a lost packet is asked for again there, not at the dead one") {
  int count = 0;
  const Server lossy = [&count](world::Instant) { return ++count % 20 == 0 ? Behaviour{} : Behaviour{Ms(10)}; };
  Zone zone({lossy, DeadBetween(10, AtMs(0), world::kNever)});
  zone.AskMany(100, Ms(1'000), AtMs(0));
  int asked_dead_second = 0;
  for (const Outcome& outcome : zone.AskMany(400, Ms(100), AtMs(100'000))) {
    if (outcome.asked.size() > 1 && outcome.asked[1] == 1) ++asked_dead_second;
  }
  CHECK(asked_dead_second == 0);
}

}  // namespace
}  // namespace servers
