// Any message: its keys, DSs, signatures and denials are read, and the denials are asked what they prove of its
// question.
#include <cstdlib>
#include <vector>

#include "engine/dnssec/ds.h"
#include "engine/dnssec/keys.h"
#include "engine/dnssec/nsec.h"
#include "engine/dnssec/nsec3.h"
#include "engine/dnssec/signature.h"
#include "engine/wire/message.h"

namespace {

constexpr int kMostHashes = 20;

/// Asks what the sets prove of a question, as records of a zone.
void Prove(std::span<const wire::RrSet* const> sets, const wire::Question& question, const wire::Name& zone) {
  const dnssec::NsecProof nsec(sets, zone);
  dnssec::Nsec3Hasher hasher(kMostHashes);
  dnssec::Nsec3Proof nsec3(sets, zone, hasher);
  nsec.NameDoesNotExist(question.name);
  nsec.TypeDoesNotExist(question.name, question.type);
  nsec3.NameDoesNotExist(question.name);
  nsec3.TypeDoesNotExist(question.name, question.type);
  nsec3.IsInsecureDelegation(question.name);
  if (question.name.IsBelow(zone)) {
    nsec.NoCloserName(question.name, zone);
    nsec3.NoCloserName(question.name, zone);
  }
  if (hasher.hashes_left() < 0) std::abort();
}

/// Reads what a set and its signatures say.
void Read(const wire::RrSet& set) {
  constexpr world::WallTime kNow{world::Seconds(1'790'000'000)};
  for (const world::OctetView rdata : set.signatures) {
    const auto signature = dnssec::Signature::FromRdata(rdata);
    if (!signature) continue;
    dnssec::Precheck(set, *signature, signature->signer, kNow);
    signature->WildcardEncloser(set.owner);
  }
  if (set.type == wire::RrType::kDs) dnssec::UsableDs(set);
  if (set.type == wire::RrType::kDnskey) dnssec::ZoneKeysOf(set);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  const std::optional<wire::Message> message = wire::Parse(world::OctetView(octets, size));
  if (!message || !message->question) return 0;
  std::vector<const wire::RrSet*> sets;
  for (const auto* section : {&message->answer, &message->authority, &message->additional}) {
    for (const wire::RrSet& set : *section) {
      Read(set);
      sets.push_back(&set);
    }
  }
  for (wire::Name zone = message->question->name;; zone = zone.Parent()) {
    Prove(sets, *message->question, zone);
    if (zone.IsRoot()) return 0;
  }
}
