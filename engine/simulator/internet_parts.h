#pragma once

#include <utility>

#include "engine/simulator/internet_attestor.h"
#include "engine/simulator/internet_authority.h"
#include "engine/simulator/internet_names.h"
#include "engine/simulator/internet_oracle.h"

namespace simulator {

/// All that is made once from the options and the root zone. Each part uses those above it.
struct Parts {
  Parts(zone::Snapshot root, const InternetOptions& the_options)
      : options(the_options),
        trust(options.signing, options.seed),
        atlas(options, trust.is_on() ? PrepareRoot(*root, trust) : std::move(root)),
        records(atlas),
        authority(atlas, records),
        attestor(atlas, records, trust),
        oracle(options, {atlas, records, trust, attestor}),
        names(atlas, oracle, trust) {}

  InternetOptions options;
  Trust trust;
  Atlas atlas;
  Records records;
  Authority authority;
  Attestor attestor;
  Oracle oracle;
  Names names;
};

}  // namespace simulator
