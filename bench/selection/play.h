#pragma once

#include <string>

#include "bench/selection/scenario.h"
#include "bench/selection/simulation.h"

namespace selection {

/// Returns a scenario with all its servers and questions, so that it can be played on real sockets. Times are in
/// microseconds since the start.
std::string ToJson(const Scenario& scenario);

/// Returns the packets as [question, server, time, aside], and the questions as [question, time of its end, answered].
std::string ToJson(const Trace& trace);

}  // namespace selection
