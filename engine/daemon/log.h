#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "engine/settings/settings.h"

namespace taprootd {

/// Writes what an operator should know to standard error, a line each: text with the level in front (a service manager
/// adds the time), or JSON objects. May be called from any thread.
class Log {
 public:
  using Level = settings::LogLevel;
  using Format = settings::LogFormat;

  /// Logs from here on what is at least as grave as `level`.
  void Adopt(Level level, Format format);

  // One for each level.
  void Error(std::string_view text) { Write(Level::kError, text); }
  void Warn(std::string_view text) { Write(Level::kWarn, text); }
  void Info(std::string_view text) { Write(Level::kInfo, text); }
  void Debug(std::string_view text) { Write(Level::kDebug, text); }

 private:
  /// Writes a text, a line of the log for each of its lines.
  void Write(Level level, std::string_view text);

  std::mutex mutex_;
  Level level_ = Level::kInfo;
  Format format_ = Format::kText;
};

/// Returns the line for a message, its end included; `wall_ms` is the time since 1970, which only JSON tells. Octets
/// that could end the line or steer a terminal are escaped: names and file contents are in what is logged.
std::string LogLine(Log::Level level, Log::Format format, int64_t wall_ms, std::string_view text);

}  // namespace taprootd
