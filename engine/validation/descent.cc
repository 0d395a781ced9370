#include "engine/validation/descent.h"

#include <algorithm>

namespace validation {
namespace {

using wire::Name;
using wire::RrType;

/// Returns the question that a fact is missing for.
Missing Want(const Name& name, RrType type) { return {{name, type, wire::RrClass::kIn}}; }

/// Returns where names of a zone stand by what is known of its keys.
Standing InZone(const Name& zone, const Evidence& evidence) {
  const KeyFact* const fact = evidence.KeysOf(zone);
  if (fact == nullptr) return Want(zone, RrType::kDnskey);
  if (const auto* broken = std::get_if<BrokenLink>(fact)) return *broken;
  if (const auto* unguarded = std::get_if<UnsignedCut>(fact)) return Unguarded{unguarded->why};
  return Guarded{std::get<SharedKeys>(*fact)};
}

/// Returns where names at and below a name stand by what its parent says of it; nothing where no zone begins there.
std::optional<Standing> Below(const Name& name, const Evidence& evidence) {
  const CutFact* const fact = evidence.CutAt(name);
  if (fact == nullptr) return Want(name, RrType::kDs);
  if (std::holds_alternative<NoCut>(*fact)) return std::nullopt;
  if (const auto* broken = std::get_if<BrokenLink>(fact)) return *broken;
  if (const auto* unguarded = std::get_if<UnsignedCut>(fact)) return Unguarded{unguarded->why};
  return InZone(name, evidence);
}

}  // namespace

Standing Descend(const Way& way, const Evidence& evidence, const Trust& trust) {
  if (IsExempt(way.name, trust)) return Unguarded{};
  const Anchor* const anchor = trust.AnchorAbove(way.name, way.most_labels);
  if (anchor == nullptr) return Unguarded{};
  Standing standing = InZone(anchor->zone, evidence);
  for (size_t labels = anchor->zone.LabelCount() + 1; labels <= way.most_labels; ++labels) {
    if (!std::holds_alternative<Guarded>(standing)) return standing;
    const Name name = way.name.Suffix(labels);
    const bool is_hinted = std::ranges::find(way.hints, name) != way.hints.end();
    if (way.probing == Probing::kSuspects && !is_hinted && !evidence.IsSuspected(name)) continue;
    if (std::optional<Standing> below = Below(name, evidence)) standing = *std::move(below);
  }
  return standing;
}

}  // namespace validation
