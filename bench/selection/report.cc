#include "bench/selection/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>

namespace selection {
namespace {

using world::Duration;

/// Returns milliseconds with as many digits as mean something.
std::string Ms(Duration duration) {
  const double ms = std::chrono::duration<double, std::milli>(duration).count();
  return ms < 20 ? fmt::format("{:.1f}", ms) : fmt::format("{:.0f}", ms);
}

/// Returns the median of what `figure` returns for each result.
template <typename Figure>
Duration Median(const std::vector<Result>& results, Figure figure) {
  std::vector<Duration> values;
  values.reserve(results.size());
  for (const Result& result : results) values.push_back(figure(result));
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// A figure that is held against the others'; infinite when it was not measured.
struct Figure {
  std::string_view name;
  double (*of)(const Result&);
};
constexpr double kNotMeasured = std::numeric_limits<double>::infinity();
constexpr std::array<Figure, 6> kFigures = {{
    {"p50", [](const Result& r) { return static_cast<double>(r.p50.count()); }},
    {"p95", [](const Result& r) { return static_cast<double>(r.p95.count()); }},
    {"p99", [](const Result& r) { return static_cast<double>(r.p99.count()); }},
    {"p99.9", [](const Result& r) { return static_cast<double>(r.p999.count()); }},
    {"recovery", [](const Result& r) { return r.recovery ? static_cast<double>(r.recovery->count()) : kNotMeasured; }},
    {"packets", [](const Result& r) { return r.packets; }},
}};

/// Returns whether `value` is the least in the row, within 1 %.
bool IsBest(const Row& row, const Figure& figure, double value) {
  return std::ranges::none_of(row.cells, [&](const Cell& cell) { return figure.of(cell.result) * 1.01 < value; });
}

/// Returns `text` in bold where it is the best.
std::string Mark(const Row& row, size_t figure, const Result& result, const std::string& text) {
  return IsBest(row, kFigures[figure], kFigures[figure].of(result)) ? "**" + text + "**" : text;
}

/// Returns the cells of one line of the table.
std::string LineOf(const Row& row, const Cell& cell) {
  const Result& r = cell.result;
  const std::string recovery =
      r.recovery ? Mark(row, 4, r, fmt::format("{:.0f}", static_cast<double>(r.recovery->count()) / 1e6)) : "";
  return fmt::format("| {} | {} | {} | {} | {} | {:.2f} | {} | {} |\n", cell.policy, Mark(row, 0, r, Ms(r.p50)),
                     Mark(row, 1, r, Ms(r.p95)), Mark(row, 2, r, Ms(r.p99)), Mark(row, 3, r, Ms(r.p999)),
                     100 * r.failures, Mark(row, 5, r, fmt::format("{:.2f}", r.packets)), recovery);
}

// The drawing, in pixels.
constexpr int kLeft = 170;
constexpr int kWidth = 720;
constexpr int kLineHeight = 12;
constexpr int kRowGap = 12;
constexpr int kTop = 50;
constexpr std::array<std::string_view, 5> kColours = {"#b3541e", "#3b6ea5", "#5a8f3d", "#8a63a6", "#7d7d7d"};

/// Returns where a latency stands: 1 ms at the left, 10 s at the right.
double XOf(Duration latency) {
  const double ms = std::max(1.0, std::chrono::duration<double, std::milli>(latency).count());
  return kLeft + kWidth * std::log10(ms) / 4;
}

/// Draws one policy's line: from p50 to p99.9, with dots at p95 and p99.
std::string Draw(const Result& result, double y, std::string_view colour) {
  std::string out =
      fmt::format("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" stroke-width=\"2\"/>\n",
                  XOf(result.p50), XOf(result.p999), y, y, colour);
  for (const auto& [latency, radius] : {std::pair(result.p50, 4.0), std::pair(result.p95, 2.5),
                                        std::pair(result.p99, 2.5), std::pair(result.p999, 3.0)}) {
    out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\"/>\n", XOf(latency), y, radius, colour);
  }
  return out;
}

/// Draws the scale and the legend.
std::string Frame(const Row& row, int height) {
  std::string out;
  for (const int ms : {1, 10, 100, 1'000, 10'000}) {
    const double x = XOf(world::Milliseconds(ms));
    out += fmt::format(
        "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"#ddd\"/>\n"
        "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4} ms</text>\n",
        x, kTop - 10, height - 10, kTop - 14, ms);
  }
  out += "<text x=\"8\" y=\"16\">from 50 to 95, 99, 99.9 %</text>\n";
  for (size_t i = 0; i < row.cells.size(); ++i) {
    out += fmt::format("<text x=\"{}\" y=\"16\" fill=\"{}\" font-weight=\"bold\">{}</text>\n", kLeft + 110 * i,
                       kColours[i % kColours.size()], row.cells[i].policy);
  }
  return out;
}

}  // namespace

Result Middle(const std::vector<Result>& results) {
  Result middle{.p50 = Median(results, [](const Result& r) { return r.p50; }),
                .p95 = Median(results, [](const Result& r) { return r.p95; }),
                .p99 = Median(results, [](const Result& r) { return r.p99; }),
                .p999 = Median(results, [](const Result& r) { return r.p999; }),
                .recovery = std::nullopt};
  if (results.front().recovery) {
    middle.recovery = Median(results, [](const Result& r) { return r.recovery.value_or(Duration{}); });
  }
  for (const Result& result : results) {
    middle.failures += result.failures / static_cast<double>(results.size());
    middle.packets += result.packets / static_cast<double>(results.size());
  }
  return middle;
}

std::string ToMarkdown(const std::vector<Row>& rows) {
  std::string out;
  for (const Row& row : rows) {
    out += fmt::format("\n**{}**: {}\n\n", row.scenario, row.story);
    out += "| | p50 ms | p95 | p99 | p99.9 | failed % | packets | recovery s |\n|---|---|---|---|---|---|---|---|\n";
    for (const Cell& cell : row.cells) out += LineOf(row, cell);
  }
  return out;
}

std::string Tally(const std::vector<Row>& rows) {
  std::string out;
  for (const Figure& figure : kFigures) {
    size_t measured = 0;
    size_t won = 0;
    for (const Row& row : rows) {
      const double ours = figure.of(row.cells.front().result);
      if (ours == kNotMeasured) continue;
      ++measured;
      if (IsBest(row, figure, ours)) ++won;
    }
    fmt::format_to(std::back_inserter(out), "{} {} of {}   ", figure.name, won, measured);
  }
  return out;
}

std::string ToSvg(const std::vector<Row>& rows) {
  const int lines = rows.empty() ? 0 : static_cast<int>(rows.front().cells.size());
  const int row_height = lines * kLineHeight + kRowGap;
  const int height = kTop + static_cast<int>(rows.size()) * row_height + 10;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
      kLeft + kWidth + 50, height);
  if (!rows.empty()) out += Frame(rows.front(), height);
  int y = kTop;
  for (const Row& row : rows) {
    out += fmt::format("<text x=\"8\" y=\"{}\">{}</text>\n", y + row_height / 2, row.scenario);
    for (size_t i = 0; i < row.cells.size(); ++i) {
      out += Draw(row.cells[i].result, y + kLineHeight * (static_cast<double>(i) + 0.5), kColours[i % kColours.size()]);
    }
    y += row_height;
  }
  return out + "</svg>\n";
}

}  // namespace selection
