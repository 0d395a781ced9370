#pragma once

#include "engine/cache/store.h"
#include "engine/settings/settings.h"

namespace taprootd {

/// Returns what the settings say about the cache.
cache::StoreOptions StoreOptionsOf(const settings::Settings& settings);

}  // namespace taprootd
