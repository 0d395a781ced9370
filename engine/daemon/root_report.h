#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/daemon/root_fetcher.h"
#include "engine/daemon/root_keeper.h"
#include "engine/metrics/table.h"

namespace taprootd {

/// Returns what `root-status` answers: ROOT of docs/OPERATING.md.
nlohmann::ordered_json RootReport(const RootKeeper& keeper, const RootFetcher& fetcher, world::Now now);

/// Returns what `root-reload` and `root-fetch` answer once a zone was taken or confirmed.
nlohmann::ordered_json OutcomeReport(const RootOutcome& outcome);

/// Sets the metrics of the root zone.
void CountRoot(const RootKeeper& keeper, const RootFetcher& fetcher, world::Now now, metrics::Counters& counters);

}  // namespace taprootd
