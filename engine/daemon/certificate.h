#pragma once

#include <absl/status/status.h>

#include <memory>
#include <string>

#include "engine/daemon/file.h"
#include "engine/transport/tls.h"

namespace taprootd {

/// The certificate that encrypted listeners show, and its files: read again when they change. On the main thread.
class Certificate {
 public:
  /// Takes the paths; both empty: there is none.
  void Adopt(std::string certificate_file, std::string key_file);

  /// Reads the files, whether they have changed or not. On an error what was read before stays.
  [[nodiscard]] absl::Status Read();

  /// Returns whether the files have changed since they were read last.
  bool HasChanged() const;

  /// Returns what was read last; null: nothing.
  const std::shared_ptr<const transport::TlsServerContext>& context() const { return context_; }

 private:
  std::string certificate_file_;
  std::string key_file_;
  FileMark certificate_mark_;
  FileMark key_mark_;
  std::shared_ptr<const transport::TlsServerContext> context_;
};

}  // namespace taprootd
