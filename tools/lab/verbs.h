#pragma once

#include "tools/lab/options.h"

namespace lab {

/// Prints what is true of one question, or of each line of stdin where the name is `-`; returns the exit code.
int PrintTruth(const Options& options, const simulator::Internet& internet);

/// Prints names worth asking.
int PrintNames(const Options& options, const simulator::Internet& internet);

/// Prints what an honest walk to many names meets.
int PrintCensus(const Options& options, const simulator::Internet& internet);

}  // namespace lab
