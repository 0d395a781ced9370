#include "engine/wire/types.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace wire {
namespace {

/// A number of an IANA registry and its mnemonic.
struct Mnemonic {
  uint16_t number;
  std::string_view text;
};

/// IANA: Resource Record (RR) TYPEs, in the order of their numbers.
constexpr std::array kTypes = std::to_array<Mnemonic>({
    {1, "A"},        {2, "NS"},      {3, "MD"},          {4, "MF"},       {5, "CNAME"},      {6, "SOA"},
    {7, "MB"},       {8, "MG"},      {9, "MR"},          {10, "NULL"},    {11, "WKS"},       {12, "PTR"},
    {13, "HINFO"},   {14, "MINFO"},  {15, "MX"},         {16, "TXT"},     {17, "RP"},        {18, "AFSDB"},
    {19, "X25"},     {20, "ISDN"},   {21, "RT"},         {22, "NSAP"},    {23, "NSAP-PTR"},  {24, "SIG"},
    {25, "KEY"},     {26, "PX"},     {27, "GPOS"},       {28, "AAAA"},    {29, "LOC"},       {30, "NXT"},
    {31, "EID"},     {32, "NIMLOC"}, {33, "SRV"},        {34, "ATMA"},    {35, "NAPTR"},     {36, "KX"},
    {37, "CERT"},    {38, "A6"},     {39, "DNAME"},      {40, "SINK"},    {41, "OPT"},       {42, "APL"},
    {43, "DS"},      {44, "SSHFP"},  {45, "IPSECKEY"},   {46, "RRSIG"},   {47, "NSEC"},      {48, "DNSKEY"},
    {49, "DHCID"},   {50, "NSEC3"},  {51, "NSEC3PARAM"}, {52, "TLSA"},    {53, "SMIMEA"},    {55, "HIP"},
    {56, "NINFO"},   {57, "RKEY"},   {58, "TALINK"},     {59, "CDS"},     {60, "CDNSKEY"},   {61, "OPENPGPKEY"},
    {62, "CSYNC"},   {63, "ZONEMD"}, {64, "SVCB"},       {65, "HTTPS"},   {66, "DSYNC"},     {99, "SPF"},
    {100, "UINFO"},  {101, "UID"},   {102, "GID"},       {103, "UNSPEC"}, {104, "NID"},      {105, "L32"},
    {106, "L64"},    {107, "LP"},    {108, "EUI48"},     {109, "EUI64"},  {128, "NXNAME"},   {249, "TKEY"},
    {250, "TSIG"},   {251, "IXFR"},  {252, "AXFR"},      {253, "MAILB"},  {254, "MAILA"},    {255, "ANY"},
    {256, "URI"},    {257, "CAA"},   {258, "AVC"},       {259, "DOA"},    {260, "AMTRELAY"}, {261, "RESINFO"},
    {262, "WALLET"}, {32768, "TA"},  {32769, "DLV"},
});

/// IANA: DNS CLASSes.
constexpr std::array kClasses = std::to_array<Mnemonic>({{1, "IN"}, {3, "CH"}, {4, "HS"}, {254, "NONE"}, {255, "ANY"}});

/// IANA: DNS RCODEs.
constexpr std::array kRcodes = std::to_array<Mnemonic>({
    {0, "NOERROR"},  {1, "FORMERR"},    {2, "SERVFAIL"}, {3, "NXDOMAIN"},  {4, "NOTIMP"},
    {5, "REFUSED"},  {6, "YXDOMAIN"},   {7, "YXRRSET"},  {8, "NXRRSET"},   {9, "NOTAUTH"},
    {10, "NOTZONE"}, {11, "DSOTYPENI"}, {16, "BADVERS"}, {17, "BADKEY"},   {18, "BADTIME"},
    {19, "BADMODE"}, {20, "BADNAME"},   {21, "BADALG"},  {22, "BADTRUNC"}, {23, "BADCOOKIE"},
});

/// IANA: DNS OpCodes.
constexpr std::array kOpcodes =
    std::to_array<Mnemonic>({{0, "QUERY"}, {1, "IQUERY"}, {2, "STATUS"}, {4, "NOTIFY"}, {5, "UPDATE"}, {6, "DSO"}});

/// Returns the mnemonic of `number`, or `generic` followed by the number.
std::string TextOf(std::span<const Mnemonic> registry, uint16_t number, std::string_view generic) {
  const auto found = std::ranges::lower_bound(registry, number, {}, &Mnemonic::number);
  if (found != registry.end() && found->number == number) return std::string(found->text);
  return fmt::format("{}{}", generic, number);
}

/// Returns the ASCII letter in upper case, any other character as it is.
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

/// Returns whether both texts are the same but for the case of ASCII letters.
bool SameWord(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char left, char right) { return Upper(left) == Upper(right); });
}

/// Returns the number of a mnemonic, or the one that follows `generic` (RFC 3597 section 5).
std::optional<uint16_t> NumberOf(std::span<const Mnemonic> registry, std::string_view text, std::string_view generic) {
  for (const Mnemonic& mnemonic : registry) {
    if (SameWord(mnemonic.text, text)) return mnemonic.number;
  }
  if (text.size() <= generic.size() || !SameWord(text.substr(0, generic.size()), generic)) return std::nullopt;
  uint16_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + generic.size(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace

std::string ToText(RrType type) { return TextOf(kTypes, static_cast<uint16_t>(type), "TYPE"); }

std::string ToText(RrClass rr_class) { return TextOf(kClasses, static_cast<uint16_t>(rr_class), "CLASS"); }

std::string ToText(Rcode rcode) { return TextOf(kRcodes, static_cast<uint16_t>(rcode), "RCODE"); }

std::string ToText(Opcode opcode) { return TextOf(kOpcodes, static_cast<uint8_t>(opcode), "OPCODE"); }

std::optional<RrType> RrTypeFromText(std::string_view text) {
  const std::optional<uint16_t> number = NumberOf(kTypes, text, "TYPE");
  if (!number) return std::nullopt;
  return static_cast<RrType>(*number);
}

std::optional<RrClass> RrClassFromText(std::string_view text) {
  const std::optional<uint16_t> number = NumberOf(kClasses, text, "CLASS");
  if (!number) return std::nullopt;
  return static_cast<RrClass>(*number);
}

bool IsMetaType(RrType type) {
  const auto number = static_cast<uint16_t>(type);
  return type == RrType::kOpt || (number >= 128 && number <= 255);
}

}  // namespace wire
