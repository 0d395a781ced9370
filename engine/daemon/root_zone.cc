#include "engine/daemon/root_zone.h"

#include <fmt/format.h>

#include <utility>

#include "engine/daemon/file.h"
#include "engine/validation/root_proof.h"
#include "engine/world/limits.h"

namespace taprootd {
namespace {

/// Returns what is told of a zone that was accepted for its proof.
RootEvidence EvidenceOf(settings::ZonemdPolicy policy, const validation::RootProof& proof, world::WallTime now) {
  return {.verified_by = validation::VerifiedBy(policy, proof),
          .digest = dnssec::ToText(proof.digest),
          .signatures = proof.SignaturesText(),
          .has_digest = proof.digest == dnssec::ZonemdOutcome::kMatches,
          .is_signed = proof.keys == validation::ApexKeys::kTrusted && !proof.broken,
          .verified = now,
          .valid_until = proof.valid_until,
          .proven_until = proof.proven_until};
}

}  // namespace

RootOptions RootOptionsOf(const settings::Settings& settings, validation::SharedAnchors anchors) {
  return {.zone_file = settings.root.zone_file,
          .sources = settings.root.sources,
          .authorities_file = settings.root.authorities_file,
          .copy_file = settings.server.state_dir.empty() ? "" : settings.server.state_dir + "/root-copy.zone",
          .hints_file = settings.root.hints_file,
          .policy = settings.root.zonemd,
          .anchors = std::move(anchors)};
}

absl::StatusOr<zone::Snapshot> ReadRootZone(const std::string& file) {
  const auto text = ReadFile(file, world::limits::kMaxZoneOctets);
  if (!text.ok()) return text.status();
  return zone::Zone::Parse(*text, file, zone::LoadOptions{});
}

absl::StatusOr<ProvenZone> ProveRootZone(zone::Snapshot zone, const std::string& origin, const RootOptions& options,
                                         world::WallTime now) {
  if (options.policy == settings::ZonemdPolicy::kOff) {
    return ProvenZone{.zone = std::move(zone),
                      .evidence = {.verified_by = validation::VerifiedBy(options.policy, {}),
                                   .digest = "not checked",
                                   .signatures = "not checked",
                                   .verified = std::nullopt,
                                   .valid_until = std::nullopt}};
  }
  const validation::RootProof proof = validation::ProveRoot(*zone, validation::RootTrust(options.anchors.get()), now);
  if (const auto judged = validation::JudgeRoot(options.policy, proof); !judged.ok()) {
    const std::string why = fmt::format("{}: {} (root.zonemd)", origin, std::string(judged.message()));
    // Work that was too much is told by its code, for the counter.
    return proof.exhausted ? absl::ResourceExhaustedError(why) : absl::FailedPreconditionError(why);
  }
  return ProvenZone{.zone = std::move(zone), .evidence = EvidenceOf(options.policy, proof, now)};
}

absl::StatusOr<KeptZone> ReadRootCopy(const RootOptions& options, world::WallTime now) {
  const std::string& file = options.copy_file;
  if (file.empty() || MarkOf(file) == FileMark()) return absl::NotFoundError("no copy of the root zone");
  const auto text = ReadFile(file, world::limits::kMaxZoneOctets);
  if (!text.ok()) return text.status();
  auto head = zone::ReadCopyHead(*text);
  if (!head) return absl::InvalidArgumentError(fmt::format("{}: not a copy of the root zone that was kept here", file));
  auto zone = zone::Zone::Parse(*text, file, zone::LoadOptions{});
  if (!zone.ok()) return zone.status();
  if (now - head->checked >= world::Seconds(SoaOf(**zone).expire)) {
    return absl::FailedPreconditionError(
        fmt::format("{}: no source has confirmed it for as long as its SOA lets it be used", file));
  }
  auto proven = ProveRootZone(*std::move(zone), file, options, now);
  if (!proven.ok()) return proven.status();
  return KeptZone{.proven = *std::move(proven), .head = *std::move(head)};
}

absl::Status WriteRootCopy(const RootOptions& options, const zone::CopyHead& head, const zone::Zone& zone) {
  if (options.copy_file.empty()) return absl::OkStatus();
  return ReplaceFile(options.copy_file, zone::CopyText(head, zone));
}

wire::Soa SoaOf(const zone::Zone& zone) {
  // A zone whose SOA cannot be read is none: the builder refuses it.
  return *wire::SoaFromRdata(*zone.soa_rrset().rdatas.begin());
}

}  // namespace taprootd
