#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/cache/store.h"
#include "engine/wire/message.h"

namespace iteration {

/// What is taken of a response behind its first alias.
enum class Aliases : uint8_t {
  kFollowed,    ///< All that the chain leads to.
  kTakenApart,  ///< Nothing: the target is asked for by itself. What stood there was not believed.
};

/// What was sent, and as what it was sent: a response means nothing without it.
struct Asked {
  const wire::Question& question;
  const wire::Name& zone;  ///< The zone whose server was asked: nothing outside it is believed.
  bool with_edns = true;
  Aliases aliases = Aliases::kFollowed;
};

/// How much a response is worth when others can be had.
enum class Weight : uint8_t {
  kGood,
  /// Taken only when every other server has failed: answered by a cache (RA without AA), or empty without SOA.
  kLastResort,
};

/// The NSEC and NSEC3 sets of the authority section, kMaxProofSets at the most: what a denial, or a wildcard's answer,
/// has to show for itself.
using Proofs = std::vector<wire::RrSet>;

/// The data asked for, after zero or more aliases.
struct Answered {
  std::vector<wire::RrSet> chain;  ///< Aliases in order, DNAMEs with the CNAMEs made of them, then the set asked for.
  cache::Rank rank = cache::Rank::kAuthAnswer;  ///< With AA, or without.
  Weight weight = Weight::kGood;
  Proofs proofs{};
};

/// Aliases that lead to a name which this response does not settle.
struct Aliased {
  std::vector<wire::RrSet> chain;
  wire::Name target;
  cache::Rank rank = cache::Rank::kAuthAnswer;  ///< With AA, or without.
  Proofs proofs{};
};

/// A zone cut between the zone asked and the name.
struct Referred {
  wire::RrSet ns;
  std::vector<wire::RrSet> glue;  ///< A and AAAA of its nameservers, at or below the zone asked.
  std::optional<wire::RrSet> ds;
  Proofs proofs{};  ///< That there is no DS.
};

/// The last name of the chain (or the name asked) exists without the type.
struct NoDataAt {
  std::vector<wire::RrSet> chain;
  wire::Name name;
  std::optional<wire::RrSet> soa;
  cache::Rank rank = cache::Rank::kAuthAnswer;  ///< With AA, or without.
  Weight weight = Weight::kGood;
  Proofs proofs{};
};

/// The last name of the chain (or the name asked) does not exist.
struct NxDomainAt {
  std::vector<wire::RrSet> chain;
  wire::Name name;
  std::optional<wire::RrSet> soa;
  cache::Rank rank = cache::Rank::kAuthAnswer;  ///< With AA, or without.
  Proofs proofs{};
};

/// A DNAME makes a name of over 255 octets (RFC 6672 section 2.2): the answer is YXDOMAIN.
struct Overlong {
  std::vector<wire::RrSet> chain;
};

/// The server cannot or will not: SERVFAIL, REFUSED, NOTIMP, FORMERR and the rest.
struct ServerError {
  wire::Rcode rcode = wire::Rcode::kServFail;
};

/// The server fails on EDNS (RFC 6891 section 7): it is asked again without.
struct EdnsRefused {};

/// The server is none for the zone: refers upwards or sideways, or has no say in it.
struct Lame {};

/// The response breaks a limit (a set of over kMaxRecordsPerRrset): it is not believed.
struct Excessive {};

/// What a response is. Truncation is settled before: a truncated response is not judged.
using Verdict = std::variant<Answered, Aliased, Referred, NoDataAt, NxDomainAt, Overlong, ServerError, EdnsRefused,
                             Lame, Excessive>;

/// What is left of a response when all that its server has no right to say is taken out.
struct Judgement {
  Verdict verdict;
  uint64_t scrubbed_sets = 0;    ///< Sets outside the zone asked: dropped.
  uint64_t proofs_left_out = 0;  ///< Over kMaxProofSets.
};

/// Judges a response that matches its query. Pure: looks at nothing else. Takes the message apart.
Judgement Judge(const Asked& asked, wire::Message response);

/// Judges the response of an upstream that resolves for others, and so has the say about all names at and below
/// `asked.zone`, from wherever it has them. Pure, likewise.
Judgement JudgeForwarded(const Asked& asked, wire::Message response);

/// Returns whether the verdict says that the server is of no use for the question.
bool IsUseless(const Verdict& verdict);

/// Returns whether the verdict is to be taken only when nothing better comes.
bool IsLastResort(const Verdict& verdict);

/// Returns whether the answer to a shorter name comes of a DNAME above it, which is then above the whole name too.
bool IsUnderDname(const Verdict& verdict);

/// Returns `answer`, `referral to example.`, `NXDOMAIN`, `lame`, ...: for people.
std::string ToText(const Verdict& verdict);

}  // namespace iteration
