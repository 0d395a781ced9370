#include "engine/simulator/internet_attestor.h"

#include <algorithm>
#include <utility>

namespace simulator {
namespace {

using wire::RrSet;
using wire::RrType;

/// Returns what is asked at the end of the aliases that the answer holds.
wire::Question LastQuestion(const wire::Message& response) {
  wire::Question last = *response.question;
  if (last.type == RrType::kCname || response.answer.empty()) return last;
  const RrSet& end = response.answer.back();
  if (end.type != RrType::kCname) return last;
  last.name = *wire::TargetName(RrType::kCname, *end.rdatas.begin());
  return last;
}

/// Returns whether the section has an SOA: it then denies.
bool Denies(const std::vector<RrSet>& authority) {
  return std::ranges::any_of(authority, [](const RrSet& set) { return set.type == RrType::kSoa; });
}

/// Returns whether the set at this place is the CNAME that was made of the DNAME before it, which nobody signs (RFC
/// 6672 section 5.3.1).
bool IsMadeOfDname(const std::vector<RrSet>& answer, size_t place) {
  if (place == 0 || answer[place].type != RrType::kCname) return false;
  const RrSet& before = answer[place - 1];
  return before.type == RrType::kDname && answer[place].owner.IsBelow(before.owner);
}

/// Adds proofs to the section, each once.
void Merge(std::vector<RrSet> proofs, std::vector<RrSet>& authority) {
  for (RrSet& proof : proofs) {
    const bool is_there = std::ranges::any_of(
        authority, [&](const RrSet& set) { return set.type == proof.type && set.owner == proof.owner; });
    if (!is_there) authority.push_back(std::move(proof));
  }
}

}  // namespace

void Attestor::Complete(Wish wish, ZoneAt zone, Signer& signer, wire::Message& response) const {
  const TrustPlan plan = trust_.PlanOf(zone);
  if (!plan.is_signed) return;
  if (zone.plan().kind == ZoneKind::kRoot) {
    root_.CompletePlain(signer, response);
    if (wish == Wish::kDnssec) root_.CompleteSigned(signer, response);
    return;
  }
  const Work work{zone, plan, signer, response};
  const wire::Question last = LastQuestion(response);
  const bool is_within = last.name.IsAtOrBelow(zone.plan().apex);
  if (is_within) AddKeySet(work, last);
  // A zone whose signatures were stripped shows nothing but its keys.
  if (wish == Wish::kPlain || plan.flaw == Flaw::kStripped) return;
  std::vector<RrSet> proofs;
  SignAnswers(work, proofs);
  if (is_within) ProveRest(work, last, proofs);
  for (RrSet& proof : proofs) {
    if (proof.signatures.empty()) signer.Sign({zone.plan(), plan}, proof);
  }
  Merge(std::move(proofs), response.authority);
}

std::optional<RrSet> Attestor::KeySetAt(const wire::Question& question, ZoneAt zone, const Match& match,
                                        Signer& signer) const {
  const TrustPlan plan = trust_.PlanOf(zone);
  if (!plan.is_signed) return {};
  const SignedZone signed_zone{zone.plan(), plan};
  if (match.kind == MatchKind::kCut && question.type == RrType::kDs && question.name == match.owner) {
    const ZonePlan child = atlas_.nodes().PlanBelow(zone.plan(), match.owner);
    const TrustPlan child_plan = trust_.PlanOf(child, zone.plan());
    if (!child_plan.has_ds) return {};
    return signer.DsSet({child, child_plan});
  }
  if (match.kind != MatchKind::kExact || match.node.role != Role::kApex) return {};
  if (question.type == RrType::kDnskey) return signer.DnskeySet(signed_zone);
  const bool is_wish = question.type == kCds || question.type == kCdnskey;
  if (is_wish && SpeaksToParent(zone.plan())) return signer.WishForParent(signed_zone, question.type);
  if (question.type != RrType::kNsec3param || plan.denial == DenialKind::kNsec) return {};
  RrSet set;
  set.owner = zone.plan().apex;
  set.type = RrType::kNsec3param;
  world::Octets rdata = {1, 0, static_cast<uint8_t>(plan.nsec3.iterations >> 8),
                         static_cast<uint8_t>(plan.nsec3.iterations), static_cast<uint8_t>(plan.nsec3.salt.size())};
  rdata.insert(rdata.end(), plan.nsec3.salt.begin(), plan.nsec3.salt.end());
  set.rdatas.Add(rdata);
  return set;
}

void Attestor::AddKeySet(const Work& work, const wire::Question& last) const {
  wire::Message& response = work.response;
  if (!Denies(response.authority) || response.header.rcode != wire::Rcode::kNoError) return;
  const Match match = atlas_.nodes().Find(work.zone.plan(), last.name);
  auto set = KeySetAt(last, work.zone, match, work.signer);
  if (!set) return;
  set->owner = last.name;
  response.answer.push_back(*std::move(set));
  response.authority.clear();
}

void Attestor::SignAnswers(const Work& work, std::vector<RrSet>& proofs) const {
  std::vector<RrSet>& answer = work.response.answer;
  for (size_t i = 0; i < answer.size(); ++i) {
    if (IsMadeOfDname(answer, i)) continue;
    const wire::Name owner = answer[i].owner;
    const Match match = atlas_.nodes().Find(work.zone.plan(), owner);
    if (match.kind == MatchKind::kWildcard) {
      answer[i].owner = match.owner;
      denials_.ProveWildcard({work.zone, work.plan, owner, match, answer[i].type}, proofs);
    }
    work.signer.Sign({work.zone.plan(), work.plan}, answer[i]);
    answer[i].owner = owner;
  }
}

void Attestor::ProveRest(const Work& work, const wire::Question& last, std::vector<RrSet>& proofs) const {
  wire::Message& response = work.response;
  const Match match = atlas_.nodes().Find(work.zone.plan(), last.name);
  Denials::Claim claim{work.zone, work.plan, last.name, match, last.type};
  if (Denies(response.authority)) {
    for (RrSet& set : response.authority) work.signer.Sign({work.zone.plan(), work.plan}, set);
    denials_.ProveAbsence(claim, proofs);
    return;
  }
  if (response.header.aa || match.kind != MatchKind::kCut) return;
  // A referral: the DS set, or the proof that there is none (RFC 4035 section 3.1.4).
  claim.type = RrType::kDs;
  if (auto ds = KeySetAt({match.owner, RrType::kDs}, work.zone, match, work.signer)) {
    proofs.push_back(*std::move(ds));
  } else {
    denials_.ProveAbsence(claim, proofs);
  }
}

}  // namespace simulator
