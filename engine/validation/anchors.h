#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string_view>
#include <vector>

#include "engine/dnssec/ds.h"
#include "engine/dnssec/keys.h"
#include "engine/policy/routes.h"
#include "engine/settings/settings.h"
#include "engine/wire/name.h"
#include "engine/world/octets.h"
#include "engine/world/time.h"

namespace validation {

/// What a zone is trusted by without asking anyone: digests of its keys, or the keys themselves.
struct Anchor {
  wire::Name zone;
  std::vector<dnssec::Ds> ds;
  std::vector<dnssec::Dnskey> keys;
};

/// The trust anchors in use. Immutable, shared by all workers.
class Anchors {
 public:
  /// Returns the anchors of a file of DS and DNSKEY records, of the root or of any zone; errors are `file:line: what`.
  [[nodiscard]] static absl::StatusOr<std::shared_ptr<const Anchors>> Parse(world::OctetView text,
                                                                            std::string_view file_name);

  /// Returns the anchors of the root that ship with the program (zones/root.anchors).
  static std::shared_ptr<const Anchors> BuiltIn();

  /// Returns these anchors, one for each zone.
  static std::shared_ptr<const Anchors> From(std::vector<Anchor> anchors);

  /// Returns the anchor of the deepest zone that is at or above `name`, with at most `most_labels` labels, or null.
  const Anchor* Above(const wire::Name& name, size_t most_labels) const;

  const std::vector<Anchor>& all() const { return anchors_; }

 private:
  /// Returns the anchor of a zone, made where there is none.
  Anchor& Of(const wire::Name& zone);

  std::vector<Anchor> anchors_;  // One for each zone.
};
using SharedAnchors = std::shared_ptr<const Anchors>;

/// How the chain of trust goes through the local root zone.
enum class RootChain : uint8_t {
  kWhole,   ///< By the signatures of its sets.
  kProven,  ///< All its sets were verified before it was used, and none of their signatures has ended.
  kAbsent,  ///< Not at all: it has no signatures, so the anchor of the root leads nowhere.
};

/// What is believed of itself, and by which rules; borrowed for one judgement.
struct Trust {
  const Anchors& anchors;
  const settings::Settings::Dnssec& policy;
  world::WallTime now;
  RootChain root = RootChain::kWhole;
  const policy::Routes* routes = nullptr;  ///< Null: all names are judged.

  /// Returns the anchor that counts for names of a zone with at most `most_labels` labels, or null.
  const Anchor* AnchorAbove(const wire::Name& name, size_t most_labels) const;
};

/// Returns whether a negative trust anchor that is in force covers the name, and none of the positive ones is nearer
/// (RFC 7646 section 2).
bool HasNegativeAnchor(const wire::Name& name, const Trust& trust);

/// Returns whether the operator wants the name not to be judged, by a negative trust anchor or by its route.
bool IsExempt(const wire::Name& name, const Trust& trust);

/// Returns the DSs of a set that count by the policy: dnssec::UsableDs, without those of algorithms with SHA-1 unless
/// the operator wants them (RFC 9905 section 2).
std::vector<dnssec::Ds> CountingDs(const wire::RrSet& ds_set, const settings::Settings::Dnssec& policy);

}  // namespace validation
