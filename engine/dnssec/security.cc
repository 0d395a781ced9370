#include "engine/dnssec/security.h"

namespace dnssec {
namespace {

/// Returns how far a word is from `secure`.
int Distance(Security security) {
  switch (security) {
    case Security::kSecure:
      return 0;
    case Security::kInsecure:
      return 1;
    case Security::kUnchecked:
      return 2;
    case Security::kBogus:
      return 3;
  }
  return 3;
}

}  // namespace

const char* ToText(Security security) {
  switch (security) {
    case Security::kUnchecked:
      return "unchecked";
    case Security::kSecure:
      return "secure";
    case Security::kInsecure:
      return "insecure";
    case Security::kBogus:
      return "bogus";
  }
  return "unknown";
}

Security Worse(Security a, Security b) { return Distance(a) >= Distance(b) ? a : b; }

}  // namespace dnssec
