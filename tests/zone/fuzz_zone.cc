// Any octets as a zone file: an error or a zone, and a zone answers every question.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/zone/hints.h"
#include "engine/zone/zone.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  const world::OctetView text(octets, size);
  if (const auto hints = zone::ParseRootHints(text, "fuzz"); hints.ok() && (*hints)->empty()) std::abort();
  const auto parsed = zone::Zone::Parse(text, "fuzz", zone::LoadOptions{});
  if (!parsed.ok()) return 0;
  const zone::Zone& root = **parsed;
  if (!root.SameContent(root) || zone::JudgeReplacement(*parsed, root) != zone::Replacement::kSame) std::abort();
  for (const wire::RrSet& rrset : root.rrsets()) {
    if (root.Exact(rrset.owner, rrset.type) != &rrset) std::abort();
    static_cast<void>(root.Find(rrset.owner, wire::RrType::kDs));
    if (const auto below = rrset.owner.Wildcard()) static_cast<void>(root.Find(*below, wire::RrType::kA));
  }
  return 0;
}
