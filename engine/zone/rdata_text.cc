#include "engine/zone/rdata_text.h"

#include <fmt/format.h>
#include <ldns/ldns.h>

#include <charconv>
#include <memory>
#include <string>

namespace zone {
namespace {

/// Frees what ldns made, one for each of its types.
struct FreeRr {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
/// Likewise.
struct FreeRdf {
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
/// Likewise.
struct FreeBuffer {
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
};
using Rr = std::unique_ptr<ldns_rr, FreeRr>;
using Rdf = std::unique_ptr<ldns_rdf, FreeRdf>;
using Buffer = std::unique_ptr<ldns_buffer, FreeBuffer>;

constexpr size_t kMaxRdataOctets = 65535;

/// Takes the next word off the front of `text`; empty at the end.
std::string_view TakeWord(std::string_view& text) {
  const size_t begin = std::min(text.find_first_not_of(' '), text.size());
  const size_t end = std::min(text.find(' ', begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

/// Returns the value of a hexadecimal digit, or nothing.
std::optional<uint8_t> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

/// Returns the octets of `LENGTH HEX...`, the text after `\#` (RFC 3597 section 5).
std::optional<world::Octets> FromGeneric(std::string_view text) {
  const std::string_view length_text = TakeWord(text);
  uint16_t length = 0;
  const auto [stop, error] = std::from_chars(length_text.data(), length_text.data() + length_text.size(), length);
  if (error != std::errc() || stop != length_text.data() + length_text.size()) return std::nullopt;
  world::Octets octets;
  std::optional<uint8_t> high;
  for (const char c : text) {
    if (c == ' ') continue;
    const std::optional<uint8_t> digit = HexDigit(c);
    if (!digit || octets.size() == length) return std::nullopt;
    if (high) octets.push_back(static_cast<uint8_t>(*high << 4 | *digit));
    high = high ? std::nullopt : digit;
  }
  if (high || octets.size() != length) return std::nullopt;
  return octets;
}

/// Returns whether ldns reads the octets as rdata of the type, to the last one.
bool ParsesAs(wire::RrType type, world::OctetView rdata) {
  const auto number = static_cast<uint16_t>(type);
  const auto length = static_cast<uint16_t>(rdata.size());
  world::Octets wire = {0,  // Owner: the root.
                        static_cast<uint8_t>(number >> 8),
                        static_cast<uint8_t>(number),
                        0,
                        LDNS_RR_CLASS_IN,
                        0,
                        0,
                        0,
                        0,
                        static_cast<uint8_t>(length >> 8),
                        static_cast<uint8_t>(length)};
  wire.insert(wire.end(), rdata.begin(), rdata.end());
  ldns_rr* parsed = nullptr;
  size_t at = 0;
  const ldns_status status = ldns_wire2rr(&parsed, wire.data(), wire.size(), &at, LDNS_SECTION_ANSWER);
  if (status != LDNS_STATUS_OK) return false;
  const Rr owned(parsed);
  return at == wire.size();
}

/// Returns the rdata of a record that ldns holds.
std::optional<world::Octets> RdataOf(const ldns_rr& rr) {
  const Buffer buffer(ldns_buffer_new(512));
  if (ldns_rr_rdata2buffer_wire(buffer.get(), &rr) != LDNS_STATUS_OK) return std::nullopt;
  const size_t size = ldns_buffer_position(buffer.get());
  if (size > kMaxRdataOctets) return std::nullopt;
  const uint8_t* const begin = ldns_buffer_begin(buffer.get());
  return world::Octets(begin, begin + size);
}

/// Reads the text with ldns.
std::optional<world::Octets> FromPresentation(wire::RrType type, std::string_view text, const wire::Name& origin) {
  const auto origin_octets = origin.octets();
  const Rdf origin_rdf(ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, origin_octets.size(), origin_octets.data()));
  const std::string line = fmt::format(". 0 IN TYPE{} {}", static_cast<uint16_t>(type), text);
  ldns_rr* parsed = nullptr;
  if (ldns_rr_new_frm_str(&parsed, line.c_str(), 0, origin_rdf.get(), nullptr) != LDNS_STATUS_OK) return std::nullopt;
  const Rr owned(parsed);
  if (ldns_rr_get_type(parsed) != static_cast<ldns_rr_type>(type)) return std::nullopt;
  return RdataOf(*parsed);
}

}  // namespace

std::optional<world::Octets> RdataFromMasterText(wire::RrType type, std::string_view text, const wire::Name& origin) {
  std::string_view rest = text;
  const bool is_generic = TakeWord(rest) == "\\#";
  std::optional<world::Octets> rdata = is_generic ? FromGeneric(rest) : FromPresentation(type, text, origin);
  // ldns lets some texts through that lack a field.
  if (!rdata || !ParsesAs(type, *rdata)) return std::nullopt;
  return rdata;
}

}  // namespace zone
