#include "bench/selection/play.h"

#include <fmt/format.h>

#include <iterator>

namespace selection {
namespace {

/// Returns microseconds since the start.
int64_t Since(world::Instant at) { return (at - kStart).count(); }

/// Returns what `each` says of every item, as a JSON array.
template <typename Items, typename Each>
std::string Array(const Items& items, Each each) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ",";
    out += each(item);
  }
  return out + "]";
}

/// Returns what a server is called whose temper it is.
std::string_view ToText(Temper temper) {
  switch (temper) {
    case Temper::kHealthy:
      return "healthy";
    case Temper::kDead:
      return "dead";
    case Temper::kLame:
      return "lame";
    case Temper::kServFail:
      return "fails";
  }
  return "";
}

/// Returns a server as JSON: its address, and what it is from when on.
std::string ServerToJson(const Server& server) {
  return fmt::format("{{\"address\":\"{}\",\"phases\":{}}}\n", server.address.ToText(),
                     Array(server.phases, [](const Phase& phase) {
                       return fmt::format("[{},\"{}\",{}]", Since(phase.from), ToText(phase.temper), phase.rtt.count());
                     }));
}

}  // namespace

std::string ToJson(const Scenario& scenario) {
  const Internet& internet = scenario.internet;
  std::string out =
      fmt::format("{{\"name\":\"{}\",\"story\":\"{}\",\"length\":{},\"warm_up\":{},\"loss\":{},", scenario.name,
                  scenario.story, scenario.length.count(), scenario.warm_up.count(), internet.loss);
  out += "\"zones\":" + Array(internet.zones, [](const std::vector<size_t>& servers) {
           return Array(servers, [](size_t server) { return fmt::format("{}", server); });
         });
  out += ",\n\"servers\":" + Array(internet.servers, ServerToJson);
  out += ",\n\"outages\":" + Array(internet.outages, [](const Outage& outage) {
           return fmt::format("[{},{}]", Since(outage.from), Since(outage.to));
         });
  out += ",\n\"questions\":" + Array(MakeQuestions(scenario), [](const Asked& asked) {
           return fmt::format("[{},{},{:d}]", Since(asked.at), asked.zone, asked.unanswerable);
         });
  return out + "}\n";
}

std::string ToJson(const Trace& trace) {
  std::string out = "{\"packets\":" + Array(trace.packets, [](const Sent& sent) {
                      return fmt::format("[{},{},{},{:d}]", sent.query, sent.server, Since(sent.at), sent.aside);
                    });
  out += ",\n\"questions\":" + Array(trace.questions, [](const Ended& ended) {
           return fmt::format("[{},{},{:d}]", ended.query, Since(ended.at), ended.answered);
         });
  return out + "}\n";
}

}  // namespace selection
