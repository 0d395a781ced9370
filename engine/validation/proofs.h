#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/dnssec/denial.h"
#include "engine/dnssec/keys.h"
#include "engine/validation/work.h"
#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/world/time.h"

namespace validation {

/// The NSEC and NSEC3 sets of a response that carry a good signature of the zone; the rest is left out. Borrows all
/// that it is given.
class Proofs {
 public:
  /// Verifies the sets. Requires: at most kMaxProofSets of them, which whoever took the response apart sees to.
  Proofs(std::span<const wire::RrSet* const> sets, const dnssec::ZoneKeys& keys, world::WallTime now, Work& work);

  /// Judges that the name does not exist, nor a wildcard that would make it.
  dnssec::DenialOutcome NameDoesNotExist(const wire::Name& name);

  /// Judges that the name exists, or a wildcard that makes it, without the type.
  dnssec::DenialOutcome TypeDoesNotExist(const wire::Name& name, wire::RrType type);

  /// Judges that no closer name than the wildcard of `encloser` exists.
  dnssec::DenialOutcome NoCloserName(const wire::Name& name, const wire::Name& encloser);

  /// The least TTL that the sets have by their signatures; nothing where there is no set.
  std::optional<uint32_t> ttl() const { return ttl_; }

  /// What is wrong with the first set that was left out, if one was.
  const std::optional<dnssec::Verification>& fault() const { return fault_; }

 private:
  std::vector<const wire::RrSet*> nsecs_;
  std::vector<const wire::RrSet*> nsec3s_;
  const wire::Name& zone_;
  Work& work_;
  std::optional<uint32_t> ttl_;
  std::optional<dnssec::Verification> fault_;
};

}  // namespace validation
