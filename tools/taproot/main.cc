// The one binary of an operator: a resolver, and all that is asked of a running one.
#include <string>
#include <vector>

#include "tools/taproot/command.h"
#include "tools/taproot/verbs.h"

int main(int count, char** words) {
  const std::vector<std::string> rest(words + (count > 0 ? 1 : 0), words + count);
  return static_cast<int>(taproot::Run(taproot::Verbs(), rest));
}
