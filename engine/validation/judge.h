#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/dnssec/security.h"
#include "engine/validation/anchors.h"
#include "engine/validation/descent.h"
#include "engine/validation/evidence.h"
#include "engine/validation/work.h"
#include "engine/wire/message.h"
#include "engine/wire/rrset.h"

namespace validation {

/// A set of an answer, and what is known of it before.
struct Exhibit {
  const wire::RrSet* rrset = nullptr;
  Sets proofs;  ///< The NSEC and NSEC3 sets that came with it, where a wildcard made it.
  dnssec::Security known = dnssec::Security::kUnchecked;
};

/// That a name, or a type of it, does not exist, and what is there to show it.
struct Denial {
  wire::Name name;
  wire::RrType type = wire::RrType::kA;
  wire::Rcode rcode = wire::Rcode::kNoError;
  Sets sets;  ///< SOA, NSEC and NSEC3.
  dnssec::Security known = dnssec::Security::kUnchecked;
};

/// What is to be judged: the answer to a question, whole.
struct Subject {
  wire::Question question;
  std::vector<Exhibit> answer;   ///< Aliases in order, each DNAME with the CNAME made of it behind it.
  std::optional<Denial> denial;  ///< Where the answer is one, perhaps behind aliases.
  std::string server;            ///< Where it came from, for people; empty: the cache.
};

/// What is said of one set, or of the denial.
struct Finding {
  dnssec::Security security = dnssec::Security::kUnchecked;
  std::optional<uint32_t> ttl;  ///< At most this, by the signature (RFC 4035 section 5.3.3).
};

/// Where a bogus answer is at fault.
enum class Fault : uint8_t {
  kNone,
  kAnswer,  ///< In itself: another server may have a better one.
  kChain,   ///< On the way down to it: no other answer can help.
};

/// What is said of an answer.
struct Ruling {
  dnssec::Security security = dnssec::Security::kInsecure;  ///< Of its worst part.
  std::vector<Finding> answer;                              ///< One for each exhibit.
  Finding denial;
  std::optional<wire::ExtendedError> error;  ///< Why it is bogus, or insecure where that may surprise.
  Fault fault = Fault::kNone;
  SharedKeys keys;  ///< Of an answer that is a DNSKEY set, secure: its keys, ready to verify with.
};

/// Judges an answer by the evidence. Pure, and never waits: lacking a key it says what it misses, and is asked again
/// when that is known. No cryptography is done before nothing is missing any more.
std::variant<Missing, Ruling> Judge(const Subject& subject, const Evidence& evidence, const Trust& trust, Work& work);

}  // namespace validation
