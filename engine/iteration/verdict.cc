#include "engine/iteration/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/iteration/bailiwick.h"
#include "engine/iteration/overloaded.h"
#include "engine/world/limits.h"

namespace iteration {
namespace {

using wire::Name;
using wire::Rcode;
using wire::RrSet;
using wire::RrType;

/// Returns the set of (owner, type) in a section, or null.
RrSet* FindIn(std::vector<RrSet>& section, const Name& owner, RrType type) {
  const auto at = std::ranges::find_if(section, [&](const RrSet& s) { return s.type == type && s.owner == owner; });
  return at == section.end() ? nullptr : &*at;
}

/// Returns the DNAME set above `name` in the section, or null.
RrSet* DnameAbove(std::vector<RrSet>& section, const Name& name) {
  const auto at =
      std::ranges::find_if(section, [&](const RrSet& s) { return s.type == RrType::kDname && name.IsBelow(s.owner); });
  return at == section.end() ? nullptr : &*at;
}

/// Returns the one target of a CNAME or DNAME set; a set of several is malformed (RFC 1034 section 3.6.2, RFC 6672
/// section 2.4).
std::optional<Name> SoleTarget(const RrSet& rrset) {
  if (rrset.rdatas.size() != 1) return std::nullopt;
  return wire::TargetName(rrset.type, *rrset.rdatas.begin());
}

/// Returns the CNAME that a DNAME makes for `name` (RFC 6672 section 3.1).
RrSet Synthesised(const RrSet& dname, const Name& name, const Name& target) {
  RrSet cname{name, RrType::kCname, dname.rr_class, dname.ttl, {}, {}};
  cname.rdatas.Add(target.octets());
  return cname;
}

/// Where following the aliases of an answer section ends.
struct Trail {
  std::vector<RrSet> chain;
  Name name;           ///< The last name reached.
  bool found = false;  ///< The chain ends with the set asked for.
  bool overlong = false;
  bool malformed = false;
};

/// Takes one step along an alias at `trail.name`; returns whether there was one.
bool FollowAlias(std::vector<RrSet>& answer, Trail& trail) {
  RrSet* dname = DnameAbove(answer, trail.name);
  RrSet* alias = dname != nullptr ? dname : FindIn(answer, trail.name, RrType::kCname);
  if (alias == nullptr) return false;
  std::optional<Name> target = SoleTarget(*alias);
  if (!target) {
    trail.malformed = true;
    return false;
  }
  trail.chain.push_back(*alias);
  if (dname != nullptr) {
    target = trail.name.ReplaceSuffix(dname->owner, *target);
    if (!target) {
      trail.overlong = true;
      return false;
    }
    trail.chain.push_back(Synthesised(*dname, trail.name, *target));
  }
  trail.name = *std::move(target);
  return true;
}

/// Follows the answer section from the name asked: to the set, or as far as the aliases go.
Trail Follow(const wire::Question& question, std::vector<RrSet>& answer) {
  Trail trail;
  trail.name = question.name;
  for (int steps = 0; steps <= world::limits::kMaxAliases; ++steps) {
    if (RrSet* data = FindIn(answer, trail.name, question.type); data != nullptr) {
      trail.chain.push_back(*data);
      trail.found = true;
      return trail;
    }
    if (!FollowAlias(answer, trail)) return trail;
  }
  return trail;
}

/// Returns the SOA of the authority section that encloses `name`, if there is one: what makes a negative answer one of
/// this zone (RFC 2308 section 2).
std::optional<RrSet> EnclosingSoa(const std::vector<RrSet>& authority, const Name& name) {
  const auto at = std::ranges::find_if(
      authority, [&](const RrSet& s) { return s.type == RrType::kSoa && name.IsAtOrBelow(s.owner); });
  return at == authority.end() ? std::nullopt : std::optional(*at);
}

/// Returns the NS set of the deepest zone below `zone` that encloses `name`: the cut that a referral points out.
RrSet* CutBelow(std::vector<RrSet>& authority, const Name& zone, const Name& name) {
  RrSet* deepest = nullptr;
  for (RrSet& s : authority) {
    if (s.type != RrType::kNs || !s.owner.IsBelow(zone) || !name.IsAtOrBelow(s.owner)) continue;
    if (deepest == nullptr || s.owner.LabelCount() > deepest->owner.LabelCount()) deepest = &s;
  }
  return deepest;
}

/// Returns whether some record of the NS set names `server`.
bool Names(const RrSet& ns, const Name& server) {
  return std::ranges::any_of(ns.rdatas,
                             [&](world::OctetView rdata) { return wire::TargetName(RrType::kNs, rdata) == server; });
}

/// Makes a referral of its NS set and what stands beside it.
Referred ReferralFrom(RrSet& ns, wire::Message& response) {
  Referred referral{ns, {}, {}, {}};
  for (RrSet& s : response.additional) {
    const bool address = s.type == RrType::kA || s.type == RrType::kAaaa;
    if (address && Names(referral.ns, s.owner)) referral.glue.push_back(std::move(s));
  }
  if (RrSet* ds = FindIn(response.authority, referral.ns.owner, RrType::kDs); ds != nullptr) referral.ds = *ds;
  return referral;
}

/// Returns how far a response's data is trusted (RFC 2181 section 5.4.1).
cache::Rank RankOf(const wire::Header& header) {
  return header.aa ? cache::Rank::kAuthAnswer : cache::Rank::kNonAuthAnswer;
}

/// Judges a response whose chain of aliases ends without data.
Verdict JudgeAliasEnd(const Asked& asked, Trail trail, const wire::Message& response) {
  const cache::Rank rank = RankOf(response.header);
  const auto soa = EnclosingSoa(response.authority, trail.name);
  // Only where this zone still has the say does a negative answer settle the target (RFC 2308 section 2.1); else it is
  // asked for.
  if (!soa || rank != cache::Rank::kAuthAnswer || !trail.name.IsAtOrBelow(asked.zone)) {
    return Aliased{std::move(trail.chain), std::move(trail.name), rank, {}};
  }
  if (response.header.rcode == Rcode::kNxDomain) {
    return NxDomainAt{std::move(trail.chain), std::move(trail.name), soa, rank, {}};
  }
  return NoDataAt{std::move(trail.chain), std::move(trail.name), soa, rank, Weight::kGood, {}};
}

/// Judges a response without any answer.
Verdict JudgeEmpty(const Asked& asked, wire::Message& response) {
  const Name& name = asked.question.name;
  const cache::Rank rank = RankOf(response.header);
  const auto soa = EnclosingSoa(response.authority, name);
  if (response.header.rcode == Rcode::kNxDomain) {
    if (rank != cache::Rank::kAuthAnswer && !soa) return Lame{};
    return NxDomainAt{{}, name, soa, rank, {}};
  }
  RrSet* cut = CutBelow(response.authority, asked.zone, name);
  // A SOA of the cut itself or from below it speaks as the child (NODATA); a SOA from above it is noise in a referral.
  if (soa && (cut == nullptr || soa->owner.IsAtOrBelow(cut->owner))) {
    return NoDataAt{{}, name, soa, rank, Weight::kGood, {}};
  }
  if (cut != nullptr) return ReferralFrom(*cut, response);
  if (rank != cache::Rank::kAuthAnswer) return Lame{};
  return NoDataAt{{}, name, std::nullopt, rank, Weight::kLastResort, {}};
}

/// Judges a response with a code that says nothing about the name.
Verdict JudgeError(const Asked& asked, const wire::Message& response) {
  const Rcode rcode = response.header.rcode;
  const bool suspects_edns = rcode == Rcode::kFormErr || rcode == Rcode::kNotImp;
  // A server that knows EDNS answers FORMERR with an OPT (RFC 6891 section 7); one that does not leaves it out.
  if (asked.with_edns && (rcode == Rcode::kBadVers || (suspects_edns && !response.edns))) return EdnsRefused{};
  return ServerError{rcode};
}

/// Returns whether the code says something about the name, rather than about the server.
bool SaysOfTheName(Rcode rcode) {
  return rcode == Rcode::kNoError || rcode == Rcode::kNxDomain || rcode == Rcode::kYxDomain;
}

/// Returns whether a set leads on from the question, rather than to answer it.
bool IsAlias(const RrSet& rrset, const wire::Question& question) {
  return rrset.type != question.type && (rrset.type == RrType::kCname || rrset.type == RrType::kDname);
}

/// Returns the first alias of a chain alone, a DNAME with the CNAME that it makes.
Verdict FirstAlias(Trail trail, cache::Rank rank) {
  const size_t sets = trail.chain.front().type == RrType::kDname && trail.chain.size() > 1 ? 2 : 1;
  trail.chain.resize(sets, trail.chain.front());
  std::optional<Name> target = SoleTarget(trail.chain.back());
  if (!target || trail.chain.back().type != RrType::kCname) return Overlong{std::move(trail.chain)};
  return Aliased{std::move(trail.chain), *std::move(target), rank, {}};
}

/// Judges what is left after scrubbing.
Verdict JudgeScrubbed(const Asked& asked, wire::Message& response) {
  if (!SaysOfTheName(response.header.rcode)) return JudgeError(asked, response);
  if (HasOversizedSet(response)) return Excessive{};
  Trail trail = Follow(asked.question, response.answer);
  if (trail.malformed) return Lame{};
  if (asked.aliases == Aliases::kTakenApart && !trail.chain.empty() && IsAlias(trail.chain.front(), asked.question)) {
    return FirstAlias(std::move(trail), RankOf(response.header));
  }
  if (trail.overlong) return Overlong{std::move(trail.chain)};
  const cache::Rank rank = RankOf(response.header);
  if (trail.found) {
    const bool from_a_cache = rank != cache::Rank::kAuthAnswer && response.header.ra;
    return Answered{std::move(trail.chain), rank, from_a_cache ? Weight::kLastResort : Weight::kGood, {}};
  }
  if (!trail.chain.empty()) return JudgeAliasEnd(asked, std::move(trail), response);
  if (response.header.rcode == Rcode::kYxDomain) return ServerError{Rcode::kYxDomain};
  return JudgeEmpty(asked, response);
}

/// Judges what is left after scrubbing of the response of an upstream.
Verdict JudgeForwardedScrubbed(const Asked& asked, wire::Message& response) {
  const Rcode rcode = response.header.rcode;
  if (!SaysOfTheName(rcode)) return ServerError{rcode};
  if (HasOversizedSet(response)) return Excessive{};
  constexpr auto kRank = cache::Rank::kNonAuthAnswer;
  Trail trail = Follow(asked.question, response.answer);
  if (trail.malformed) return Lame{};
  if (trail.overlong) return Overlong{std::move(trail.chain)};
  if (trail.found) return Answered{std::move(trail.chain), kRank, Weight::kGood, {}};
  const auto soa = EnclosingSoa(response.authority, trail.name);
  // What is beyond the upstream's names, or not settled by it, is asked for.
  const bool settled = trail.chain.empty() || (soa && trail.name.IsAtOrBelow(asked.zone));
  if (!settled) return Aliased{std::move(trail.chain), std::move(trail.name), kRank, {}};
  if (rcode == Rcode::kNxDomain) return NxDomainAt{std::move(trail.chain), std::move(trail.name), soa, kRank, {}};
  return NoDataAt{std::move(trail.chain), std::move(trail.name), soa, kRank, Weight::kGood, {}};
}

/// Takes the NSEC and NSEC3 sets out of the authority section; those beyond the limit are counted.
Proofs TakeProofs(wire::Message& response, uint64_t& left_out) {
  Proofs proofs;
  for (RrSet& rrset : response.authority) {
    if (rrset.type != RrType::kNsec && rrset.type != RrType::kNsec3) continue;
    if (proofs.size() == world::limits::kMaxProofSets) {
      ++left_out;
    } else {
      proofs.push_back(std::move(rrset));
    }
  }
  return proofs;
}

/// Gives the proofs to what they may prove.
void Attach(Verdict& verdict, Proofs proofs) {
  std::visit(
      [&](auto& v) {
        if constexpr (requires { v.proofs; }) v.proofs = std::move(proofs);
      },
      verdict);
}

}  // namespace

Judgement Judge(const Asked& asked, wire::Message response) {
  Judgement judgement;
  judgement.scrubbed_sets = Scrub(asked.zone, response);
  judgement.verdict = JudgeScrubbed(asked, response);
  Attach(judgement.verdict, TakeProofs(response, judgement.proofs_left_out));
  return judgement;
}

bool IsUseless(const Verdict& verdict) {
  return std::holds_alternative<ServerError>(verdict) || std::holds_alternative<Lame>(verdict) ||
         std::holds_alternative<Excessive>(verdict);
}

bool IsLastResort(const Verdict& verdict) {
  if (const auto* answered = std::get_if<Answered>(&verdict)) return answered->weight == Weight::kLastResort;
  if (const auto* none = std::get_if<NoDataAt>(&verdict)) return none->weight == Weight::kLastResort;
  return false;
}

bool IsUnderDname(const Verdict& verdict) {
  const auto* aliased = std::get_if<Aliased>(&verdict);
  return aliased != nullptr && aliased->chain.front().type == RrType::kDname;
}

Judgement JudgeForwarded(const Asked& asked, wire::Message response) {
  Judgement judgement;
  judgement.scrubbed_sets = Scrub(asked.zone, response);
  judgement.verdict = JudgeForwardedScrubbed(asked, response);
  Attach(judgement.verdict, TakeProofs(response, judgement.proofs_left_out));
  return judgement;
}

std::string ToText(const Verdict& verdict) {
  return std::visit(Overloaded{
                        [](const Answered& v) {
                          return fmt::format("answer{}",
                                             v.rank == cache::Rank::kAuthAnswer ? "" : " (not authoritative)");
                        },
                        [](const Aliased& v) { return fmt::format("alias to {}", v.target.ToText()); },
                        [](const Referred& v) { return fmt::format("referral to {}", v.ns.owner.ToText()); },
                        [](const NoDataAt& v) { return std::string(v.soa ? "no data" : "no data (without SOA)"); },
                        [](const NxDomainAt&) { return std::string("no such name"); },
                        [](const Overlong&) { return std::string("DNAME makes an overlong name"); },
                        [](const ServerError& v) { return wire::ToText(v.rcode); },
                        [](const EdnsRefused&) { return std::string("FORMERR (on EDNS)"); },
                        [](const Lame&) { return std::string("lame"); },
                        [](const Excessive&) { return std::string("malformed (a set with too many records)"); },
                    },
                    verdict);
}

}  // namespace iteration
