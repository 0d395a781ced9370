#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/simulator/internet.h"
#include "engine/zone/zone.h"
#include "tools/lab/options.h"
#include "tools/lab/serve.h"
#include "tools/lab/verbs.h"
#include "tools/lab/worker.h"

namespace lab {
namespace {

/// Says what is wrong; returns the exit code for it.
int Fail(std::string_view what) {
  fmt::print(stderr, "taproot-lab: {}\n", what);
  return 2;
}

/// Returns the text of the root zone: of the file, or the lab's own.
absl::StatusOr<std::string> RootText(const Options& options) {
  if (options.root_zone.empty()) return simulator::LoopbackRootZone(options.internet);
  std::ifstream file(options.root_zone, std::ios::binary);
  if (!file) return absl::NotFoundError(fmt::format("cannot read {}", options.root_zone));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Does what the verb says.
int Run(const Options& options) {
  if (options.verb.empty() || options.verb == "help") {
    fmt::print("{}", HelpText());
    return options.verb.empty() ? 2 : 0;
  }
  const absl::StatusOr<std::string> text = RootText(options);
  if (!text.ok()) return Fail(std::string(text.status().message()));
  const std::string name = options.root_zone.empty() ? "the lab's root zone" : options.root_zone;
  const world::OctetView octets(reinterpret_cast<const uint8_t*>(text->data()), text->size());
  absl::StatusOr<zone::Snapshot> root = zone::Zone::Parse(octets, name, {});
  if (!root.ok()) return Fail(std::string(root.status().message()));
  simulator::InternetOptions internet_options = options.internet;
  internet_options.signing.wall_at_zero = WallNow() - MonotonicNow().time_since_epoch();
  const simulator::Internet internet(*std::move(root), internet_options);
  const bool is_made = options.root_zone.empty() || options.internet.signing.on;
  if (options.verb == "truth") return PrintTruth(options, internet);
  if (options.verb == "names") return PrintNames(options, internet);
  if (options.verb == "census") return PrintCensus(options, internet);
  if (options.verb == "anchor" && options.internet.signing.on) {
    fmt::print("{}", wire::ToText(internet.TrustAnchor(MonotonicNow())));
    return 0;
  }
  const std::string served = options.internet.signing.on ? internet.RootZoneText(MonotonicNow()) : *text;
  if (options.verb == "root-zone") {
    fmt::print("{}", served);
    return 0;
  }
  if (options.verb != "serve") return Fail(fmt::format("no such verb: {} (see taproot-lab help)", options.verb));
  if (is_made && !WriteFile(options.write_root_zone, served)) return 1;
  const bool has_anchor = options.internet.signing.on;
  if (has_anchor && !WriteFile(options.write_anchor, wire::ToText(internet.TrustAnchor(MonotonicNow())))) return 1;
  return Serve(options, internet);
}

}  // namespace
}  // namespace lab

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  const absl::StatusOr<lab::Options> options = lab::ReadOptions(words);
  if (!options.ok()) return lab::Fail(std::string(options.status().message()));
  return lab::Run(*options);
}
