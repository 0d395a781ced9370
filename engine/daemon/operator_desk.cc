#include "engine/daemon/operator_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/daemon/clock.h"
#include "engine/daemon/operator_query.h"
#include "engine/daemon/root_report.h"
#include "engine/metrics/pages.h"

namespace taprootd {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// Most standings and walks that one request may ask for.
constexpr int64_t kMostListed = 10'000;

/// Standings listed where a request does not say how many.
constexpr int64_t kListedByDefault = 50;

/// Returns the line of an object. Octets that are no UTF-8 (a name in an error, say) are replaced.
std::string ToLine(const ordered_json& object) {
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// Answers that the request failed.
void Fail(const LineReply& reply, std::string_view why) { reply(ToLine({{"error", why}})); }

/// Returns a member that is text, or `otherwise` where there is none.
std::string TextOf(const json& request, const char* member, std::string otherwise) {
  return request.value(member, std::move(otherwise));
}

/// Returns the milliseconds since 1970.
int64_t MillisecondsOf(world::WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

/// Returns a line of the ranking.
ordered_json StandingToJson(const servers::Standing& standing) {
  ordered_json line;
  line["address"] = standing.address.ToText();
  line["zone"] = standing.zone ? ordered_json(standing.zone->ToText()) : ordered_json(nullptr);
  line["srtt_us"] = standing.srtt ? ordered_json(standing.srtt->count()) : ordered_json(nullptr);
  line["variance_us"] = standing.variance.count();
  line["timeout_us"] = standing.timeout.count();
  line["asked"] = standing.asked;
  line["answered"] = standing.answered;
  line["timeouts"] = standing.timeouts;
  line["errors"] = standing.errors;
  line["explorations"] = standing.explorations;
  line["won"] = standing.won;
  line["share_permille"] = standing.share_permille ? ordered_json(*standing.share_permille) : ordered_json(nullptr);
  line["timeouts_in_row"] = standing.timeouts_in_row;
  line["state"] = standing.state;
  line["last_error"] = standing.last_error;
  line["reason"] = standing.reason;
  return line;
}

/// Returns a line of the upstreams.
ordered_json UpstreamToJson(const std::string& pool, const servers::UpstreamRecord& record, world::Instant now) {
  ordered_json line;
  line["pool"] = pool;
  line["url"] = record.name;
  line["health"] = servers::ToText(record.HealthAt(now));
  line["srtt_us"] = record.rtt.measured ? ordered_json(record.rtt.smoothed.count()) : ordered_json(nullptr);
  line["asked"] = record.asked;
  line["answered"] = record.answered;
  line["won"] = record.won;
  line["lost"] = record.lost;
  line["failures"] = record.failures;
  line["errors"] = record.errors;
  line["probes"] = record.probes;
  ordered_json addresses = ordered_json::array();
  for (const world::Address& address : record.addresses) addresses.push_back(address.ToText());
  line["addresses"] = std::move(addresses);
  line["last_error"] = record.last_error;
  return line;
}

/// Returns what answers an operator with how a root zone was taken.
RootAsker RootReply(LineReply reply) {
  return [reply = std::move(reply)](const RootResult& result) {
    if (!result.ok()) return Fail(reply, std::string(result.status().message()));
    reply(ToLine(OutcomeReport(*result)));
  };
}

}  // namespace

/// A member that a request may have, and its type; without a name: none.
struct OperatorDesk::Member {
  std::string_view name;
  json::value_t type = json::value_t::null;
};

/// A verb: who may say it, the members of its requests, and what answers it.
struct OperatorDesk::Verb {
  std::string_view name;
  Authority authority;
  std::array<Member, 4> members;
  void (OperatorDesk::*answer)(const json& request, LineReply reply);
};

const OperatorDesk::Verb* OperatorDesk::FindVerb(std::string_view name) {
  using Desk = OperatorDesk;
  constexpr auto kText = json::value_t::string;
  constexpr auto kCount = json::value_t::number_unsigned;
  constexpr auto kYesNo = json::value_t::boolean;
  static constexpr Verb kVerbs[] = {
      {"stats", Authority::kLook, {}, &Desk::Stats},
      {"prometheus", Authority::kLook, {}, &Desk::Prometheus},
      {"nameservers", Authority::kLook, {{{"zone", kText}, {"address", kText}, {"most", kCount}}}, &Desk::NameServers},
      {"upstreams", Authority::kLook, {}, &Desk::Upstreams},
      {"root-status", Authority::kLook, {}, &Desk::RootStatusVerb},
      {"cache-stats", Authority::kLook, {}, &Desk::CacheStats},
      {"explain",
       Authority::kLook,
       {{{"name", kText}, {"type", kText}, {"most", kCount}, {"fresh", kYesNo}}},
       &Desk::Explain},
      {"reload", Authority::kChange, {}, &Desk::Reload},
      {"root-reload", Authority::kChange, {{{"file", kText}, {"force", kYesNo}}}, &Desk::RootReload},
      {"root-fetch", Authority::kChange, {}, &Desk::RootFetch},
      {"cache-flush", Authority::kChange, {{{"name", kText}, {"type", kText}}}, &Desk::CacheFlush},
  };
  for (const Verb& verb : kVerbs) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

OperatorDesk::OperatorDesk(DeskOptions options) : options_(std::move(options)), started_(ReadClocks()) {}

void OperatorDesk::Handle(Authority authority, const std::string& line, LineReply reply) {
  const json request = json::parse(line, nullptr, false);
  if (!request.is_object()) return Fail(reply, "a request is one JSON object on one line");
  const auto spoken = request.find("verb");
  if (spoken == request.end() || !spoken->is_string()) return Fail(reply, "a request has a member \"verb\", a text");
  const auto name = spoken->get<std::string>();
  const Verb* verb = FindVerb(name);
  if (verb == nullptr) return Fail(reply, fmt::format("unknown verb \"{}\"", name));
  if (verb->authority == Authority::kChange && authority == Authority::kLook) {
    return Fail(reply, fmt::format("\"{}\" changes things: ask the control socket", name));
  }
  for (const auto& [key, value] : request.items()) {
    if (key == "verb") continue;
    const auto known = std::find_if(verb->members.begin(), verb->members.end(),
                                    [&key = key](const Member& member) { return member.name == key; });
    if (known == verb->members.end()) return Fail(reply, fmt::format("\"{}\" has no member \"{}\"", name, key));
    if (value.type() != known->type) {
      return Fail(reply, fmt::format("\"{}\" must be a {}", key, json(known->type).type_name()));
    }
  }
  (this->*verb->answer)(request, std::move(reply));
}

void OperatorDesk::GatherCounters(std::function<void(const metrics::Counters&)> done) {
  const Look look = [](Worker& worker) { return WorkerView{.counters = worker.Counters(), .walks = {}}; };
  options_.crew.Gather(look, [this, done = std::move(done)](const std::vector<WorkerView>& views) {
    metrics::Counters sum = options_.counters();
    for (const auto& view : views) sum.Merge(view.counters);
    done(sum);
  });
}

void OperatorDesk::Stats(const json&, LineReply reply) {
  GatherCounters([this, reply = std::move(reply)](const metrics::Counters& counters) {
    ordered_json answer;
    answer["version"] = options_.version;
    answer["started_ms"] = MillisecondsOf(started_.wall);
    answer["uptime_s"] = std::chrono::duration_cast<std::chrono::seconds>(ReadClocks().mono - started_.mono).count();
    answer["workers"] = options_.crew.size();
    answer["metrics"] = ordered_json::parse(metrics::ToJson(counters));
    reply(ToLine(answer));
  });
}

void OperatorDesk::Prometheus(const json&, LineReply reply) {
  GatherCounters([reply = std::move(reply)](const metrics::Counters& counters) {
    reply(ToLine({{"text", metrics::ToPrometheus(counters)}}));
  });
}

void OperatorDesk::NameServers(const json& request, LineReply reply) {
  const world::Instant now = ReadClocks().mono;
  std::vector<servers::Standing> standings;
  if (request.contains("zone") && request.contains("address")) return Fail(reply, "either a zone or an address");
  if (request.contains("zone")) {
    const auto zone = wire::Name::FromText(TextOf(request, "zone", ""));
    if (!zone) return Fail(reply, "\"zone\" is no domain name");
    standings = options_.book.OfZone(*zone, now);
  } else if (request.contains("address")) {
    const auto address = world::Address::FromText(TextOf(request, "address", ""));
    if (!address) return Fail(reply, "\"address\" is no IP address");
    standings = options_.book.OfAddress(*address, now);
  } else {
    const int64_t most = std::min(request.value("most", kListedByDefault), kMostListed);
    standings = options_.book.Busiest(static_cast<size_t>(most), now);
  }
  ordered_json list = ordered_json::array();
  for (const auto& standing : standings) list.push_back(StandingToJson(standing));
  reply(ToLine({{"standings", std::move(list)}}));
}

void OperatorDesk::Upstreams(const json&, LineReply reply) {
  const world::Instant now = ReadClocks().mono;
  const std::vector<servers::UpstreamRecord> records = options_.book.upstreams().Records();
  ordered_json list = ordered_json::array();
  for (const forwarding::Pool& pool : options_.plan.pools) {
    for (const servers::UpstreamId id : pool.members) {
      if (static_cast<size_t>(id) >= records.size()) continue;
      list.push_back(UpstreamToJson(pool.name, records[static_cast<size_t>(id)], now));
    }
  }
  reply(ToLine({{"upstreams", std::move(list)}}));
}

void OperatorDesk::RootStatusVerb(const json&, LineReply reply) {
  ordered_json answer = RootReport(options_.root, options_.fetcher, ReadClocks());
  answer["anchors"] = options_.anchors.Report();
  reply(ToLine(answer));
}

void OperatorDesk::CacheStats(const json&, LineReply reply) {
  const cache::StoreStats stats = options_.store.Stats();
  ordered_json answer;
  answer["rrset_entries"] = stats.rrset_entries;
  answer["answer_entries"] = stats.answer_entries;
  answer["delegation_entries"] = stats.delegation_entries;
  answer["failure_entries"] = stats.failure_entries;
  answer["octets"] = stats.octets;
  answer["limit_octets"] = stats.limit_octets;
  answer["evictions"] = stats.evictions;
  answer["insertions"] = stats.insertions;
  reply(ToLine(answer));
}

void OperatorDesk::Explain(const json& request, LineReply reply) {
  const auto name = wire::Name::FromText(TextOf(request, "name", ""));
  if (!name || !request.contains("name")) return Fail(reply, "\"name\" must be a domain name");
  if (!wire::RrTypeFromText(TextOf(request, "type", "A"))) return Fail(reply, "\"type\" is no RR type");
  if (request.value("fresh", false)) return ExplainFresh(request, std::move(reply));
  const auto most = static_cast<size_t>(std::min(request.value("most", int64_t{1}), kMostListed));
  const std::string text = name->ToText();
  const Look look = [text, most](Worker& worker) {
    return WorkerView{.counters = {}, .walks = worker.engine().Explain(text, most)};
  };
  options_.crew.Gather(look, [this, request, most, reply = std::move(reply)](const std::vector<WorkerView>& views) {
    std::vector<ordered_json> walks;
    for (const auto& view : views) {
      const auto list = ordered_json::parse(view.walks, nullptr, false);
      if (list.is_array()) walks.insert(walks.end(), list.begin(), list.end());
    }
    const std::string type = TextOf(request, "type", "");
    if (!type.empty()) std::erase_if(walks, [&](const auto& walk) { return walk["question"]["type"] != type; });
    if (walks.empty()) return ExplainFresh(request, reply);
    std::stable_sort(walks.begin(), walks.end(), [](const ordered_json& a, const ordered_json& b) {
      return a.value("started_ms", int64_t{0}) > b.value("started_ms", int64_t{0});
    });
    if (walks.size() > most) walks.resize(most);
    reply(ToLine({{"walks", walks}}));
  });
}

void OperatorDesk::ExplainFresh(const json& request, LineReply reply) {
  const auto name = wire::Name::FromText(TextOf(request, "name", ""));
  const auto type = wire::RrTypeFromText(TextOf(request, "type", "A"));
  options_.crew.Resolve(MakeOperatorQuery({.name = *name, .type = *type}),
                        [reply = std::move(reply)](const std::string& report) {
                          const auto walk = ordered_json::parse(report, nullptr, false);
                          if (!walk.is_object()) return Fail(reply, "the name was not resolved");
                          reply(ToLine({{"walks", ordered_json::array({walk})}}));
                        });
}

void OperatorDesk::Reload(const json&, LineReply reply) { reply(ToLine(options_.reload())); }

void OperatorDesk::RootReload(const json& request, LineReply reply) {
  const RootRequest wanted{.file = TextOf(request, "file", ""),
                           .force = request.value("force", false) ? Force::kYes : Force::kNo};
  options_.root.Reload(wanted, RootReply(std::move(reply)));
}

void OperatorDesk::RootFetch(const json&, LineReply reply) { options_.fetcher.Fetch(RootReply(std::move(reply))); }

void OperatorDesk::CacheFlush(const json& request, LineReply reply) {
  const auto name = wire::Name::FromText(TextOf(request, "name", "."));
  if (!name) return Fail(reply, "\"name\" is no domain name");
  if (!request.contains("type")) return reply(ToLine({{"flushed", options_.store.Flush(*name)}}));
  const auto type = wire::RrTypeFromText(TextOf(request, "type", ""));
  if (!type) return Fail(reply, "\"type\" is no RR type");
  reply(ToLine({{"flushed", options_.store.FlushType(*name, *type)}}));
}

}  // namespace taprootd
