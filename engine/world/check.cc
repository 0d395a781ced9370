#include "engine/world/check.h"

#include <cstdio>
#include <cstdlib>

namespace world {

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: CHECK(%s) failed: this is a bug in Taproot, please report it\n", file, line, condition);
  std::abort();
}

}  // namespace world
