#include "tools/taproot/waterfall.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/wire/message.h"
#include "tools/taproot/amounts.h"
#include "tools/taproot/columns.h"

namespace taproot {
namespace {

/// Bars are as wide as the terminal leaves them, within these.
constexpr size_t kLeastBar = 8;
constexpr size_t kMostBar = 40;

/// Spaces before each line.
constexpr size_t kIndent = 2;

/// A terminal narrower than these gets no column of reasons, or of servers' names: what was asked of which address and
/// what came of it matters more.
constexpr size_t kWidthForReasons = 140;
constexpr size_t kWidthForNames = 100;

/// How a step ended, for its tint.
enum class Ending : unsigned char { kAnswer, kOnTheWay, kDetour, kFailure };

/// Returns how the step ended, by the words that docs/OPERATING.md lists.
Ending EndingOf(const Step& step) {
  const auto begins = [&](std::string_view word) { return step.outcome.starts_with(word); };
  if (begins("answer") || begins("no data") || begins("no such name")) return Ending::kAnswer;
  if (begins("referral") || begins("alias")) return Ending::kOnTheWay;
  if (begins("truncated") || begins("late") || begins("cancelled") || begins("waiting")) return Ending::kDetour;
  return Ending::kFailure;
}

/// Returns the tint of what came of a step.
Tint TintOf(const Step& step) {
  switch (EndingOf(step)) {
    case Ending::kAnswer:
      return Tint::kGood;
    case Ending::kOnTheWay:
      return Tint::kAccent;
    case Ending::kDetour:
      return Tint::kWarn;
    case Ending::kFailure:
      break;
  }
  return Tint::kBad;
}

/// Returns when the step was over: its response, or where none came the next step's beginning, or the end of it all.
int64_t EndOf(const Walk& walk, size_t index) {
  const Step& step = walk.steps[index];
  if (step.rtt_us) return step.at_us + *step.rtt_us;
  if (step.transport.empty()) return step.at_us;
  for (size_t i = index + 1; i < walk.steps.size(); ++i) {
    if (walk.steps[i].at_us > step.at_us && walk.steps[i].depth <= step.depth) return walk.steps[i].at_us;
  }
  return std::max(walk.duration_us, step.at_us);
}

/// The scale of all bars: how long the walk took, and over how many columns that is drawn.
struct Scale {
  int64_t whole_us = 1;
  size_t columns = kLeastBar;

