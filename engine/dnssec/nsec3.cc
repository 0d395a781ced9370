#include "engine/dnssec/nsec3.h"

#include <algorithm>
#include <utility>

#include "engine/dnssec/canonical.h"
#include "engine/dnssec/crypto.h"
#include "engine/world/check.h"
#include "engine/world/limits.h"

namespace dnssec {
namespace {

using wire::Name;
using wire::RrSet;
using wire::RrType;
using world::Octets;
using world::OctetView;

constexpr uint8_t kSha1 = 1;
constexpr uint8_t kOptOut = 1;

/// The characters of a hash in text: 5 bits each.
constexpr size_t kHashCharacters = 32;

/// Returns the value of a base32hex digit in either case, or nothing.
std::optional<uint8_t> Base32HexDigit(uint8_t character) {
  const uint8_t lower = wire::Lower(character);
  if (lower >= '0' && lower <= '9') return static_cast<uint8_t>(lower - '0');
  if (lower >= 'a' && lower <= 'v') return static_cast<uint8_t>(lower - 'a' + 10);
  return std::nullopt;
}

/// Takes `count` octets off the front of `octets`, or nothing when there are fewer.
std::optional<OctetView> Take(OctetView& octets, size_t count) {
  if (octets.size() < count) return std::nullopt;
  const OctetView taken = octets.first(count);
  octets = octets.subspan(count);
  return taken;
}

/// Takes a length octet and as many octets.
std::optional<OctetView> TakeCounted(OctetView& octets) {
  const std::optional<OctetView> length = Take(octets, 1);
  return length ? Take(octets, (*length)[0]) : std::nullopt;
}

}  // namespace

std::string ToBase32Hex(const Nsec3Hash& hash) {
  std::string text;
  text.reserve(kHashCharacters);
  for (size_t bit = 0; bit < hash.size() * 8; bit += 5) {
    const size_t octet = bit / 8;
    const unsigned pair = static_cast<unsigned>(hash[octet]) << 8 | (octet + 1 < hash.size() ? hash[octet + 1] : 0U);
    const unsigned digit = pair >> (11 - bit % 8) & 31U;
    text += "0123456789abcdefghijklmnopqrstuv"[digit];
  }
  return text;
}

std::optional<Nsec3Hash> FromBase32Hex(OctetView label) {
  if (label.size() != kHashCharacters) return std::nullopt;
  Nsec3Hash hash{};
  for (size_t i = 0; i < kHashCharacters; ++i) {
    const std::optional<uint8_t> digit = Base32HexDigit(label[i]);
    if (!digit) return std::nullopt;
    const size_t bit = i * 5;
    const unsigned pair = static_cast<unsigned>(*digit) << (11 - bit % 8);
    hash[bit / 8] = static_cast<uint8_t>(hash[bit / 8] | pair >> 8);
    if ((pair & 0xff) != 0) hash[bit / 8 + 1] = static_cast<uint8_t>(hash[bit / 8 + 1] | (pair & 0xff));
  }
  return hash;
}

std::optional<Nsec3> Nsec3::FromRrSet(const RrSet& rrset, const Name& zone) {
  if (rrset.type != RrType::kNsec3 || rrset.rdatas.size() != 1) return std::nullopt;
  if (rrset.owner.IsRoot() || rrset.owner.Parent() != zone) return std::nullopt;
  const std::optional<Nsec3Hash> owner = FromBase32Hex(rrset.owner.Label(0));
  OctetView rest = *rrset.rdatas.begin();
  const std::optional<OctetView> fixed = Take(rest, 4);
  if (!owner || !fixed || (*fixed)[0] != kSha1 || ((*fixed)[1] & ~kOptOut) != 0) return std::nullopt;
  const std::optional<OctetView> salt = TakeCounted(rest);
  const std::optional<OctetView> next = salt ? TakeCounted(rest) : std::nullopt;
  const TypeBitmap types(rest);
  if (!next || next->size() != owner->size() || !types.IsWellFormed()) return std::nullopt;
  Nsec3 nsec3{.owner = *owner,
              .next = {},
              .parameters = {.iterations = static_cast<uint16_t>((*fixed)[2] << 8 | (*fixed)[3]),
                             .salt = {salt->begin(), salt->end()}},
              .opts_out = (*fixed)[1] == kOptOut,
              .types = types};
  std::ranges::copy(*next, nsec3.next.begin());
  return nsec3;
}

bool Nsec3::Covers(const Nsec3Hash& hash) const {
  if (owner < next) return owner < hash && hash < next;
  // The last of the chain, or the only one: all but its owner and the first.
  return hash != owner && hash != next && (owner < hash || hash < next);
}

/// SHA-1 of OpenSSL, used again and again.
struct Nsec3Hasher::Digest {
  EvpDigestContext context{EVP_MD_CTX_new()};

