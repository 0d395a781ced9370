#include "tools/lab/options.h"

#include <absl/status/status.h>
#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "engine/world/address.h"

namespace lab {
namespace {

constexpr uint16_t kDnsPort = 53;

/// Returns the number that the whole text is, within bounds.
std::optional<uint64_t> Number(std::string_view text, uint64_t most) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return {};
  return value;
}

/// An error that names the option and what it needs.
absl::Status Wants(std::string_view option, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{} needs {}", option, what));
}

/// Reads `MIN:MAX` in milliseconds.
absl::Status ReadLatency(std::string_view text, simulator::InternetOptions& internet) {
  const size_t colon = text.find(':');
  const auto least = Number(text.substr(0, colon), 10'000);
  const auto most = colon == std::string_view::npos ? least : Number(text.substr(colon + 1), 10'000);
  if (!least || !most || *least > *most) return Wants("--latency", "MIN:MAX in milliseconds");
  internet.least_latency = world::Milliseconds(static_cast<int64_t>(*least));
  internet.most_latency = world::Milliseconds(static_cast<int64_t>(*most));
  return absl::OkStatus();
}

/// Takes an option that stands alone; returns whether it was one.
bool TakeSwitch(std::string_view option, Options& options) {
  if (option == "--namespace") {
    options.internet.loopback = false;
    options.port = kDnsPort;
  } else if (option == "--no-tempers") {
    options.internet.tempers = false;
  } else if (option == "--signed") {
    options.internet.signing.on = true;
  } else if (option == "--no-ipv4") {
    options.internet.ipv4 = false;
  } else if (option == "--no-ipv6") {
    options.internet.ipv6 = false;
  } else {
    return false;
  }
  return true;
}

/// Takes an option whose value is text; returns whether it was one.
bool TakeText(std::string_view option, const std::string& value, Options& options) {
  if (option == "--root-zone") {
    options.root_zone = value;
  } else if (option == "--write-root-zone") {
    options.write_root_zone = value;
  } else if (option == "--write-anchor") {
    options.write_anchor = value;
  } else if (option == "--census-file") {
    options.census_file = value;
  } else if (option == "--count-questions") {
    options.questions_file = value;
  } else {
    return false;
  }
  return true;
}

/// Takes an option with a value of another kind.
absl::Status TakeValue(std::string_view option, std::string_view value, Options& options) {
  if (option == "--latency") return ReadLatency(value, options.internet);
  if (option == "--never") {
    const auto address = world::Address::FromText(value);
    if (!address) return Wants(option, "an address");
    options.internet.never.push_back(*address);
    return absl::OkStatus();
  }
  uint64_t most = UINT64_MAX;
  if (option == "--loss" || option == "--broken" || option == "--flawed") most = 1000;
  if (option == "--threads") most = 64;
  if (option == "--port") most = 65'535;
  const auto number = Number(value, most);
  if (!number) return Wants(option, fmt::format("a number up to {}", most));
  if (option == "--seed") {
    options.internet.seed = *number;
  } else if (option == "--loss") {
    options.internet.loss_permille = static_cast<int>(*number);
  } else if (option == "--broken") {
    options.internet.broken_servers_permille = static_cast<int>(*number);
  } else if (option == "--flawed") {
    options.internet.signing.flawed_permille = static_cast<int>(*number);
  } else if (option == "--threads" && *number > 0) {
    options.threads = static_cast<int>(*number);
  } else if (option == "--port" && *number > 0) {
    options.port = static_cast<uint16_t>(*number);
  } else if (option == "--from") {
    options.from = *number;
  } else {
    return absl::InvalidArgumentError(fmt::format("no such option: {} (see taproot-lab help)", option));
  }
  return absl::OkStatus();
}

/// Returns what the options as a whole lack.
absl::Status Check(const Options& options) {
  if (options.internet.loopback || !options.root_zone.empty()) return absl::OkStatus();
  return Wants("--namespace", "--root-zone FILE");
}

}  // namespace

absl::StatusOr<Options> ReadOptions(std::span<const std::string> arguments) {
  Options options;
  options.internet.loopback = true;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (!argument.starts_with("--")) {
      (options.verb.empty() ? options.verb : options.arguments.emplace_back()) = argument;
      continue;
    }
    if (TakeSwitch(argument, options)) continue;
    if (i + 1 == arguments.size()) return Wants(argument, "a value, or is no option (see taproot-lab help)");
    const std::string& value = arguments[++i];
    if (TakeText(argument, value, options)) continue;
    if (absl::Status status = TakeValue(argument, value, options); !status.ok()) return status;
  }
  // With a root zone the servers are at their real addresses, whatever the verb.
  if (!options.root_zone.empty()) options.internet.loopback = false;
  if (absl::Status status = Check(options); !status.ok()) return status;
  return options;
}

std::string HelpText() {
  return R"(taproot-lab: an internet of nameservers on this machine, computed from a seed

  taproot-lab serve                 every server at 127.x.y.z, port 5301, with a root zone of the lab's own
  taproot-lab serve --namespace --root-zone FILE
                                    every server at its real address, port 53, in a network namespace in which
                                    every address is local: tools/lab/enter-namespace COMMAND...
  taproot-lab truth NAME TYPE       what the model holds to be true; with `-` instead, for each line of stdin, as JSON
  taproot-lab names COUNT           names worth asking, with types, as dnsperf reads them
  taproot-lab census COUNT          which tempers and shapes a simple resolver meets on the way to that many names
  taproot-lab root-zone             the lab's own root zone, or the given one as it is served
  taproot-lab anchor                the DS set of the keys that sign it (--signed)

Options of every verb (the same for `serve` and `truth`, else they speak of different internets):
  --root-zone FILE       the root zone to start from, instead of the lab's own
  --seed N               another internet (1)
  --broken PERMILLE      servers that are not healthy (80)
  --no-tempers           all servers are healthy
  --signed               the root, most TLDs and zones below are signed, with keys of the lab
  --flawed PERMILLE      signed zones with a fault (50)
  --never ADDRESS        no server is at this address; may come again
  --no-ipv4, --no-ipv6   servers cannot be reached over this family
Of `serve`:
  --latency MIN:MAX      of one exchange, in milliseconds (2:300; 0:0 answers at once)
  --loss PERMILLE        of the packets of each direction (0)
  --threads N            (1)
  --port N               (5301; 53 in a namespace)
  --write-root-zone FILE where to put the root zone that the lab made or signed (taproot-lab-root.zone)
  --write-anchor FILE    where to put the DS set that a validator has to trust (taproot-lab-anchor.ds)
  --census-file FILE     how often each temper and shape was met: written at the end, and on SIGUSR1
  --count-questions FILE how often each (name, type) was asked, likewise
Of `names`: --from N     the first of them (0)
)";
}

}  // namespace lab
