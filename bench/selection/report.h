#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/selection/simulation.h"

namespace selection {

/// A policy's result in a scenario: the median over the seeds, each figure for itself.
struct Cell {
  std::string_view policy;
  Result result;
};

/// A scenario with a cell for each policy.
struct Row {
  std::string scenario;
  std::string story;
  std::vector<Cell> cells;
};

/// Returns the median of each figure; of failures and packets the mean.
Result Middle(const std::vector<Result>& results);

/// Returns the rows as a Markdown table, the best of each figure in bold.
std::string ToMarkdown(const std::vector<Row>& rows);

/// Returns in how many figures of how many the first policy is at or below the best of the others, within 1 %.
std::string Tally(const std::vector<Row>& rows);

/// Returns the rows as a drawing: a line from p50 to p99.9 for each policy, on a logarithmic scale.
std::string ToSvg(const std::vector<Row>& rows);

}  // namespace selection