  /// Returns where a time stands, in eighths of a column.
  size_t Eighths(int64_t us) const {
    const double part = static_cast<double>(std::clamp<int64_t>(us, 0, whole_us)) / static_cast<double>(whole_us);
    return static_cast<size_t>(std::lround(part * static_cast<double>(columns * 8)));
  }
};

/// Returns a bar of block elements, its end exact to an eighth of a column.
std::string BlockBar(size_t first, size_t last, bool answered) {
  constexpr auto kParts = std::to_array<std::string_view>({"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"});
  std::string bar(first / 8, ' ');
  const size_t length = std::max<size_t>(last - first / 8 * 8, 1);
  for (size_t i = 0; i < length / 8; ++i) bar += answered ? "█" : "░";
  if (length % 8 > 0) bar += answered || length < 8 ? kParts[length % 8] : std::string_view("░");
  return bar;
}

/// Returns a bar of ASCII.
std::string PlainBar(size_t first, size_t last, bool answered) {
  const size_t length = std::max<size_t>((last + 7) / 8 - first / 8, 1);
  return std::string(first / 8, ' ') + std::string(length, answered ? '#' : '.');
}

/// Returns the bar of a step.
std::string BarOf(const Walk& walk, size_t index, const Scale& scale, const Terminal& terminal) {
  const Step& step = walk.steps[index];
  const size_t first = std::min(scale.Eighths(step.at_us), scale.columns * 8 - 8);
  const size_t last = std::max(scale.Eighths(EndOf(walk, index)), first);
  if (step.transport.empty()) return std::string(first / 8, ' ') + (terminal.unicode ? "◆" : "*");
  return terminal.unicode ? BlockBar(first, last, step.rtt_us.has_value())
                          : PlainBar(first, last, step.rtt_us.has_value());
}

/// Returns the address asked, or where no packet was needed that it is this resolver.
std::string AddressText(const Step& step) {
  return step.transport.empty() && step.server.empty() && step.address.empty() ? "(here)" : step.address;
}

/// Returns the zone, set in by how deep below the client's question it is asked.
std::string ZoneText(const Step& step, const Terminal& terminal) {
  if (step.depth <= 0) return step.zone;
  const auto inner = static_cast<size_t>(std::min<int64_t>(step.depth, 16) - 1);
  return fmt::format("{}{} {}", std::string(2 * inner, ' '), terminal.unicode ? "└" : "\\", step.zone);
}

/// Returns whether the terminal is as wide as that.
bool HasRoom(const Terminal& terminal, size_t width) { return terminal.width == 0 || terminal.width >= width; }

/// Returns the columns of the waterfall.
std::vector<Column> ColumnsFor(const Terminal& terminal) {
  std::vector<Column> columns{{"at", Side::kRight}, {""}, {"rtt", Side::kRight}, {"zone", Side::kLeft, 6}};
  if (HasRoom(terminal, kWidthForNames)) columns.push_back({"server", Side::kLeft, 8});
  columns.insert(columns.end(),
                 {{"address", Side::kLeft, 11}, {"asked", Side::kLeft, 10}, {"via"}, {"outcome", Side::kLeft, 10}});
  if (HasRoom(terminal, kWidthForReasons)) columns.push_back({"why", Side::kLeft, 8});
  return columns;
}

/// Returns the line of a step.
std::vector<Cell> LineOf(const Walk& walk, size_t index, const Scale& scale, const Terminal& terminal) {
  const Step& step = walk.steps[index];
  const Tint tint = TintOf(step);
  const bool is_packet = !step.transport.empty();
  std::vector<Cell> line{{TimeText(step.at_us), Tint::kDim},
                         {BarOf(walk, index, scale, terminal), tint},
                         {step.rtt_us ? TimeText(*step.rtt_us)
                          : is_packet ? "-"
                                      : ""},
                         {ZoneText(step, terminal), Tint::kBold}};
  if (HasRoom(terminal, kWidthForNames)) line.push_back({step.server});
  line.push_back({AddressText(step)});
  line.push_back({step.question});
  line.push_back({step.transport, step.transport == "tcp" ? Tint::kWarn : Tint::kPlain});
  line.push_back({step.outcome, tint});
  if (HasRoom(terminal, kWidthForReasons)) line.push_back({step.why, Tint::kDim});
  return line;
}

/// Returns the lines of all steps on a scale.
Table Lines(const Walk& walk, const Scale& scale, const Terminal& terminal) {
  Table table(ColumnsFor(terminal));
  for (size_t i = 0; i < walk.steps.size(); ++i) table.Add(LineOf(walk, i, scale, terminal));
  return table;
}

/// Returns how wide the bars may be: what the rest of the lines leaves.
size_t BarColumns(const Walk& walk, const Scale& least, const Terminal& terminal) {
  if (terminal.width == 0) return kMostBar * 3 / 4;
  const size_t taken = Lines(walk, least, terminal).NaturalWidth(kIndent) - kLeastBar;
  return std::clamp(terminal.width > taken ? terminal.width - taken : 0, kLeastBar, kMostBar);
}

/// Returns `5 packets`, `1 packet`, `no packet`.
std::string PacketsText(const Walk& walk) {
  const auto packets =
      std::count_if(walk.steps.begin(), walk.steps.end(), [](const Step& step) { return !step.transport.empty(); });
  if (packets == 0) return "no packet";
  return fmt::format("{} packet{}", packets, packets == 1 ? "" : "s");
}

/// Returns where an answer is from that took no walk, with a comma before it.
std::string SourceText(std::string_view source) {
  if (source.empty() || source == "walk") return {};
  if (source == "local") return ", a special-use name answered here";
  return fmt::format(", from the {} here", source);
}

/// Returns `EDE 22 (No Reachable Authority): TEXT`.
std::string ErrorText(const ExtendedError& error) {
  const auto code = static_cast<wire::EdeCode>(static_cast<uint16_t>(error.code));
  return fmt::format("EDE {} ({}): {}", error.code, wire::ToText(code), error.text);
}

/// Returns the tint of a security.
Tint TintOfSecurity(std::string_view security) {
  if (security == "secure") return Tint::kGood;
  return security == "bogus" ? Tint::kBad : Tint::kWarn;
}

/// Returns the chain of trust from the anchor down, a line a zone, and what it comes to.
std::string TrustText(const Walk& walk, const Terminal& terminal) {
  if (walk.trust.empty()) return {};
  std::string text = "\n";
  size_t depth = 1;
  for (const Link& link : walk.trust) {
    const bool is_end = link.what.starts_with("broken") || link.what.starts_with("unsigned");
    text += fmt::format("{}{}  {}\n", std::string(kIndent * depth++, ' '), Tinted(link.zone, Tint::kBold, terminal),
                        is_end ? Tinted(link.what, Tint::kWarn, terminal) : link.what);
  }
  return text + fmt::format("{}{} {}  {}\n", std::string(kIndent * depth, ' '), walk.name, walk.type,
                            Tinted(walk.security, TintOfSecurity(walk.security), terminal));
}

/// Returns the line that says what came of the walk.
std::string Headline(const Walk& walk, const Terminal& terminal) {
  const bool is_good = walk.rcode == "NOERROR" || walk.rcode == "NXDOMAIN";
  return fmt::format("{}  {}  in {}, {}{}\n", Tinted(walk.name + " " + walk.type, Tint::kBold, terminal),
                     Tinted(walk.rcode, is_good ? Tint::kGood : Tint::kBad, terminal), TimeText(walk.duration_us),
                     PacketsText(walk), SourceText(walk.source));
}

}  // namespace

std::string TrustChain(const Walk& walk, const Terminal& terminal) {
  std::string text = Headline(walk, terminal);
  for (const ExtendedError& error : walk.errors) {
    text += Tinted(ErrorText(error), Tint::kWarn, terminal) + "\n";
  }
  return text + TrustText(walk, terminal);
}

std::string Waterfall(const Walk& walk, const Terminal& terminal) {
  std::string text = TrustChain(walk, terminal);
  if (walk.steps.empty()) return text;
  Scale scale{std::max<int64_t>(walk.duration_us, 1), kLeastBar};
  for (size_t i = 0; i < walk.steps.size(); ++i) scale.whole_us = std::max(scale.whole_us, EndOf(walk, i));
  scale.columns = BarColumns(walk, scale, terminal);
  return text + "\n" + Lines(walk, scale, terminal).ToText(terminal, kIndent);
}

}  // namespace taproot
