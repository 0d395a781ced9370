#pragma once

#include <cstdint>
#include <string>

namespace taproot {

/// Amounts as people read them.

/// Returns `1,234,567`.
std::string Grouped(uint64_t number);

/// Returns `0.42 ms`, `83 ms`, `4.1 s`: three digits at most.
std::string TimeText(int64_t us);

/// Returns `12 s`, `3 h 12 min`, `5 d 2 h`.
std::string AgeText(int64_t seconds);

/// Returns `812 octets`, `61.3 MiB`.
std::string SizeText(uint64_t octets);

/// Returns `87.1 %`, or `-` where the whole is zero.
std::string ShareText(uint64_t part, uint64_t whole);

/// Returns `2026-11-21 09:59:03 UTC` of milliseconds since 1970.
std::string DateText(int64_t wall_ms);

}  // namespace taproot
