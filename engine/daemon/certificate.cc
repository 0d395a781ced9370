#include "engine/daemon/certificate.h"

#include <fmt/format.h>

#include <utility>

namespace taprootd {
namespace {

/// The longest file that is read: a chain of certificates has some 10 KiB.
constexpr size_t kMostOctets = 1024 * 1024;

}  // namespace

void Certificate::Adopt(std::string certificate_file, std::string key_file) {
  certificate_file_ = std::move(certificate_file);
  key_file_ = std::move(key_file);
}

absl::Status Certificate::Read() {
  if (certificate_file_.empty()) return absl::OkStatus();
  certificate_mark_ = MarkOf(certificate_file_);
  key_mark_ = MarkOf(key_file_);
  const auto certificate = ReadFile(certificate_file_, kMostOctets);
  if (!certificate.ok()) return certificate.status();
  const auto key = ReadFile(key_file_, kMostOctets);
  if (!key.ok()) return key.status();
  auto context = transport::TlsServerContext::Make(*certificate, *key);
  if (!context.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("{}, {}: {}", certificate_file_, key_file_, std::string(context.status().message())));
  }
  context_ = *std::move(context);
  return absl::OkStatus();
}

bool Certificate::HasChanged() const {
  if (certificate_file_.empty()) return false;
  return MarkOf(certificate_file_) != certificate_mark_ || MarkOf(key_file_) != key_mark_;
}

}  // namespace taprootd