  /// Returns the hash of both parts, one after the other; nothing where the machine's policy forbids SHA-1.
  std::optional<Nsec3Hash> Of(OctetView first, OctetView second) {
    Nsec3Hash hash{};
    const bool is_done = EVP_DigestInit_ex(context.get(), FetchedHashes().sha1.get(), nullptr) == 1 &&
                         EVP_DigestUpdate(context.get(), first.data(), first.size()) == 1 &&
                         EVP_DigestUpdate(context.get(), second.data(), second.size()) == 1 &&
                         EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
    if (!is_done) return std::nullopt;
    return hash;
  }
};

Nsec3Hasher::Nsec3Hasher(int most_hashes) : hashes_left_(most_hashes) {}
Nsec3Hasher::~Nsec3Hasher() = default;
Nsec3Hasher::Nsec3Hasher(Nsec3Hasher&&) noexcept = default;
Nsec3Hasher& Nsec3Hasher::operator=(Nsec3Hasher&&) noexcept = default;

std::optional<Nsec3Hash> Nsec3Hasher::Hash(const Name& name, const Nsec3Parameters& parameters) {
  if (parameters != known_parameters_) {
    known_.clear();
    known_parameters_ = parameters;
  }
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  if (hashes_left_ == 0) {
    has_refused_ = true;
    return std::nullopt;
  }
  --hashes_left_;
  if (!digest_) digest_ = std::make_unique<Digest>();
  std::optional<Nsec3Hash> hash = digest_->Of(name.Lowered().octets(), parameters.salt);
  for (uint16_t i = 0; hash && i < parameters.iterations; ++i) hash = digest_->Of(*hash, parameters.salt);
  if (hash) known_.emplace(name, *hash);
  return hash;
}

Nsec3Proof::Nsec3Proof(std::span<const RrSet* const> sets, Name zone, Nsec3Hasher& hasher)
    : zone_(std::move(zone)), hasher_(hasher) {
  for (const RrSet* const rrset : sets) {
    std::optional<Nsec3> nsec3 = Nsec3::FromRrSet(*rrset, zone_);
    // RFC 5155 section 8.2: one zone's records share their parameters; others would be another chain's.
    if (!nsec3 || (!nsec3s_.empty() && nsec3->parameters != nsec3s_.front().parameters)) continue;
    nsec3s_.push_back(*std::move(nsec3));
  }
}

DenialOutcome Nsec3Proof::Usable(const Name& name) const {
  if (nsec3s_.empty() || !name.IsAtOrBelow(zone_)) return DenialOutcome::kNoRecord;
  const bool is_costly = nsec3s_.front().parameters.iterations > world::limits::kMaxNsec3Iterations;
  return is_costly ? DenialOutcome::kTooManyIterations : DenialOutcome::kProven;
}

Nsec3Proof::Search Nsec3Proof::Matching(const Name& name) {
  const std::optional<Nsec3Hash> hash = hasher_.Hash(name, nsec3s_.front().parameters);
  if (!hash) return {.nsec3 = nullptr, .is_exhausted = true};
  const auto found = std::ranges::find(nsec3s_, *hash, &Nsec3::owner);
  return {.nsec3 = found == nsec3s_.end() ? nullptr : &*found, .is_exhausted = false};
}

Nsec3Proof::Search Nsec3Proof::Covering(const Name& name) {
  const std::optional<Nsec3Hash> hash = hasher_.Hash(name, nsec3s_.front().parameters);
  if (!hash) return {.nsec3 = nullptr, .is_exhausted = true};
  const auto found = std::ranges::find_if(nsec3s_, [&](const Nsec3& nsec3) { return nsec3.Covers(*hash); });
  return {.nsec3 = found == nsec3s_.end() ? nullptr : &*found, .is_exhausted = false};
}

DenialOutcome Nsec3Proof::ProveEncloser(const Name& name) {
  for (size_t labels = name.LabelCount(); labels-- > zone_.LabelCount();) {
    Name encloser = name.Suffix(labels);
    const Search match = Matching(encloser);
    if (match.is_exhausted) return DenialOutcome::kTooMuchWork;
    if (match.nsec3 == nullptr) continue;
    // RFC 5155 section 8.3: the word of a delegation, or of a DNAME, is not for what is below.
    const DenialOutcome ancestor = JudgeAncestor(match.nsec3->types);
    if (ancestor != DenialOutcome::kProven) return ancestor;
    const Search next_closer = Covering(name.Suffix(labels + 1));
    if (next_closer.is_exhausted) return DenialOutcome::kTooMuchWork;
    if (next_closer.nsec3 == nullptr) return DenialOutcome::kNotCovered;
    enclosed_ = {.encloser = std::move(encloser), .opts_out = next_closer.nsec3->opts_out};
    return DenialOutcome::kProven;
  }
  return DenialOutcome::kNotCovered;
}

DenialOutcome Nsec3Proof::NameDoesNotExist(const Name& name) {
  if (const DenialOutcome usable = Usable(name); usable != DenialOutcome::kProven) return usable;
  const Search match = Matching(name);
  if (match.is_exhausted) return DenialOutcome::kTooMuchWork;
  if (match.nsec3 != nullptr) return DenialOutcome::kNameExists;
  if (const DenialOutcome enclosed = ProveEncloser(name); enclosed != DenialOutcome::kProven) return enclosed;
  if (const std::optional<Name> wildcard = enclosed_.encloser.Wildcard()) {
    const Search wildcard_match = Matching(*wildcard);
    if (wildcard_match.is_exhausted) return DenialOutcome::kTooMuchWork;
    if (wildcard_match.nsec3 != nullptr) return DenialOutcome::kWildcardExists;
    if (Covering(*wildcard).nsec3 == nullptr) return DenialOutcome::kWildcardNotDenied;
  }
  return enclosed_.opts_out ? DenialOutcome::kProvenByOptOut : DenialOutcome::kProven;
}

DenialOutcome Nsec3Proof::TypeDoesNotExist(const Name& name, RrType type) {
  if (const DenialOutcome usable = Usable(name); usable != DenialOutcome::kProven) return usable;
  const Search match = Matching(name);
  if (match.is_exhausted) return DenialOutcome::kTooMuchWork;
  if (match.nsec3 != nullptr) return DenyType(match.nsec3->types, type, name.IsRoot() ? Apex::kRoot : Apex::kOther);
  if (const DenialOutcome enclosed = ProveEncloser(name); enclosed != DenialOutcome::kProven) return enclosed;
  const std::optional<Name> wildcard = enclosed_.encloser.Wildcard();
  const Search wildcard_match = wildcard ? Matching(*wildcard) : Search{};
  if (wildcard_match.is_exhausted) return DenialOutcome::kTooMuchWork;
  if (wildcard_match.nsec3 != nullptr) {
    const DenialOutcome denied = DenyType(wildcard_match.nsec3->types, type, Apex::kOther);
    return denied == DenialOutcome::kProven && enclosed_.opts_out ? DenialOutcome::kProvenByOptOut : denied;
  }
  // RFC 5155 section 8.6: an unsigned delegation has no record of its own where the zone opts out. Nor has a name that
  // exists only for the sake of such delegations below it (section 7.1), so this is not about DS alone.
  if (enclosed_.opts_out) return DenialOutcome::kProvenByOptOut;
  return DenialOutcome::kWildcardNotDenied;
}

DenialOutcome Nsec3Proof::NoCloserName(const Name& name, const Name& encloser) {
  CHECK(name.IsBelow(encloser));
  if (const DenialOutcome usable = Usable(name); usable != DenialOutcome::kProven) return usable;
  const Search next_closer = Covering(name.Suffix(encloser.LabelCount() + 1));
  if (next_closer.is_exhausted) return DenialOutcome::kTooMuchWork;
  if (next_closer.nsec3 == nullptr) return DenialOutcome::kNotCovered;
  return next_closer.nsec3->opts_out ? DenialOutcome::kProvenByOptOut : DenialOutcome::kProven;
}

DenialOutcome Nsec3Proof::IsInsecureDelegation(const Name& cut) {
  if (const DenialOutcome usable = Usable(cut); usable != DenialOutcome::kProven) return usable;
  const Search match = Matching(cut);
  if (match.is_exhausted) return DenialOutcome::kTooMuchWork;
  if (match.nsec3 == nullptr) {
    const DenialOutcome enclosed = ProveEncloser(cut);
    if (enclosed != DenialOutcome::kProven) return enclosed;
    return enclosed_.opts_out ? DenialOutcome::kProvenByOptOut : DenialOutcome::kNotCovered;
  }
  const DenialOutcome denied = DenyType(match.nsec3->types, RrType::kDs, cut.IsRoot() ? Apex::kRoot : Apex::kOther);
  if (denied != DenialOutcome::kProven) return denied;
  return match.nsec3->types.Has(RrType::kNs) ? DenialOutcome::kProven : DenialOutcome::kNotDelegated;
}

}  // namespace dnssec
