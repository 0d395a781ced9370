#pragma once

#include "tools/lab/options.h"

namespace lab {

/// Serves until SIGINT or SIGTERM; returns the exit code.
int Serve(const Options& options, const simulator::Internet& internet);

/// Writes a file whole; returns whether that worked, and says so where it did not.
bool WriteFile(const std::string& path, std::string_view text);

}  // namespace lab
