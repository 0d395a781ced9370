#pragma once

// What an operator may set.
#include "engine/settings/settings.h"
