#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "engine/simulator/internet.h"
#include "engine/simulator/internet_lot.h"

namespace simulator {
namespace {

/// The TLDs of the loopback lab.
constexpr std::array<std::string_view, 44> kTlds = {
    "aero", "app", "at",  "be", "biz", "blog", "br", "ca",  "cafe", "ch",   "cloud", "com", "coop", "cz",  "de",
    "dev",  "dk",  "edu", "es", "eu",  "fi",   "fr", "gov", "in",   "info", "int",   "io",  "it",   "jp",  "mil",
    "name", "net", "nl",  "no", "org", "page", "pl", "pt",  "se",   "shop", "uk",    "us",  "wiki", "xyz",
};

constexpr int kRootServers = 13;

/// Returns the name of a server of the operator that many TLDs share.
std::string SharedServer(int number) { return fmt::format("{}.tld-servers.net.", static_cast<char>('a' + number)); }

/// Returns the name of a server within its TLD.
std::string OwnServer(std::string_view tld, int number) {
  return fmt::format("{}.nic.{}.", static_cast<char>('a' + number), tld);
}

/// Returns two to five NS records of a TLD, and the glue of those servers that are its own.
std::string Delegation(uint64_t seed, size_t index) {
  const std::string_view tld = kTlds[index];
  const Lot lot{Scramble(seed) + index};
  const bool is_shared = Happens(lot, Matter::kLayout, 300);
  const int count = 2 + static_cast<int>(Roll(lot, Matter::kServerCount) % 4);
  std::string text;
  for (int i = 0; i < count; ++i)
    text += fmt::format("{}. 172800 IN NS {}\n", tld, is_shared ? SharedServer(i) : OwnServer(tld, i));
  if (is_shared) return text;
  for (int i = 0; i < count; ++i) {
    const uint64_t low = Roll(lot, Matter::kAddress, static_cast<uint64_t>(i));
    text += fmt::format("{} 172800 IN A 127.2.{}.{}\n", OwnServer(tld, i), low & 0xff, low >> 8 & 0xff);
  }
  return text;
}

}  // namespace

std::string LoopbackRootZone(const InternetOptions& options) {
  constexpr std::string_view kSoa =
      ". 86400 IN SOA a.root-servers.net. hostmaster.root-servers.net. 2026082201 1800 900 604800 86400\n";
  std::string text(kSoa);
  for (int i = 0; i < kRootServers; ++i) {
    const char letter = static_cast<char>('a' + i);
    text += fmt::format(". 518400 IN NS {}.root-servers.net.\n", letter);
    text += fmt::format("{}.root-servers.net. 518400 IN A 127.1.0.{}\n", letter, i + 1);
  }
  for (size_t i = 0; i < kTlds.size(); ++i) text += Delegation(options.seed, i);
  for (int i = 0; i < 5; ++i) {
    text += fmt::format("{} 172800 IN A 127.3.0.{}\n", SharedServer(i), i + 1);
  }
  return text;
}

}  // namespace simulator
