/// Any octets, split in two: names of text and of wire form keep their value on the way to text and back, and equality,
/// order and hash agree.
#include <absl/hash/hash.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "engine/wire/name.h"

using wire::Name;
using world::OctetView;

namespace {

/// Ends the process where a promise of wire/name.h is broken.
void Require(bool condition) {
  if (!condition) std::abort();
}

/// Holds what is promised of one name.
void CheckName(const Name& name) {
  Require(Name::FromText(name.ToText())->SameCase(name));
  Require(Name::FromWire(name.octets())->SameCase(name));
  Require(Name::FromWirePrefix(name.octets())->SameCase(name));
  const Name lowered = name.Lowered();
  Require(lowered == name && absl::HashOf(lowered) == absl::HashOf(name));
  Require(name.Suffix(name.LabelCount()).SameCase(name));
  if (name.IsRoot()) return;
  const Name parent = name.Parent();
  Require(name.IsBelow(parent) && !parent.IsAtOrBelow(name) && parent < name);
  Require(parent.Prepend(name.Label(0))->SameCase(name));
  Require(name.ReplaceSuffix(parent, parent)->SameCase(name));
}

/// Holds what is promised of two names.
void CheckPair(const Name& a, const Name& b) {
  Require((a == b) == std::is_eq(a <=> b));
  Require((a < b) == (b > a));
  Require((a == b) == a.Lowered().SameCase(b.Lowered()));
  const size_t common = a.CommonLabels(b);
  Require(common == b.CommonLabels(a) && a.Suffix(common) == b.Suffix(common));
  Require(a.IsAtOrBelow(b) == (common == b.LabelCount()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  std::vector<Name> names;
  const OctetView halves[] = {OctetView(octets, size / 2), OctetView(octets + size / 2, size - size / 2)};
  for (const OctetView half : halves) {
    const std::string text(half.begin(), half.end());
    for (const std::optional<Name>& name : {Name::FromText(text), Name::FromWire(half), Name::FromWirePrefix(half)}) {
      if (name) names.push_back(*name);
    }
  }
  for (const Name& name : names) CheckName(name);
  for (const Name& a : names) {
    for (const Name& b : names) CheckPair(a, b);
  }
  return 0;
}
