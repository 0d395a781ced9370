#include "engine/forwarding/appraisal.h"

#include <algorithm>

#include "engine/world/limits.h"

namespace forwarding {
namespace {

using wire::Rcode;
using wire::RrSet;
using wire::RrType;

/// Returns whether a set of the answer section says something about the name asked.
bool Answers(const wire::Question& question, const RrSet& rrset) {
  if (rrset.type == RrType::kDname && question.name.IsBelow(rrset.owner)) return true;
  if (rrset.owner != question.name) return false;
  return rrset.type == question.type || rrset.type == RrType::kCname || question.type == RrType::kAny;
}

/// Returns whether a section has a set of the type.
bool Has(const std::vector<RrSet>& section, RrType type) {
  return std::ranges::find(section, type, &RrSet::type) != section.end();
}

/// Returns whether some set has more records than may be kept.
bool IsExcessive(const wire::Message& response) {
  const auto oversized = [](const RrSet& rrset) { return rrset.rdatas.size() > world::limits::kMaxRecordsPerRrset; };
  return std::ranges::any_of(response.answer, oversized) || std::ranges::any_of(response.authority, oversized);
}

}  // namespace

Appraisal Appraise(const wire::Question& question, const wire::Message& response) {
  const Rcode rcode = response.header.rcode;
  if (IsExcessive(response)) return {Worth::kUseless, "a set with too many records"};
  if (rcode == Rcode::kNxDomain) return {Worth::kGood, "no such name"};
  if (rcode == Rcode::kYxDomain) return {Worth::kGood, "DNAME makes an overlong name"};
  if (rcode != Rcode::kNoError) return {Worth::kUseless, wire::ToText(rcode)};
  const bool answered = std::ranges::any_of(response.answer, [&](const RrSet& set) { return Answers(question, set); });
  if (answered) return {Worth::kGood, "answer"};
  if (!response.answer.empty()) return {Worth::kUseless, "answer to another question"};
  if (Has(response.authority, RrType::kSoa)) return {Worth::kEmpty, "no data"};
  // Not one that resolves for others: it shows the way instead.
  if (Has(response.authority, RrType::kNs)) return {Worth::kUseless, "referral"};
  return {Worth::kEmpty, "no data (without SOA)"};
}

}  // namespace forwarding
