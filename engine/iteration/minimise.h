#pragma once

#include <cstddef>

#include "engine/settings/settings.h"
#include "engine/wire/message.h"

namespace iteration {

/// How much of the name has been shown to the servers of one zone cut, and what to ask next (RFC 9156 section 2.3).
class Minimiser {
 public:
  /// Starts at a cut for `zone_labels` labels of the target's name. `asked_before` counts the minimised questions that
  /// were asked for this name at the cuts above.
  Minimiser(settings::QnameMinimisation mode, size_t zone_labels, int asked_before)
      : mode_(mode), shown_labels_(zone_labels), asked_(asked_before) {}

  /// Returns the question to send now: the target itself, or a shorter name with type A (RFC 9156 section 2.1).
  wire::Question Next(const wire::Question& target) const;

  /// Returns how many labels Next() shows of a name with `labels` labels.
  size_t LabelsToShow(size_t labels) const;

  /// The name of the last question exists and no zone cut was met there: shows more next time.
  void Advance(size_t labels_shown) {
    shown_labels_ = labels_shown;
    ++asked_;
  }

  /// Shows the whole name from here on: a server failed on the short one (RFC 9156 section 2.3, step 6, relaxed).
  void GiveUp() { mode_ = settings::QnameMinimisation::kOff; }

  settings::QnameMinimisation mode() const { return mode_; }
  int asked() const { return asked_; }

 private:
  settings::QnameMinimisation mode_;
  size_t shown_labels_;
  int asked_;
};

}  // namespace iteration
