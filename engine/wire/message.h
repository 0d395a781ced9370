#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/wire/types.h"
#include "engine/world/octets.h"

namespace wire {

inline constexpr size_t kHeaderOctets = 12;

/// The header's flags and code (RFC 1035 section 4.1.1, RFC 4035 sections 3.1.6 and 3.2.2).
struct Header {
  uint16_t id = 0;
  Opcode opcode = Opcode::kQuery;
  Rcode rcode = Rcode::kNoError;  ///< After parsing: with the upper bits of EDNS.
  bool qr = false;                ///< A response.
  bool aa = false;                ///< Authoritative answer.
  bool tc = false;                ///< Truncated.
  bool rd = false;                ///< Recursion desired.
  bool ra = false;                ///< Recursion available.
  bool ad = false;                ///< Authentic data.
  bool cd = false;                ///< Checking disabled.

  bool operator==(const Header&) const = default;
};

/// What is asked: the unit in which the engine shares, caches and limits.
struct Question {
  Name name;
  RrType type = RrType::kA;
  RrClass rr_class = RrClass::kIn;

  bool operator==(const Question&) const = default;

  template <typename H>
  friend H AbslHashValue(H hash, const Question& q) {
    return H::combine(std::move(hash), q.name, q.type, q.rr_class);
  }
};

/// Returns `www.example. IN A`.
std::string ToText(const Question& question);

/// INFO-CODEs of an Extended DNS Error (RFC 8914 section 5.2 and the IANA registry).
enum class EdeCode : uint16_t {
  kOther = 0,
  kUnsupportedDnskeyAlgorithm = 1,
  kUnsupportedDsDigest = 2,
  kStaleAnswer = 3,
  kForgedAnswer = 4,
  kDnssecIndeterminate = 5,
  kDnssecBogus = 6,
  kSignatureExpired = 7,
  kSignatureNotYetValid = 8,
  kDnskeyMissing = 9,
  kRrsigsMissing = 10,
  kNoZoneKeyBitSet = 11,
  kNsecMissing = 12,
  kCachedError = 13,
  kNotReady = 14,
  kBlocked = 15,
  kCensored = 16,
  kFiltered = 17,
  kProhibited = 18,
  kStaleNxdomainAnswer = 19,
  kNotAuthoritative = 20,
  kNotSupported = 21,
  kNoReachableAuthority = 22,
  kNetworkError = 23,
  kInvalidData = 24,
  kSignatureExpiredBeforeValid = 25,
  kTooEarly = 26,
  kUnsupportedNsec3Iterations = 27,
  kUnableToConformToPolicy = 28,
  kSynthesized = 29,
};

/// Returns the registered purpose, such as `No Reachable Authority`, or `Unassigned`.
std::string_view ToText(EdeCode code);

/// An Extended DNS Error: why an answer came out as it did.
struct ExtendedError {
  EdeCode code = EdeCode::kOther;
  std::string text{};  ///< UTF-8, for a person; may be empty.

  bool operator==(const ExtendedError&) const = default;
};

/// An EDNS option that the engine does not read itself.
struct EdnsOption {
  uint16_t code = 0;
  world::Octets value{};

  bool operator==(const EdnsOption&) const = default;
};

/// The OPT pseudo-record (RFC 6891 section 6.1).
struct Edns {
  uint16_t payload_octets = 1232;  ///< The UDP payload that the sender can take.
  uint8_t version = 0;
  bool dnssec_ok = false;  ///< DO (RFC 3225).
  std::vector<ExtendedError> errors{};
  std::vector<EdnsOption> options{};  ///< All other options, in order; at most kMaxEdnsOptions (world/limits.h).

  bool operator==(const Edns&) const = default;
};

/// A whole message, owned. Records of one owner, class and type of a section are one RrSet, in the order of their first
/// record, and RRSIGs stand with the set they cover. Where that is not in the section they are a set of type RRSIG,
/// after the others.
struct Message {
  Header header;
  std::optional<Question> question;  ///< Messages with more than one question are malformed here (RFC 9619).
  std::vector<RrSet> answer{};
  std::vector<RrSet> authority{};
  std::vector<RrSet> additional{};  ///< Without OPT.
  std::optional<Edns> edns;

  bool operator==(const Message&) const = default;
};

/// Returns the message of its octets, or nothing when any part is malformed: short, a pointer that does not go back,
/// counts that do not fit, trailing octets, two OPTs, an OPT that is not of the root, rdata of a known type that does
/// not parse. Bounds: kMaxRecordsPerMessage (world/limits.h). Linear in the size of the message, whatever the pointers.
[[nodiscard]] std::optional<Message> Parse(world::OctetView octets);

/// What a message begins with.
struct Opening {
  Header header;  ///< With the four bits of the rcode that stand there.
  uint16_t question_count = 0;
  std::optional<Question> question;  ///< Empty when question_count is not 1, or the question is malformed.
  size_t octets = 0;                 ///< Where the answer section begins when there is a question, else 12.
};

/// Returns just header and question, without looking at what follows; enough to answer FORMERR or to match a response.
/// Nothing when the octets are fewer than a header. Does not allocate for names up to 46 octets.
[[nodiscard]] std::optional<Opening> ParseOpening(world::OctetView octets);

/// What fits and what was left out.
struct Written {
  bool truncated = false;  ///< The answer or authority section did not fit whole: TC is set (RFC 2181 section 9).
};

/// Whether the RRSIGs that stand with their sets are written (RFC 4035 section 3.1: only where DO was set). A set of
/// type RRSIG is always written.
enum class Signatures : uint8_t { kOmit, kInclude };

/// Writes `message` with names compressed (RFC 1035 section 4.1.4) at the end of `out`, in linear time, into at most
/// `limit` octets, or 512 where `limit` is less (RFC 6891 section 6.2.3). A set that does not fit is left out whole:
/// from the answer or authority section with TC, and then all that follows; from the additional section without. OPT
/// comes last and always fits: the texts of Extended DNS Errors take what room is left, then errors and options are
/// left out from the last. An rcode above 15 without EDNS is written as SERVFAIL.
Written Write(const Message& message, size_t limit, Signatures signatures, world::Octets& out);

/// Whether a query asks for recursion (RD): ours of authoritative servers do not.
enum class Recursion : uint8_t { kNotDesired, kDesired };

/// Returns a query with EDNS as given (or none): what is sent upstream.
world::Octets MakeQuery(uint16_t id, const Question& question, Recursion recursion, const std::optional<Edns>& edns);

/// Returns the message in the form in which dig prints it; for people and golden tests.
std::string ToText(const Message& message);

}  // namespace wire
