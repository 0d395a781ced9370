#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/wire/message.h"
#include "engine/world/address.h"
#include "engine/world/effect.h"
#include "engine/world/octets.h"
#include "engine/world/protocol.h"
#include "engine/world/time.h"
#include "engine/zone/zone.h"

namespace simulator {

/// How the server at an address behaves. A server "works for" a question when an honest resolver gets the right answer
/// from it within a client's patience:
///   yes: kHealthy, kSlow, kFormErrOnEdns, kDropsEdns, kWrongId, kWrongQuestion, kLies; kTruncates (TCP works there);
///     kDropsTcp where the answer fits into 1232 octets; kFailsMinimised, but for questions about an empty non-terminal
///     only where it says NXDOMAIN (see perhaps_nxdomain);
///   perhaps: kFlaps, by the time of asking;
///   no: kDead, kLame, kServFail, kRefused, and every address of a family that the options switch off.
/// A zone works when a nameserver of its delegation (the parent's NS set) has an address that works, and that address
/// is known: from glue, or because the zones on the way to the nameserver's name work.
enum class Temper : uint8_t {
  kHealthy,
  kSlow,  ///< Ten times the latency, but at most 1.2 s.
  kDead,  ///< Never answers.
  kLame,  ///< Answers for no zone: refers upwards, to the root or to the TLD.
  kServFail,
  kRefused,
  kFormErrOnEdns,   ///< FORMERR to EDNS, well without.
  kDropsEdns,       ///< Silent to EDNS, well without. (Rare.)
  kDropsTcp,        ///< Never answers over TCP.
  kTruncates,       ///< Every UDP response has TC and no records.
  kWrongId,         ///< A forgery with a wrong ID goes before the right response.
  kWrongQuestion,   ///< A response to another question goes before the right one.
  kLies,            ///< Adds records out of bailiwick: other zones' NS, addresses, answers.
  kFailsMinimised,  ///< NXDOMAIN, SERVFAIL or REFUSED for empty non-terminals: always the same one at an address.
  kFlaps,           ///< Dead every other minute, each address in a phase of its own.
};
inline constexpr size_t kTempers = 15;

/// How a zone below a TLD is made. One zone has several.
enum class Shape : uint8_t {
  kGlue,      ///< In-bailiwick servers with glue.
  kGlueless,  ///< Servers in another zone, no glue.
  kSiblingGlue,
  kNoIpv4,  ///< IPv6-only servers.
  kNoIpv6,
  kChildNsDiffers,  ///< The apex NS set is another than the parent's.
  kAlias,           ///< CNAME at some names, in the zone or to another zone.
  kAliasChain,      ///< One CNAME of a chain across zones.
  kDname,
  kWildcard,
  kEmptyNonTerminal,
  kNoData,
  kNxDomain,
  kBigAnswer,       ///< Over 1232 octets: TC, then TCP.
  kSubzone,         ///< A delegation below the delegation.
  kAllBroken,       ///< No server of the zone works, on purpose (by chance that happens too), or none exists.
  kUnknownType,     ///< RFC 3597 types.
  kServiceBinding,  ///< SVCB, HTTPS.
};
inline constexpr size_t kShapes = 18;

/// Returns `formerr-on-edns` and the like.
std::string_view ToText(Temper temper);
/// Returns `sibling-glue` and the like.
std::string_view ToText(Shape shape);

/// What is wrong with a signed zone. Its names are bogus then, and all below it; its DNSKEY set is not where the
/// signatures of that set are right.
enum class Flaw : uint8_t {
  kNone,
  kExpired,       ///< All signatures are past their time.
  kNotYetValid,   ///< All signatures are before it.
  kWrongKey,      ///< All signatures but those of the DNSKEY set are of a key that is not published.
  kMissingKey,    ///< The DS names a key that the zone does not have.
  kStripped,      ///< There are no signatures and no denials.
  kWrongLabels,   ///< All signatures but those of the DNSKEY set say that the names have more labels than they do.
  kForgedDenial,  ///< Denials are signed well and prove something else; what needs none is secure.
};
inline constexpr size_t kFlaws = 8;

/// Returns `wrong-key` and the like.
std::string_view ToText(Flaw flaw);

/// What a validator that trusts the root's keys has to think of an answer (RFC 4033 section 5).
enum class Security : uint8_t {
  kSecure,
  kInsecure,
  kBogus,  ///< Answered SERVFAIL.
};

/// Returns `secure` and the like.
std::string_view ToText(Security security);

/// How much of the pocket internet is signed.
struct SigningOptions {
  bool on = false;                 ///< Off: nothing is, whatever stands in the root zone.
  int signed_permille = 700;       ///< Of zones below the TLDs; of TLDs most are.
  int flawed_permille = 50;        ///< Of signed zones below the TLDs that serve no others.
  world::WallTime wall_at_zero{};  ///< The civil time of Instant zero: keys roll and signatures end by civil time.
};

/// What makes one pocket internet differ from another.
struct InternetOptions {
  uint64_t seed = 1;
  int loss_permille = 0;  ///< Of each direction, on every path.
  int broken_servers_permille =
      80;               ///< Addresses with a temper other than healthy (TLD servers and below; never all of a TLD).
  bool tempers = true;  ///< Off: all are healthy.
  world::Duration least_latency = world::Milliseconds(2);  ///< Of one exchange.
  world::Duration most_latency = world::Milliseconds(300);
  /// Loopback mode: every server of the model gets an address in 127/8, and the root zone is one of the lab's own.
  bool loopback = false;
  /// The families over which servers can be reached at all; packets to the other get no answer.
  bool ipv4 = true;
  bool ipv6 = true;
  /// Addresses at which the model puts no server: the resolver's own.
  std::vector<world::Address> never;
  SigningOptions signing;
};

/// One datagram or TCP message that comes back, and when.
struct Reply {
  world::Duration delay;
  world::Octets octets;
  std::optional<world::Mishap> mishap{};  ///< Set: this comes instead of octets.
};

/// What the model holds to be true of a question: what a perfect resolver answers.
struct Truth {
  wire::Rcode rcode = wire::Rcode::kNoError;
  std::vector<wire::RrSet> answer;  ///< The alias chain in order, then the data. Empty: NODATA or an error.
  /// No working server for some zone on the way: SERVFAIL (or REFUSED) is right then, and the answer above need not be
  /// reachable.
  bool unreachable = false;
  bool all_refuse = false;  ///< With `unreachable`: every server of that zone that answers says REFUSED, and one does.
  /// SERVFAIL is right as well as the answer: the servers that work are ones that flap, or only the parent's or only
  /// the apex's NS set has one that works. (`unreachable` tells how it is at this moment, seen from the parent.)
  bool uncertain = false;
  /// NXDOMAIN is right as well as NODATA: the name is an empty non-terminal, and a server of the zone is
  /// kFailsMinimised with NXDOMAIN. NameToAsk never gives such a name.
  bool perhaps_nxdomain = false;
  /// What is thought of the answer by a validator whom the servers let see all of it.
  Security security = Security::kInsecure;
};

/// How often each temper and shape was met; kept by the caller, so that the model stays a pure function.
struct Census {
  std::array<uint64_t, kTempers> tempers{};
  std::array<uint64_t, kShapes> shapes{};

