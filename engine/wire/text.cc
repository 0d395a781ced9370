#include <fmt/format.h>

#include <array>
#include <iterator>

#include "engine/wire/message.h"

namespace wire {
namespace {

/// Purposes of INFO-CODEs, in the order of their numbers (RFC 8914 section 5.2 and the IANA registry).
constexpr std::array<std::string_view, 30> kPurposes = {
    "Other Error",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDOMAIN Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
};

/// The option of a cookie (RFC 7873 section 4), which dig prints by name.
constexpr uint16_t kCookieOption = 10;

/// Adds one line for each record of a list.
void AppendRecords(const RrSet& set, RrType type, const RdataList& rdatas, std::string& text) {
  for (const world::OctetView rdata : rdatas) {
    fmt::format_to(std::back_inserter(text), "{}\t{}\t{}\t{}\t{}\n", set.owner.ToText(), set.ttl, ToText(set.rr_class),
                   ToText(type), RdataToText(type, rdata));
  }
}

/// Returns how many records the sets are.
size_t CountRecords(const std::vector<RrSet>& sets) {
  size_t count = 0;
  for (const RrSet& set : sets) count += set.rdatas.size() + set.signatures.size();
  return count;
}

/// Adds the names of the flags that are set, each with a space before it.
void AppendFlags(const Header& header, std::string& text) {
  const std::pair<bool, std::string_view> flags[] = {{header.qr, " qr"}, {header.aa, " aa"}, {header.tc, " tc"},
                                                     {header.rd, " rd"}, {header.ra, " ra"}, {header.ad, " ad"},
                                                     {header.cd, " cd"}};
  for (const auto& [is_set, name] : flags) {
    if (is_set) text += name;
  }
}

/// Adds the two lines of the header.
void AppendHeader(const Message& message, std::string& text) {
  fmt::format_to(std::back_inserter(text),
                 ";; ->>HEADER<<- opcode: {}, status: {}, id: {}\n;; flags:", ToText(message.header.opcode),
                 ToText(message.header.rcode), message.header.id);
  AppendFlags(message.header, text);
  fmt::format_to(std::back_inserter(text), "; QUERY: {}, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}\n",
                 message.question ? 1 : 0, CountRecords(message.answer), CountRecords(message.authority),
                 CountRecords(message.additional) + (message.edns ? 1 : 0));
}

/// Adds the OPT.
void AppendEdns(const Edns& edns, std::string& text) {
  fmt::format_to(std::back_inserter(text), "\n;; OPT PSEUDOSECTION:\n; EDNS: version: {}, flags:{}; udp: {}\n",
                 edns.version, edns.dnssec_ok ? " do" : "", edns.payload_octets);
  for (const ExtendedError& error : edns.errors) {
    fmt::format_to(std::back_inserter(text), "; EDE: {} ({})", static_cast<uint16_t>(error.code), ToText(error.code));
    if (!error.text.empty()) text += ": (" + error.text + ")";
    text += '\n';
  }
  for (const EdnsOption& option : edns.options) {
    text += option.code == kCookieOption ? "; COOKIE: " : fmt::format("; OPT={}: ", option.code);
    for (const uint8_t octet : option.value) fmt::format_to(std::back_inserter(text), "{:02x}", octet);
    text += '\n';
  }
}

/// Adds a section, if there is anything in it.
void AppendSection(std::string_view title, const std::vector<RrSet>& sets, std::string& text) {
  if (sets.empty()) return;
  fmt::format_to(std::back_inserter(text), "\n;; {} SECTION:\n", title);
  for (const RrSet& set : sets) text += ToText(set);
}

}  // namespace

std::string ToText(const Question& question) {
  return fmt::format("{} {} {}", question.name.ToText(), ToText(question.rr_class), ToText(question.type));
}

std::string_view ToText(EdeCode code) {
  const auto number = static_cast<size_t>(code);
  return number < kPurposes.size() ? kPurposes[number] : "Unassigned";
}

std::string ToText(const RrSet& rrset) {
  std::string text;
  AppendRecords(rrset, rrset.type, rrset.rdatas, text);
  AppendRecords(rrset, RrType::kRrsig, rrset.signatures, text);
  return text;
}

std::string ToText(const Message& message) {
  std::string text;
  AppendHeader(message, text);
  if (message.edns) AppendEdns(*message.edns, text);
  if (message.question) {
    const Question& question = *message.question;
    fmt::format_to(std::back_inserter(text), "\n;; QUESTION SECTION:\n;{}\t{}\t{}\n", question.name.ToText(),
                   ToText(question.rr_class), ToText(question.type));
  }
  AppendSection("ANSWER", message.answer, text);
  AppendSection("AUTHORITY", message.authority, text);
  AppendSection("ADDITIONAL", message.additional, text);
  return text;
}

}  // namespace wire
