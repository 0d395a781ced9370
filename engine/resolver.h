#pragma once

// The resolver, for a program that embeds it: build the stores, then an Engine, and drive it (docs/ARCHITECTURE.md).
#include "engine/cache/store.h"
#include "engine/resolver/engine.h"
#include "engine/servers/book.h"
