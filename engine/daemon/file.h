#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/world/octets.h"

namespace taprootd {

/// Which state of a file was seen: two equal ones mean that nobody wrote in between.
struct FileMark {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size = 0;
  int64_t modified_ns = 0;

  bool operator==(const FileMark&) const = default;
};

/// Returns the state of a file; all zero where there is none.
FileMark MarkOf(const std::string& path);

/// Reads a whole file. Errors are `path: why`: it cannot be opened or read, is no plain file, or is longer than `most`.
[[nodiscard]] absl::StatusOr<world::Octets> ReadFile(const std::string& path, size_t most);

/// Writes a whole file in one step: whoever reads it, or finds it after a crash, sees the old content or the new one.
/// Readable by all and writable by its owner, unless `mode` says otherwise. Errors are `path: why`.
[[nodiscard]] absl::Status ReplaceFile(const std::string& path, std::string_view content, unsigned mode = 0644);

}  // namespace taprootd
