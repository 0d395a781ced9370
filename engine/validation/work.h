#pragma once

#include "engine/dnssec/nsec3.h"
#include "engine/dnssec/signature.h"

namespace validation {

/// What a judgement may still cost, and what it has cost so far: a hostile zone takes no more of one client's query
/// than kMaxSignatureChecksPerQuery and kMaxNsec3HashesPerQuery (KeyTrap, CVE-2023-50868).
struct Work {
  Work(int most_checks, int most_hashes) : verifier(most_checks), hasher(most_hashes) {}

  dnssec::Verifier verifier;
  dnssec::Nsec3Hasher hasher;
};

}  // namespace validation
