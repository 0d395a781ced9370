#include "engine/iteration/minimise.h"

#include <doctest/doctest.h>

#include "engine/world/limits.h"

namespace iteration {
namespace {

using settings::QnameMinimisation;
using wire::Name;
using wire::Question;
using wire::RrType;

/// Returns a name of `count` labels.
Name Labels(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "a.";
  return *Name::FromText(text);
}

TEST_CASE("One label more than the zone is shown, with type A (RFC 9156 section 2.1)") {
  const Minimiser minimiser(QnameMinimisation::kRelaxed, 1, 0);
  const Question asked = minimiser.Next({*Name::FromText("www.example.com."), RrType::kMx});
  CHECK(asked.name == *Name::FromText("example.com."));
  CHECK(asked.type == RrType::kA);
}

TEST_CASE("The whole name is shown with its own type") {
  const Minimiser minimiser(QnameMinimisation::kStrict, 2, 0);
  const Question target{*Name::FromText("www.example.com."), RrType::kMx};
  CHECK(minimiser.Next(target) == target);
}

TEST_CASE("Minimisation that is off, or given up, shows all") {
  const Question target{*Name::FromText("a.b.c.d.example.com."), RrType::kTxt};
  CHECK(Minimiser(QnameMinimisation::kOff, 1, 0).Next(target) == target);
  Minimiser minimiser(QnameMinimisation::kRelaxed, 1, 0);
  minimiser.GiveUp();
  CHECK(minimiser.Next(target) == target);
}

TEST_CASE("kMinimiseOneLabel questions add one label each, the next one more (RFC 9156 section 2.3)") {
  Minimiser minimiser(QnameMinimisation::kRelaxed, 0, 0);
  size_t shown = 0;
  for (int i = 0; i < world::limits::kMinimiseOneLabel; ++i) {
    CHECK(minimiser.LabelsToShow(40) == shown + 1);
    minimiser.Advance(++shown);
  }
  CHECK(minimiser.LabelsToShow(40) > shown + 1);
}

TEST_CASE("The kMaxMinimiseCount-th question shows the whole name, and none before it (RFC 9156 section 2.3)") {
  Minimiser minimiser(QnameMinimisation::kRelaxed, 0, 0);
  const Question target{Labels(100), RrType::kA};
  for (int i = 1; i <= world::limits::kMaxMinimiseCount; ++i) {
    const Question asked = minimiser.Next(target);
    CHECK((asked == target) == (i == world::limits::kMaxMinimiseCount));
    minimiser.Advance(asked.name.LabelCount());
  }
}

}  // namespace
}  // namespace iteration
