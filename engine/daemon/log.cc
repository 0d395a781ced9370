#include "engine/daemon/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/daemon/clock.h"

namespace taprootd {
namespace {

/// Returns the word for a level.
std::string_view Word(Log::Level level) {
  switch (level) {
    case Log::Level::kError:
      return "error";
    case Log::Level::kWarn:
      return "warn";
    case Log::Level::kInfo:
      return "info";
    case Log::Level::kDebug:
      return "debug";
  }
  return "";
}

/// Returns the text with control characters as \xNN.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f) {
      escaped += fmt::format("\\x{:02x}", octet);
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string LogLine(Log::Level level, Log::Format format, int64_t wall_ms, std::string_view text) {
  if (format == Log::Format::kText) return fmt::format("{}: {}\n", Word(level), Escaped(text));
  const nlohmann::json line = {{"time_ms", wall_ms}, {"level", Word(level)}, {"text", text}};
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

void Log::Adopt(Level level, Format format) {
  const std::lock_guard lock(mutex_);
  level_ = level;
  format_ = format;
}

void Log::Write(Level level, std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (level > level_) return;
  const auto since_epoch = ReadClocks().wall.time_since_epoch();
  const auto wall_ms = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  // Several lines of one message are several lines of the log.
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = LogLine(level, format_, wall_ms, text.substr(at, end - at));
    if (write(STDERR_FILENO, line.data(), line.size()) < 0) return;
    at = end + 1;
  }
}

}  // namespace taprootd
