#include "tools/lab/verbs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "engine/simulator/internet_walker.h"
#include "tools/lab/tally.h"
#include "tools/lab/worker.h"

namespace lab {
namespace {

/// Returns the question of a name's and a type's text.
std::optional<wire::Question> ReadQuestion(const std::string& name_text, const std::string& type_text) {
  const auto name = wire::Name::FromText(name_text);
  const auto type = wire::RrTypeFromText(type_text);
  if (!name || !type) {
    fmt::print(stderr, "taproot-lab: not a name and a type: {} {}\n", name_text, type_text);
    return {};
  }
  return wire::Question{*name, *type};
}

/// Returns the truth as one JSON object; the rdata both as text and in hexadecimal.
nlohmann::json ToJson(const wire::Question& question, const simulator::Truth& truth) {
  nlohmann::json records = nlohmann::json::array();
  for (const wire::RrSet& set : truth.answer) {
    for (world::OctetView rdata : set.rdatas) {
      records.push_back({{"owner", set.owner.ToText()},
                         {"ttl", set.ttl},
                         {"type", wire::ToText(set.type)},
                         {"rdata", wire::RdataToText(set.type, rdata)},
                         {"hex", fmt::format("{:02x}", fmt::join(rdata, ""))}});
    }
  }
  return {{"name", question.name.ToText()},     {"type", wire::ToText(question.type)},
          {"rcode", wire::ToText(truth.rcode)}, {"answer", records},
          {"unreachable", truth.unreachable},   {"all-refuse", truth.all_refuse},
          {"uncertain", truth.uncertain},       {"perhaps-nxdomain", truth.perhaps_nxdomain},
          {"security", ToText(truth.security)}};
}

/// Returns the truth for a person.
std::string ToText(const simulator::Truth& truth) {
  std::string text = fmt::format("{}\n", wire::ToText(truth.rcode));
  for (const wire::RrSet& set : truth.answer) text += wire::ToText(set);
  if (truth.unreachable) text += "; no server of some zone on the way works: SERVFAIL is right\n";
  if (truth.all_refuse) text += "; all of them refuse: REFUSED is right\n";
  if (truth.uncertain) text += "; it depends on the moment or on the NS set: SERVFAIL is right as well\n";
  if (truth.perhaps_nxdomain) text += "; a server denies empty non-terminals: NXDOMAIN is right as well\n";
  if (truth.security == simulator::Security::kSecure) text += "; secure\n";
  if (truth.security == simulator::Security::kBogus) text += "; bogus: a validator answers SERVFAIL\n";
  return text;
}

/// Returns the count that is the only argument.
std::optional<uint64_t> ReadCount(const Options& options) {
  uint64_t count = 0;
  if (options.arguments.size() == 1) {
    const std::string& text = options.arguments[0];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc() && end == text.data() + text.size()) return count;
  }
  fmt::print(stderr, "taproot-lab: {} needs a COUNT\n", options.verb);
  return {};
}

}  // namespace

int PrintTruth(const Options& options, const simulator::Internet& internet) {
  if (options.arguments.size() == 1 && options.arguments[0] == "-") {
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream words(line);
      std::string name;
      std::string type;
      if (!(words >> name >> type)) continue;
      const auto question = ReadQuestion(name, type);
      if (!question) return 2;
      fmt::print("{}\n", ToJson(*question, internet.TruthOf(*question, MonotonicNow())).dump());
    }
    return 0;
  }
  if (options.arguments.size() != 2) {
    fmt::print(stderr, "taproot-lab: truth needs NAME TYPE, or -\n");
    return 2;
  }
  const auto question = ReadQuestion(options.arguments[0], options.arguments[1]);
  if (!question) return 2;
  fmt::print("{}", ToText(internet.TruthOf(*question, MonotonicNow())));
  return 0;
}

int PrintNames(const Options& options, const simulator::Internet& internet) {
  const auto count = ReadCount(options);
  if (!count) return 2;
  for (uint64_t i = 0; i < *count; ++i) {
    const wire::Question question = internet.NameToAsk(options.from + i);
    fmt::print("{} {}\n", question.name.ToText(), wire::ToText(question.type));
  }
  return 0;
}

int PrintCensus(const Options& options, const simulator::Internet& internet) {
  const auto count = ReadCount(options);
  if (!count) return 2;
  simulator::Walker walker(internet);
  for (uint64_t i = 0; i < *count; ++i) walker.Resolve(internet.NameToAsk(options.from + i), MonotonicNow());
  fmt::print("{}", ToText(walker.census()));
  return 0;
}

}  // namespace lab
