#include "tools/taproot/walk.h"

#include <algorithm>

#include "engine/world/address.h"
#include "tools/taproot/members.h"

namespace taproot {
namespace {

/// Returns a step of its JSON.
Step StepFromJson(const Json& object) {
  Step step;
  step.at_us = NumberIn(object, "at_us").value_or(0);
  step.zone = TextIn(object, "zone");
  step.server = TextIn(object, "server");
  step.address = TextIn(object, "address");
  step.transport = TextIn(object, "transport");
  step.question = TextIn(object, "question");
  step.minimised = TruthIn(object, "minimised");
  step.rtt_us = NumberIn(object, "rtt_us");
  step.outcome = TextIn(object, "outcome");
  step.why = TextIn(object, "why");
  step.depth = NumberIn(object, "depth").value_or(0);
  step.asked_for = TextIn(object, "for");
  return step;
}

}  // namespace

Walk WalkFromJson(const Json& object) {
  Walk walk;
  const Json question = ObjectIn(object, "question");
  walk.name = TextIn(question, "name");
  walk.type = TextIn(question, "type");
  walk.client = TextIn(object, "client");
  if (walk.client == world::Endpoint().ToText())
    walk.client.clear();  // An operator's own question came from no address.
  walk.started_ms = NumberIn(object, "started_ms").value_or(0);
  walk.duration_us = NumberIn(object, "duration_us").value_or(0);
  walk.rcode = TextIn(object, "rcode");
  walk.source = TextIn(object, "source");
  for (const auto& error : ListIn(object, "ede")) {
    walk.errors.push_back({NumberIn(error, "code").value_or(0), TextIn(error, "text")});
  }
  for (const auto& step : ListIn(object, "steps")) walk.steps.push_back(StepFromJson(step));
  walk.security = TextIn(object, "security");
  for (const auto& link : ListIn(object, "trust")) walk.trust.push_back({TextIn(link, "zone"), TextIn(link, "link")});
  // A side question's steps may come after those that its own question took meanwhile.
  std::stable_sort(walk.steps.begin(), walk.steps.end(),
                   [](const Step& a, const Step& b) { return a.at_us < b.at_us; });
  return walk;
}

}  // namespace taproot
