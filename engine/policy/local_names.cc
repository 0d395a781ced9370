#include "engine/policy/local_names.h"

#include <absl/container/flat_hash_set.h>

#include <array>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "engine/policy/special_names.h"
#include "engine/wire/rrset.h"

namespace policy {

/// The text of zones/special-use.names.
extern const std::string_view kSpecialUseText;

namespace {

using wire::Message;
using wire::Name;
using wire::Question;
using wire::RrSet;
using wire::RrType;
using world::Octets;
using world::OctetView;

/// RFC 6303 section 3: TTL and negative TTL of a locally served zone, in seconds.
constexpr uint32_t kTtl = 10800;

/// Adds a number of 32 bits in network order.
void Append32(uint32_t number, Octets& out) {
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<uint8_t>(number >> shift));
}

/// Adds the octets of a name.
void AppendName(const Name& name, Octets& out) { out.insert(out.end(), name.octets().begin(), name.octets().end()); }

/// Returns a set of one record.
RrSet SetOf(const Name& owner, RrType type, OctetView rdata) {
  RrSet rrset;
  rrset.owner = owner;
  rrset.type = type;
  rrset.ttl = kTtl;
  rrset.rdatas.Add(rdata);
  return rrset;
}

/// Returns `zone SOA zone nobody.invalid. 1 3600 1200 604800 10800` (RFC 6303 section 3).
RrSet SoaOf(const Name& zone) {
  static constexpr auto kNobody =
      std::to_array<uint8_t>({6, 'n', 'o', 'b', 'o', 'd', 'y', 7, 'i', 'n', 'v', 'a', 'l', 'i', 'd', 0});
  Octets rdata;
  AppendName(zone, rdata);
  rdata.insert(rdata.end(), kNobody.begin(), kNobody.end());
  for (const uint32_t number : {1U, 3600U, 1200U, 604800U, kTtl}) Append32(number, rdata);
  return SetOf(zone, RrType::kSoa, rdata);
}

/// Returns whether a set of the type answers the question; for ANY the first one does (RFC 8482 section 4.1).
bool Wants(const Question& question, RrType type) { return question.type == type || question.type == RrType::kAny; }

/// Returns the set that answers the question, if the name has it.
std::optional<RrSet> DataFor(const Question& question, const SpecialMatch& match) {
  static constexpr auto kLocalhost = std::to_array<uint8_t>({9, 'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't', 0});
  static constexpr std::array<uint8_t, 4> kLoopback4 = {127, 0, 0, 1};
  static constexpr std::array<uint8_t, 16> kLoopback6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  switch (match.treatment) {
    case Treatment::kAbsent:
      return std::nullopt;
    case Treatment::kLoopback:
      if (Wants(question, RrType::kA)) return SetOf(question.name, RrType::kA, kLoopback4);
      if (question.type == RrType::kAaaa) return SetOf(question.name, RrType::kAaaa, kLoopback6);
      return std::nullopt;
    case Treatment::kPointer:
      if (match.is_apex && Wants(question, RrType::kPtr)) return SetOf(question.name, RrType::kPtr, kLocalhost);
      break;
    case Treatment::kEmpty:
    case Treatment::kNoData:
      break;
  }
  if (question.name != match.zone) return std::nullopt;
  if (Wants(question, RrType::kSoa)) return SoaOf(match.zone);
  // RFC 6303 section 3: the zone's own name is its nameserver, and has no address.
  if (question.type == RrType::kNs) return SetOf(match.zone, RrType::kNs, match.zone.octets());
  return std::nullopt;
}

/// Returns whether the name exists, with data or without.
bool Exists(const SpecialMatch& match) {
  switch (match.treatment) {
    case Treatment::kAbsent:
      return false;
    case Treatment::kNoData:
    case Treatment::kLoopback:
      return true;
    case Treatment::kEmpty:
    case Treatment::kPointer:
      return match.is_apex || match.has_names_below;
  }
  return false;
}

/// Returns whether the question is the parent's to answer, out in the DNS: the DS of a special-use name itself (RFC 4035
/// section 3.1.4.1). The parent's proof of no DS, or of no such name, is what a validating client believes (RFC 8375
/// section 7); of a TLD the local root zone has it, and no packet is sent.
bool BelongsToParent(const Question& question, const SpecialMatch& match) {
  return question.type == RrType::kDs && question.name == match.zone;
}

}  // namespace

/// The table of names and what switches some off.
struct LocalNames::State {
  SpecialNames special{kSpecialUseText};
  absl::flat_hash_set<Name> routed;

  /// Returns whether a routed zone at or below `zone` holds `name`.
  bool IsRouted(const Name& name, const Name& zone) const {
    if (routed.empty()) return false;
    for (size_t labels = name.LabelCount(); labels >= zone.LabelCount(); --labels) {
      if (routed.contains(name.Suffix(labels))) return true;
    }
    return false;
  }
};

LocalNames::LocalNames(const std::vector<Name>& routed) : state_(std::make_unique<State>()) {
  state_->routed.insert(routed.begin(), routed.end());
}
LocalNames::~LocalNames() = default;
LocalNames::LocalNames(LocalNames&&) noexcept = default;
LocalNames& LocalNames::operator=(LocalNames&&) noexcept = default;

std::optional<Message> LocalNames::Answer(const Question& question) const {
  if (question.rr_class != wire::RrClass::kIn) return std::nullopt;
  const std::optional<SpecialMatch> match = state_->special.Find(question.name);
  if (!match || state_->IsRouted(question.name, match->zone)) return std::nullopt;
  if (BelongsToParent(question, *match)) return std::nullopt;
  Message message;
  message.header.qr = true;
  message.question = question;
  if (std::optional<RrSet> data = DataFor(question, *match)) {
    message.answer.push_back(*std::move(data));
    return message;
  }
  if (!Exists(*match)) message.header.rcode = wire::Rcode::kNxDomain;
  message.authority.push_back(SoaOf(match->zone));  // RFC 2308 section 3: how long the denial may be kept.
  return message;
}

}  // namespace policy
