#include "engine/forwarding/appraisal.h"

#include <doctest/doctest.h>

#include "engine/world/limits.h"

namespace forwarding {
namespace {

const wire::Question kQuestion{*wire::Name::FromText("www.example."), wire::RrType::kA};

/// Returns a set of one record.
wire::RrSet SetOf(std::string_view owner, wire::RrType type, std::initializer_list<uint8_t> rdata) {
  wire::RrSet set{*wire::Name::FromText(owner), type, wire::RrClass::kIn, 300, {}, {}};
  set.rdatas.Add(std::vector<uint8_t>(rdata));
  return set;
}

/// Returns what a response is worth that has this answer and this authority section.
Worth WorthOf(wire::Rcode rcode, std::vector<wire::RrSet> answer, std::vector<wire::RrSet> authority) {
  wire::Message response;
  response.header.rcode = rcode;
  response.answer = std::move(answer);
  response.authority = std::move(authority);
  return Appraise(kQuestion, response).worth;
}

TEST_CASE("Data, an alias and NXDOMAIN are answers") {
  CHECK(WorthOf(wire::Rcode::kNoError, {SetOf("www.example.", wire::RrType::kA, {192, 0, 2, 1})}, {}) == Worth::kGood);
  CHECK(WorthOf(wire::Rcode::kNoError, {SetOf("www.example.", wire::RrType::kCname, {1, 'a', 0})}, {}) == Worth::kGood);
  CHECK(WorthOf(wire::Rcode::kNoError, {SetOf("example.", wire::RrType::kDname, {1, 'a', 0})}, {}) == Worth::kGood);
  CHECK(WorthOf(wire::Rcode::kNxDomain, {}, {}) == Worth::kGood);
}

TEST_CASE("An error is none") {
  for (const auto rcode :
       {wire::Rcode::kServFail, wire::Rcode::kRefused, wire::Rcode::kFormErr, wire::Rcode::kNotImp}) {
    CHECK(WorthOf(rcode, {}, {}) == Worth::kUseless);
  }
}

TEST_CASE("NOERROR without data counts unless it shows the way instead") {
  CHECK(WorthOf(wire::Rcode::kNoError, {}, {}) == Worth::kEmpty);
  CHECK(WorthOf(wire::Rcode::kNoError, {}, {SetOf("example.", wire::RrType::kSoa, {0})}) == Worth::kEmpty);
  CHECK(WorthOf(wire::Rcode::kNoError, {}, {SetOf("com.", wire::RrType::kNs, {1, 'a', 0})}) == Worth::kUseless);
  CHECK(WorthOf(wire::Rcode::kNoError, {SetOf("other.", wire::RrType::kA, {192, 0, 2, 1})}, {}) == Worth::kUseless);
}

TEST_CASE("kMaxRecordsPerRrset records of a set are taken, and not one more (CVE-2024-1737)") {
  for (const bool allowed : {true, false}) {
    wire::RrSet set{kQuestion.name, wire::RrType::kA, wire::RrClass::kIn, 300, {}, {}};
    for (size_t i = 0; i < world::limits::kMaxRecordsPerRrset + (allowed ? 0 : 1); ++i) {
      set.rdatas.Add(std::array<uint8_t, 4>{10, 0, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)});
    }
    CHECK(WorthOf(wire::Rcode::kNoError, {set}, {}) == (allowed ? Worth::kGood : Worth::kUseless));
  }
}

}  // namespace
}  // namespace forwarding
