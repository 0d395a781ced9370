#include "tools/taproot/verbs.h"

#include <array>

#include "tools/taproot/daemon_client.h"
#include "tools/taproot/settings_file.h"

namespace taproot {
namespace {

constexpr Option kJsonOption{"--json", "", "as JSON, for programs"};

constexpr auto kConfig = std::to_array<Option>({kConfigOption});
constexpr auto kOnlineJson = std::to_array<Option>({kJsonOption, kConfigOption, kSocketOption});
constexpr auto kResolveOptions = std::to_array<Option>({
    {"--explain", "", "the chain of trust alone, and where it broke"},
    kJsonOption,
    kConfigOption,
});
constexpr auto kExplainOptions = std::to_array<Option>({
    {"--last", "N", "so many walks, the newest last; otherwise one"},
    {"--fresh", "", "resolve the name once more, and explain that"},
    kJsonOption,
    kConfigOption,
    kSocketOption,
});
constexpr auto kNameserversOptions = std::to_array<Option>({
    {"--watch", "", "again every second, until Ctrl-C"},
    {"--most", "N", "so many lines; otherwise 50"},
    kJsonOption,
    kConfigOption,
    kSocketOption,
});
constexpr auto kRootReloadOptions = std::to_array<Option>({
    {"--force", "", "take it also when it is older than the one in use"},
    kJsonOption,
    kConfigOption,
    kSocketOption,
});
constexpr auto kRootVerifyOptions = std::to_array<Option>({
    {"--at", "TIME", "as if it were then: 2020-10-20, or 2020-10-20T12:00:00Z"},
    {"--trust-anchors", "FILE", "DS or DNSKEY records to trust, instead of those of the settings"},
    kConfigOption,
});
constexpr auto kStatsOptions = std::to_array<Option>({
    {"--all", "", "also what is zero"},
    {"--prometheus", "", "in Prometheus' text format"},
    kJsonOption,
    kConfigOption,
    kSocketOption,
});

constexpr auto kVerbs = std::to_array<Verb>({
    {"serve", "", 0, 0, kConfig, "Answers clients, until SIGTERM or Ctrl-C.",
     "Runs in the foreground and logs to standard error. SIGHUP reads the root zone's file again.", RunServe},
    {"check", "", 0, 0, kConfig, "Tells every mistake in the settings at once.",
     "Each as file:line:column, what was found and what was expected. Nothing is changed, no daemon is needed.",
     RunCheck},
    {"resolve", "NAME [TYPE]", 1, 2, kResolveOptions, "Resolves a name here, and draws how.",
     "Needs no daemon: the walk starts at the root zone of the settings, with an empty cache. One line is one packet:\n"
     "when it was sent, how long its response took, to which zone's server, what was asked, and what came of it.",
     RunResolve},
    {"explain", "NAME [TYPE]", 1, 2, kExplainOptions, "Draws how the daemon resolved a name.",
     "The last time it did, or once more if it remembers none. TYPE matters where the name is resolved once more.",
     RunExplain},
    {"nameservers", "[ZONE|ADDRESS]", 0, 1, kNameserversOptions, "Ranks nameservers as the daemon sees them.",
     "The servers of a zone, best first; or an address with every zone that it serves; or those asked most.",
     RunNameservers},
    {"upstreams", "", 0, 0, kOnlineJson, "Shows the upstreams that questions are forwarded to.",
     "Their pools, health, RTT, share of the answers, and what went wrong last.", RunUpstreams},
    {"root status", "", 0, 0, kOnlineJson, "Tells what the root of the names is known from.", "", RunRootStatus},
    {"root reload", "[FILE]", 0, 1, kRootReloadOptions, "Reads the root zone again, or another file.",
     "A file that is broken or older is refused with its reason, and the zone in use stays. No query is lost.",
     RunRootReload},
    {"root fetch", "", 0, 0, kOnlineJson, "Asks the sources of the root zone for a newer one.",
     "In the order of root.sources, until one has a zone that proves itself, or confirms the one in use.",
     RunRootFetch},
    {"root verify", "FILE", 1, 1, kRootVerifyOptions, "Tells whether a root zone proves itself.",
     "By its ZONEMD and its signatures, each told apart, from the trust anchors down. Needs no daemon. Without ZONEMD "
     "every\n"
     "set that has to be signed has to verify, unless root.zonemd is \"require\".",
     RunRootVerify},
    {"stats", "", 0, 0, kStatsOptions, "Shows what the daemon counted.", "docs/METRICS.md explains each metric.",
     RunStats},
    {"cache stats", "", 0, 0, kOnlineJson, "Tells what the cache holds.", "", RunCacheStats},
    {"cache flush", "[NAME [TYPE]]", 0, 2, kOnlineJson, "Forgets what is cached.",
     "Everything at and below NAME, or one TYPE at it; everything at all without a name.", RunCacheFlush},
    {"reload", "", 0, 0, kOnlineJson, "Makes the daemon read its settings again.",
     "Tells what holds at once and what waits for a restart. Settings with a mistake are not taken.", RunReload},
    {"completion",
     "",
     0,
     0,
     {},
     "Prints the completion for bash.",
     "source <(taproot completion) makes Tab complete verbs and options.",
     RunCompletion},
    {"docs",
     "settings|metrics|example|man",
     1,
     1,
     {},
     "Prints a page that is made of the tables in the code.",
     "",
     RunDocs,
     Audience::kBuilders},
});

}  // namespace

std::span<const Verb> Verbs() { return kVerbs; }

}  // namespace taproot
