#include "engine/daemon/trust_anchors.h"

#include "engine/daemon/file.h"
#include "engine/world/limits.h"

namespace taprootd {

absl::StatusOr<validation::SharedAnchors> LoadAnchors(const settings::Settings& settings) {
  const std::string& file = settings.dnssec.trust_anchors_file;
  if (file.empty()) return validation::Anchors::BuiltIn();
  const auto text = ReadFile(file, world::limits::kMaxSettingsOctets);
  if (!text.ok()) return text.status();
  return validation::Anchors::Parse(*text, file);
}

std::string AnchorStatePath(const settings::Settings& settings) {
  const std::string& folder = settings.server.state_dir;
  return folder.empty() ? std::string() : folder + "/trust-anchors.state";
}

FollowedAnchors ResumeAnchors(const settings::Settings& settings, const validation::Anchors& configured) {
  FollowedAnchors followed;
  const std::string path = AnchorStatePath(settings);
  if (!path.empty() && MarkOf(path) != FileMark{}) {
    const auto text = ReadFile(path, world::limits::kMaxSettingsOctets);
    auto resumed = text.ok() ? validation::Resume(configured, *text, path) : text.status();
    if (resumed.ok()) return {*std::move(resumed), {}};
    followed.refusal = std::string(resumed.status().message());
  }
  for (const validation::Anchor& anchor : configured.all()) followed.rollovers.emplace_back(anchor);
  return followed;
}

}  // namespace taprootd
