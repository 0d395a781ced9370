#pragma once

// What passes between an engine and its driver.
#include "engine/world/address.h"
#include "engine/world/effect.h"
#include "engine/world/limits.h"
#include "engine/world/random.h"
#include "engine/world/time.h"