  /// Adds what another counted.
  Census& operator+=(const Census& other);
};

class Notary;

/// The pocket internet: every TLD of a root zone at its real servers, and below them millions of zones that are
/// computed from a hash of their names. A pure function of (server, query, time): no state, no clock, safe from any
/// thread.
class Internet {
 public:
  Internet(zone::Snapshot root, const InternetOptions& options);
  ~Internet();
  Internet(const Internet&) = delete;
  Internet& operator=(const Internet&) = delete;

  /// Returns what the server at `server` sends for `query`: nothing (silence: dead, lost, or no such server), one
  /// reply, or a forgery and the reply. `draw` is the randomness of this packet (loss, jitter): same draw, same
  /// replies. What is lost over TCP only comes later. The octets have no length before them over TCP either.
  std::vector<Reply> Ask(const world::Address& server, world::Protocol via, world::OctetView query, world::Instant now,
                         uint64_t draw, Census& census) const;
  /// The same, faster where zones are signed: keys and signatures are kept in `notary`.
  std::vector<Reply> Ask(const world::Address& server, world::Protocol via, world::OctetView query, world::Instant now,
                         uint64_t draw, Census& census, Notary& notary) const;

  /// Returns what is true of the question at `now`. Computed from the rules and not by asking the servers. Requires for
  /// a meaningful result: class IN and no meta type.
  Truth TruthOf(const wire::Question& question, world::Instant now) const;

  /// Returns the temper of an address and its base latency.
  Temper TemperOf(const world::Address& server) const;
  world::Duration LatencyOf(const world::Address& server) const;

  /// Returns the `index`-th of the model's endless list of names worth asking, each with the type to ask for: every
  /// shape, TLDs spread evenly, existing and not existing names. A name may come again.
  wire::Question NameToAsk(uint64_t index) const;

  /// The root servers' addresses: those of the root zone's own NS set.
  std::vector<world::Address> RootServers() const;

  /// The root zone that is served. Where zones are signed it has no signatures, and keys of another time.
  const zone::Zone& root() const;

  /// Returns the whole root zone as a file, at `now`; with signatures and ZONEMD where zones are signed.
  std::string RootZoneText(world::Instant now) const;
  /// The same under another serial, as its publisher numbers what has changed. Requires: zones are signed.
  std::string RootZoneText(world::Instant now, uint32_t serial) const;

  /// Returns the DS set of the keys that vouch for the root zone at `now`, those of the near future included.
  /// Requires: zones are signed.
  wire::RrSet TrustAnchor(world::Instant now) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Returns the root zone of the loopback lab, as master-file text: its own TLDs, all servers in 127/8 (RFC 6761's names
/// are not among them).
std::string LoopbackRootZone(const InternetOptions& options);

}  // namespace simulator
