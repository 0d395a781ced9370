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

}  // namespace taprootd
