#pragma once

#include <string>
#include <string_view>

#include "engine/zone/delta.h"
#include "tests/zone/zone_text.h"

// Versions of the miniature zone: from one to the next only an address of ns.beta. changes, and the serial.
namespace zone_test {

inline constexpr uint32_t kFirstSerial = 2'026'082'201;

/// Returns the text with another in the place of one.
inline std::string Replaced(std::string text, std::string_view from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

/// Returns a version of the zone: 0 is the first.
inline zone::Snapshot Version(uint32_t version) {
  std::string text = Replaced(std::string(kMiniature), "2026082201", std::to_string(kFirstSerial + version));
  return *Parse(Replaced(text, "192.0.2.2", "192.0.2." + std::to_string(2 + 10 * version)));
}

/// Returns a record of its text parts.
inline wire::FlatRecord Record(std::string_view owner, wire::RrType type, const std::string& rdata) {
  return {N(owner), type, wire::RrClass::kIn, 172'800, *wire::RdataFromText(type, rdata)};
}

/// Returns the SOA of a version.
inline wire::FlatRecord SoaOf(uint32_t version) {
  wire::FlatRecord soa =
      Record(".", wire::RrType::kSoa,
             "a.root-servers.test. nstld.test. " + std::to_string(kFirstSerial + version) + " 1800 900 604800 86400");
  soa.ttl = 86'400;
  return soa;
}

/// Returns the one address of ns.beta. in a version.
inline wire::FlatRecord AddressOf(uint32_t version) {
  return Record("ns.beta.", wire::RrType::kA, "192.0.2." + std::to_string(2 + 10 * version));
}

/// Returns what changes from a version to the next.
inline zone::Delta DeltaFrom(uint32_t version) {
  return {SoaOf(version), {AddressOf(version)}, SoaOf(version + 1), {AddressOf(version + 1)}};
}

}  // namespace zone_test
