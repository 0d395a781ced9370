#include "engine/iteration/minimise.h"

#include <algorithm>

#include "engine/world/limits.h"

namespace iteration {

namespace limits = world::limits;

size_t Minimiser::LabelsToShow(size_t labels) const {
  if (mode_ == settings::QnameMinimisation::kOff || shown_labels_ >= labels) return labels;
  if (asked_ >= limits::kMaxMinimiseCount) return labels;
  // The first questions add one label each; the rest of the labels is spread evenly over the questions that are left.
  if (asked_ < limits::kMinimiseOneLabel) return shown_labels_ + 1;
  const auto left = static_cast<size_t>(limits::kMaxMinimiseCount - asked_);
  return shown_labels_ + std::max<size_t>(1, (labels - shown_labels_) / left);
}

wire::Question Minimiser::Next(const wire::Question& target) const {
  const size_t labels = target.name.LabelCount();
  const size_t shown = LabelsToShow(labels);
  if (shown >= labels) return target;
  return {target.name.Suffix(shown), wire::RrType::kA, target.rr_class};
}

}  // namespace iteration
