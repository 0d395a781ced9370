#include <stdbool.h>  // First: without it ldns makes bool, true and false macros.

#include <fmt/format.h>
#include <ldns/ldns.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>

#include "engine/wire/generic_text.h"
#include "engine/wire/rrset.h"

namespace wire {
namespace {

using world::Octets;
using world::OctetView;

/// Frees what ldns made.
struct LdnsDeleter {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
  void operator()(char* text) const { std::free(text); }
};
template <typename T>
using Owned = std::unique_ptr<T, LdnsDeleter>;

/// The fields before the rdata in the text of a record that RrOf() made: owner, TTL, class, type.
constexpr int kFieldsBeforeRdata = 4;

/// Returns the record of the root with the given rdata, or nothing when ldns cannot read it.
Owned<ldns_rr> RrOf(RrType type, OctetView rdata) {
  const auto number = static_cast<uint16_t>(type);
  Octets wire = {0, static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number), 0, 1, 0, 0, 0, 0};
  wire.push_back(static_cast<uint8_t>(rdata.size() >> 8));
  wire.push_back(static_cast<uint8_t>(rdata.size()));
  wire.insert(wire.end(), rdata.begin(), rdata.end());
  ldns_rr* rr = nullptr;
  size_t at = 0;
  if (ldns_wire2rr(&rr, wire.data(), wire.size(), &at, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK) return nullptr;
  return Owned<ldns_rr>(rr);
}

/// Returns the wire form of a record's rdata.
std::optional<Octets> RdataOf(const ldns_rr* rr) {
  const Owned<ldns_buffer> buffer(ldns_buffer_new(LDNS_MIN_BUFLEN));
  if (buffer == nullptr || ldns_rr_rdata2buffer_wire(buffer.get(), rr) != LDNS_STATUS_OK) return std::nullopt;
  const uint8_t* const octets = ldns_buffer_begin(buffer.get());
  return Octets(octets, octets + ldns_buffer_position(buffer.get()));
}

/// Returns the text of a record without the fields before its rdata and without the end of the line.
std::string_view AfterFields(std::string_view line) {
  for (int field = 0; field < kFieldsBeforeRdata; ++field) {
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) return {};
    line.remove_prefix(tab + 1);
  }
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.remove_suffix(1);
  return line;
}

/// Returns whether a word of the text begins with `@`, which reads as the origin (RFC 1035 section 5.1): ldns does not
/// escape it in a name.
bool HasOriginSign(std::string_view text) { return text.starts_with('@') || text.find(" @") != std::string_view::npos; }

}  // namespace

std::string GenericText(OctetView rdata) {
  std::string text = fmt::format("\\# {}", rdata.size());
  if (!rdata.empty()) text += ' ';
  for (const uint8_t octet : rdata) fmt::format_to(std::back_inserter(text), "{:02x}", octet);
  return text;
}

std::string RdataToText(RrType type, OctetView rdata) {
  if (rdata.empty()) return GenericText(rdata);
  const Owned<ldns_rr> rr = RrOf(type, rdata);
  // ldns leaves out what comes after the last field that it knows.
  const std::optional<Octets> kept = rr == nullptr ? std::nullopt : RdataOf(rr.get());
  if (!kept || !std::ranges::equal(*kept, rdata)) return GenericText(rdata);
  const Owned<char> line(ldns_rr2str_fmt(ldns_output_format_nocomments, rr.get()));
  const std::string_view text = line == nullptr ? std::string_view() : AfterFields(line.get());
  return text.empty() || HasOriginSign(text) ? GenericText(rdata) : std::string(text);
}

std::optional<Octets> RdataFromText(RrType type, const std::string& text) {
  const std::string line = fmt::format(". 0 IN TYPE{} {}", static_cast<uint16_t>(type), text);
  const Owned<ldns_rdf> root(ldns_dname_new_frm_str("."));
  ldns_rr* rr = nullptr;
  if (ldns_rr_new_frm_str(&rr, line.c_str(), 0, root.get(), nullptr) != LDNS_STATUS_OK) return std::nullopt;
  const Owned<ldns_rr> owned(rr);
  return RdataOf(rr);
}

}  // namespace wire
