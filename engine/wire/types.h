#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wire {

/// RR types that the engine treats by name; every other number passes through unchanged (RFC 3597).
enum class RrType : uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kPtr = 12,
  kHinfo = 13,
  kMx = 15,
  kTxt = 16,
  kAaaa = 28,
  kSrv = 33,
  kNaptr = 35,
  kDname = 39,
  kOpt = 41,
  kDs = 43,
  kRrsig = 46,
  kNsec = 47,
  kDnskey = 48,
  kNsec3 = 50,
  kNsec3param = 51,
  kTlsa = 52,
  kSvcb = 64,
  kHttps = 65,
  kZonemd = 63,
  kCaa = 257,
  kTsig = 250,
  kIxfr = 251,
  kAxfr = 252,
  kMailb = 253,
  kMaila = 254,
  kAny = 255,
};

/// Classes. Only IN is resolved.
enum class RrClass : uint16_t { kIn = 1, kChaos = 3, kNone = 254, kAny = 255 };

/// The response code with the extension of EDNS (RFC 6891 section 6.1.3): 12 bits.
enum class Rcode : uint16_t {
  kNoError = 0,
  kFormErr = 1,
  kServFail = 2,
  kNxDomain = 3,
  kNotImp = 4,
  kRefused = 5,
  kYxDomain = 6,
  kNotAuth = 9,
  kBadVers = 16,
  kBadCookie = 23,
};

/// The kind of message (RFC 1035 section 4.1.1).
enum class Opcode : uint8_t { kQuery = 0, kStatus = 2, kNotify = 4, kUpdate = 5 };

/// Returns `A`, `AAAA`, ... or `TYPE65280` (RFC 3597 section 5).
std::string ToText(RrType type);
/// Returns `IN`, ... or `CLASS42`.
std::string ToText(RrClass rr_class);
/// Returns `NOERROR`, `SERVFAIL`, ... or `RCODE11`.
std::string ToText(Rcode rcode);

/// Returns `QUERY`, ... or `OPCODE7`.
std::string ToText(Opcode opcode);

/// Returns the type of its mnemonic (any case) or of TYPEnnn.
[[nodiscard]] std::optional<RrType> RrTypeFromText(std::string_view text);

/// Returns the class of its mnemonic (any case) or of CLASSnnn.
[[nodiscard]] std::optional<RrClass> RrClassFromText(std::string_view text);

/// Returns whether the type is one that only a question or a transport may carry: OPT, TSIG, TKEY, IXFR, AXFR, MAILA,
/// MAILB, ANY and the rest of 128-255 (RFC 6895 section 3.1). Such a type never stands in a zone and is never cached.
bool IsMetaType(RrType type);

}  // namespace wire
