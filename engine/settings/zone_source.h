#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace settings {

/// Where a zone can be had.
struct ZoneSource {
  /// How it is asked for.
  enum class Kind : uint8_t {
    kHttps,  ///< `https://host/path`: a master file.
    kAxfr,   ///< `axfr://host`: a transfer over TCP (RFC 5936).
    kFile,   ///< `file:/path`: a master file.
  };
  Kind kind = Kind::kFile;
  std::string host{};  ///< An address without brackets, or a name.
  uint16_t port = 0;
  std::string path{};  ///< Of kHttps with the slash; of kFile.
  std::string name{};  ///< Of kHttps: what the certificate has to be of, and who is asked for the file.

  bool operator==(const ZoneSource&) const = default;

  /// Returns the source of its text, or nothing.
  [[nodiscard]] static std::optional<ZoneSource> FromText(std::string_view text);

  /// Returns the text.
  std::string ToText() const;
};

/// Returns the sources of a list separated by spaces. Requires: all are good.
std::vector<ZoneSource> ZoneSources(std::string_view list);

}  // namespace settings
