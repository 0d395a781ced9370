#include "engine/wire/types.h"

#include <doctest/doctest.h>

using namespace wire;

TEST_CASE("A type reads from and prints as its mnemonic") {
  CHECK(ToText(RrType::kA) == "A");
  CHECK(ToText(RrType::kNsec3param) == "NSEC3PARAM");
  CHECK(ToText(RrType::kCaa) == "CAA");
  CHECK(RrTypeFromText("aAaA") == RrType::kAaaa);
  CHECK(RrTypeFromText("https") == RrType::kHttps);
}

TEST_CASE("An unknown type reads from and prints as TYPEnnn (RFC 3597 5)") {
  CHECK(ToText(static_cast<RrType>(65280)) == "TYPE65280");
  CHECK(RrTypeFromText("type65280") == static_cast<RrType>(65280));
  CHECK(RrTypeFromText("TYPE1") == RrType::kA);
  CHECK_FALSE(RrTypeFromText("TYPE"));
  CHECK_FALSE(RrTypeFromText("TYPE65536"));
  CHECK_FALSE(RrTypeFromText("TYPE-1"));
  CHECK_FALSE(RrTypeFromText("TYPE1x"));
  CHECK_FALSE(RrTypeFromText("nonsense"));
  CHECK_FALSE(RrTypeFromText(""));
}

TEST_CASE("Every mnemonic of a type reads back as the same number") {
  for (uint32_t number = 0; number <= 0xffff; ++number) {
    const auto type = static_cast<RrType>(number);
    REQUIRE(RrTypeFromText(ToText(type)) == type);
  }
}

TEST_CASE("A class reads from and prints as its mnemonic or CLASSnnn") {
  CHECK(ToText(RrClass::kIn) == "IN");
  CHECK(ToText(RrClass::kChaos) == "CH");
  CHECK(ToText(static_cast<RrClass>(42)) == "CLASS42");
  CHECK(RrClassFromText("in") == RrClass::kIn);
  CHECK(RrClassFromText("CLASS255") == RrClass::kAny);
  CHECK_FALSE(RrClassFromText("CLASS"));
}

TEST_CASE("A response code and an opcode print as dig prints them") {
  CHECK(ToText(Rcode::kNoError) == "NOERROR");
  CHECK(ToText(Rcode::kNxDomain) == "NXDOMAIN");
  CHECK(ToText(Rcode::kBadVers) == "BADVERS");
  CHECK(ToText(static_cast<Rcode>(3841)) == "RCODE3841");
  CHECK(ToText(Opcode::kQuery) == "QUERY");
  CHECK(ToText(static_cast<Opcode>(7)) == "OPCODE7");
}

TEST_CASE("OPT and 128 to 255 are meta types (RFC 6895 3.1)") {
  CHECK(IsMetaType(RrType::kOpt));
  CHECK(IsMetaType(RrType::kAny));
  CHECK(IsMetaType(RrType::kAxfr));
  CHECK(IsMetaType(static_cast<RrType>(128)));
  CHECK_FALSE(IsMetaType(static_cast<RrType>(127)));
  CHECK_FALSE(IsMetaType(static_cast<RrType>(256)));
  CHECK_FALSE(IsMetaType(RrType::kRrsig));
}
