#pragma once

#include <vector>

#include "engine/simulator/internet_atlas.h"
#include "engine/simulator/internet_oracle.h"

namespace simulator {

/// The endless list of names worth asking.
class Names {
 public:
  Names(const Atlas& atlas, const Oracle& oracle, const Trust& trust);

  /// See Internet::NameToAsk.
  wire::Question At(uint64_t index) const;

 private:
  /// Returns a name that is not, is in the TLD itself, or is the TLD.
  wire::Question NearTop(const wire::Name& tld, uint64_t roll) const;
  /// Returns a name of a site.
  wire::Question InSite(const wire::Name& site, uint64_t roll) const;

  const Atlas& atlas_;
  const Oracle& oracle_;
  const Trust& trust_;
  std::vector<wire::Name> tlds_;  ///< Those below which anybody asks: not arpa.
};

}  // namespace simulator
