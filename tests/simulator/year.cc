#include "tests/simulator/year.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>

#include "engine/daemon/anchor_keeper.h"
#include "engine/daemon/root_zone.h"
#include "engine/simulator/simulation.h"
#include "tests/simulator/small_root.h"

namespace simulator {
namespace {

using wire::Rcode;

/// Parts of the seed.
constexpr uint64_t kInternetPart = 20;
constexpr uint64_t kTravelPart = 21;

constexpr uint32_t kFirstSerial = 2026112100;

/// From one fetch of the root zone to the next: not the same hour each day.
constexpr world::Duration kFetchGap = std::chrono::hours(23);

/// How long the run goes on after the last question.
constexpr world::Duration kTail = world::Seconds(30);

/// Failures that are told in full.
constexpr size_t kMostFailures = 5;

/// Returns both clocks at an instant of a simulation.
world::Now ClocksAt(world::Instant at) { return {at, Simulation::kWallBegin + (at - Simulation::kBegin)}; }

/// Returns the days from the begin to an instant.
double DaysTo(world::Instant at) { return std::chrono::duration<double>(at - Simulation::kBegin).count() / 86'400; }

/// Returns the octets of a text.
world::OctetView Octets(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// Returns what is there, or ends the program: without it no year can be lived through.
template <typename T>
T Need(absl::StatusOr<T> wanted) {
  if (wanted.ok()) return *std::move(wanted);
  std::fprintf(stderr, "%s\n", wanted.status().ToString().c_str());
  std::abort();
}

/// Returns the internet of a seed. Its servers are healthy: what is bogus is so by its signatures.
InternetOptions InternetOf(uint64_t seed) {
  InternetOptions options;
  options.seed = SeedOf(seed, kInternetPart);
  options.tempers = false;
  options.loss_permille = 5;
  options.signing.on = true;
  options.signing.wall_at_zero = Simulation::kWallBegin - Simulation::kBegin.time_since_epoch();
  return options;
}

/// Returns settings of a resolver that validates.
std::shared_ptr<const settings::Settings> Validating() {
  auto settings = std::make_shared<settings::Settings>();
  settings->dnssec.validation = true;
  settings->server.state_dir.clear();  // Nothing is kept.
  return settings;
}

/// Returns whether an error says that something is bogus, and in what way (RFC 8914 sections 4.7 to 4.13).
bool IsOfBogus(const wire::ExtendedError& error) {
  return error.code >= wire::EdeCode::kDnssecBogus && error.code <= wire::EdeCode::kNsecMissing;
}

/// How an answer stands to the truth.
enum class Standing : uint8_t { kSecure, kInsecure, kBogus, kExcused, kWrong };

/// Returns how an answer stands to the truth.
Standing StandingOf(const Truth& truth, const wire::Message& told) {
  const bool is_failure = told.header.rcode == Rcode::kServFail;
  if (is_failure && (truth.unreachable || truth.uncertain)) return Standing::kExcused;
  if (truth.security == Security::kBogus) {
    const bool says_why = told.edns && std::ranges::any_of(told.edns->errors, IsOfBogus);
    return is_failure && says_why && !told.header.ad ? Standing::kBogus : Standing::kWrong;
  }
  const bool denies_empty = truth.perhaps_nxdomain && told.header.rcode == Rcode::kNxDomain;
  const bool is_secure = truth.security == Security::kSecure;
  if ((told.header.rcode != truth.rcode && !denies_empty) || told.header.ad != is_secure) return Standing::kWrong;
  if (told.answer.size() != truth.answer.size()) return Standing::kWrong;
  return is_secure ? Standing::kSecure : Standing::kInsecure;
}

/// A resolver and its operator through a year.
class Year {
 public:
  explicit Year(const YearOptions& options);

  /// Lets all happen, and returns what came of it.
  YearResult Live();

 private:
  /// Returns the root zone as it is published at an instant, once it has proven itself by the anchors of that time.
  absl::StatusOr<taprootd::ProvenZone> Fetch(world::Instant at);
  /// Fetches the root zone, and has the engine take it up.
  void Renew(world::Instant at);
  /// Gives anchors to the engine.
  void Take(validation::SharedAnchors anchors);
  /// Lets all happen until an instant.
  void RunUntil(world::Instant until);
  /// Does what the operator's machinery does at its time; returns when it is next wanted.
  world::Instant Keep(world::Instant now);
  /// Has the client ask.
  uint64_t Ask(world::Instant at, world::Octets query);
  /// Gives what was settled to whoever asked.
  void Settle(uint64_t slot);
  /// Judges the answer to a visit.
  void Judge(const Visit& visit, const Fate& fate);
  /// Counts the rollovers on the way to a secure answer.
  void NoteRollovers(const Visit& visit);
  /// Writes a failure down.
  void Tell(const Visit& visit, const Truth& truth, const wire::Message& told);

  YearOptions options_;
  YearResult result_;
  InternetOptions internet_options_;
  Internet internet_;
  Parts parts_;
  PocketServers servers_;
  validation::SharedAnchors anchors_;
  taprootd::ProvenZone root_;
  std::shared_ptr<const settings::Settings> settings_ = Validating();
  Simulation simulation_;
  taprootd::Log log_;
  taprootd::AnchorKeeper keeper_;
  std::map<uint64_t, Visit> visits_;               // By slot, until they are settled.
  std::map<uint64_t, taprootd::KeysFound> looks_;  // Likewise, of the keeper.
  world::Instant fetch_at_ = Simulation::kBegin + kFetchGap;
  RollCensus census_;
  Trace verdicts_;
};

Year::Year(const YearOptions& options)
    : options_(options),
      internet_options_(InternetOf(options.seed)),
      internet_(SmallRoot(kFirstSerial), internet_options_),
      parts_(SmallRoot(kFirstSerial), internet_options_),
      servers_(internet_),
      anchors_(
          Need(validation::Anchors::Parse(Octets(wire::ToText(internet_.TrustAnchor(Simulation::kBegin))), "anchors"))),
      root_(Need(Fetch(Simulation::kBegin))),
      simulation_({.seed = options.seed, .workers = 1, .settings = settings_, .root = root_.zone, .mischief = {}}, servers_),
      keeper_(
          log_, [this] { return ClocksAt(simulation_.now()); },
          [this](world::Octets query, taprootd::KeysFound found) {
            looks_.emplace(Ask(simulation_.now(), std::move(query)), std::move(found));
          },
          [this](validation::SharedAnchors anchors) {
            ++result_.anchor_changes;
            Take(std::move(anchors));
          }) {
  log_.Adopt(taprootd::Log::Level::kError, settings::LogFormat::kText);
  simulation_.engine(0).Adopt(root_.zone, root_.evidence.proven_until);
  Take(keeper_.Begin(anchors_, *settings_));
}

absl::StatusOr<taprootd::ProvenZone> Year::Fetch(world::Instant at) {
  const std::string text = internet_.RootZoneText(at, kFirstSerial + static_cast<uint32_t>(result_.root_zones++));
  taprootd::RootOptions options;
  options.anchors = anchors_;
  auto zone = Need(zone::Zone::Parse(Octets(text), "root zone", {}));
  return taprootd::ProveRootZone(std::move(zone), "root zone", options, ClocksAt(at).wall);
}

void Year::Renew(world::Instant at) {
  const auto candidate = Fetch(at);
  if (candidate.ok() && zone::JudgeReplacement(root_.zone, *candidate->zone) == zone::Replacement::kTaken) {
    root_ = *candidate;
    simulation_.Adopt(at, root_.zone, root_.evidence.proven_until);
    return;
  }
  ++result_.wrong;
  if (result_.failures.size() >= kMostFailures) return;
  result_.failures.push_back(
      fmt::format("day {:.6f}, the root zone was not taken: {}\n", DaysTo(at), candidate.status().ToString()));
}

void Year::Take(validation::SharedAnchors anchors) {
  anchors_ = std::move(anchors);
  simulation_.engine(0).Adopt(anchors_);
}

uint64_t Year::Ask(world::Instant at, world::Octets query) {
  const world::Endpoint client{*world::Address::FromText("127.0.0.1"), 5'000};
  return simulation_.Ask(at, {{}, client, client, world::Protocol::kTcp, false}, std::move(query));
}

world::Instant Year::Keep(world::Instant now) {
  if (keeper_.NextTurn() <= now) keeper_.OnTurn(ClocksAt(now));
  if (fetch_at_ <= now) {
    Renew(now);
    fetch_at_ += kFetchGap;
  }
  return std::min(keeper_.NextTurn(), fetch_at_);
}

void Year::RunUntil(world::Instant until) {
  while (simulation_.Step(until)) {
    for (const uint64_t slot : simulation_.TakeSettled()) Settle(slot);
  }
}

YearResult Year::Live() {
  SeededRandom random(SeedOf(options_.seed, kTravelPart));
  const Span span{Simulation::kBegin + world::Seconds(300),
                  Simulation::kBegin + options_.days * std::chrono::hours(24)};
  world::Instant keep_at = Simulation::kBegin;
  for (const Visit& visit : PlanVisits(parts_, options_.travel, span, random)) {
    while (keep_at <= visit.at) {
      RunUntil(keep_at);
      keep_at = Keep(keep_at);
    }
    wire::Edns edns;
    edns.dnssec_ok = true;
    visits_.emplace(Ask(visit.at, wire::MakeQuery(random.Bits16(), visit.question, wire::Recursion::kDesired, edns)),
                    visit);
    RunUntil(visit.at);
  }
  RunUntil(simulation_.now() + kTail);
  for (const auto& [slot, visit] : visits_) Tell(visit, {}, {});
  for (const std::string& breach : simulation_.breaches()) result_.failures.push_back(breach);
  result_.wrong += visits_.size() + simulation_.breaches().size();
  result_.rolls = census_.Counts();
  result_.datagrams = simulation_.network().traffic().datagrams;
  verdicts_.Mix(simulation_.trace());
  result_.trace = verdicts_.value();
  return std::move(result_);
}

void Year::Settle(uint64_t slot) {
  const Fate& fate = simulation_.fate(slot);
  if (auto look = looks_.extract(slot)) {
    look.mapped()(fate.response);
  } else if (auto visit = visits_.extract(slot)) {
    Judge(visit.mapped(), fate);
  }
  simulation_.Forget(slot);
}

void Year::Judge(const Visit& visit, const Fate& fate) {
  const Truth truth = internet_.TruthOf(visit.question, visit.at);
  const wire::Message told = wire::Parse(fate.response).value_or(wire::Message{});
  const Standing standing = StandingOf(truth, told);
  verdicts_.Mix(static_cast<uint64_t>(standing));
  ++result_.asked;
  switch (standing) {
    case Standing::kSecure:
      ++result_.secure;
      return NoteRollovers(visit);
    case Standing::kInsecure:
      ++result_.insecure;
      return;
    case Standing::kBogus:
      ++result_.bogus;
      return;
    case Standing::kExcused:
      ++result_.excused;
      return;
    case Standing::kWrong:
      ++result_.wrong;
      return Tell(visit, truth, told);
  }
}

void Year::NoteRollovers(const Visit& visit) {
  Chain chain = parts_.atlas.ChainTo(visit.question.name);
  const bool is_of_parent = visit.question.type == wire::RrType::kDs && chain.back().apex == visit.question.name;
  if (is_of_parent && chain.size() > 1) chain.pop_back();
  for (size_t i = 0; i < chain.size(); ++i) {
    const TrustPlan plan = parts_.trust.PlanOf({chain, i});
    if (plan.is_signed) census_.Note(chain[i], plan, ClocksAt(visit.at).wall);
  }
}

void Year::Tell(const Visit& visit, const Truth& truth, const wire::Message& told) {
  if (result_.failures.size() >= kMostFailures) return;
  result_.failures.push_back(fmt::format("day {:.6f}, {}: truly {} {}; told\n{}\n{}\n", DaysTo(visit.at),
                                         wire::ToText(visit.question), ToText(truth.security),
                                         wire::ToText(truth.rcode), wire::ToText(told),
                                         simulation_.engine(0).Explain(visit.question.name.ToText(), 1)));
}

}  // namespace

bool YearResult::IsGood() const {
  return wrong == 0 && secure > 0 && insecure > 0 && bogus > 0 && anchor_changes > 0 &&
         std::ranges::all_of(rolls, [](const RollCount& count) { return count.passed > 0; });
}

YearResult LiveThrough(const YearOptions& options) { return Year(options).Live(); }

std::string ToText(const YearResult& result) {
  std::string text = fmt::format(
      "{} asked: {} secure, {} insecure, {} bogus, {} failed where nothing works, {} wrong\n"
      "{} root zones, {} changes of the trust anchors, {} datagrams\nrollovers",
      result.asked, result.secure, result.insecure, result.bogus, result.excused, result.wrong, result.root_zones,
      result.anchor_changes, result.datagrams);
  for (size_t i = 0; i < kRollKinds; ++i) {
    text += fmt::format("{} {} {} ({} asked within)", i == 0 ? ":" : ",", result.rolls[i].passed,
                        ToText(static_cast<RollKind>(i)), result.rolls[i].within);
  }
  text += fmt::format("\ntrace {:016x}\n", result.trace);
  for (const std::string& failure : result.failures) text += "\n" + failure;
  return text;
}

}  // namespace simulator
