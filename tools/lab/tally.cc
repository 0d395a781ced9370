#include "tools/lab/tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace lab {

void Tally::Access::CountQuestion(world::OctetView query) {
  if (!tally_.counts_questions_) return;
  const auto opening = wire::ParseOpening(query);
  if (opening && opening->question) ++tally_.questions_[*opening->question];
}

void Summary::Add(Tally& tally) {
  const std::lock_guard<std::mutex> lock(tally.mutex_);
  census_ += tally.census_;
  for (const auto& [question, count] : tally.questions_) questions_[question] += count;
}

std::string ToText(const simulator::Census& census) {
  std::string text;
  for (size_t i = 0; i < simulator::kTempers; ++i) {
    text += fmt::format("temper {} {}\n", ToText(static_cast<simulator::Temper>(i)), census.tempers[i]);
  }
  for (size_t i = 0; i < simulator::kShapes; ++i) {
    text += fmt::format("shape {} {}\n", ToText(static_cast<simulator::Shape>(i)), census.shapes[i]);
  }
  return text;
}

std::string Summary::CensusText() const { return ToText(census_); }

std::string Summary::QuestionsText() const {
  std::vector<std::pair<wire::Question, uint64_t>> sorted(questions_.begin(), questions_.end());
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    if (a.first.name != b.first.name) return a.first.name < b.first.name;
    return a.first.type < b.first.type;
  });
  std::string text;
  for (const auto& [question, count] : sorted) {
    text += fmt::format("{} {} {}\n", count, question.name.Lowered().ToText(), wire::ToText(question.type));
  }
  return text;
}

}  // namespace lab
