#include "engine/wire/query.h"

#include <doctest/doctest.h>

namespace wire {
namespace {

const Question kAsked{*Name::FromText("www.example."), RrType::kA};

/// Returns how the response to kAsked with the ID 7 begins.
Opening ResponseTo(const std::optional<Question>& question, Rcode rcode) {
  Opening opening;
  opening.header.qr = true;
  opening.header.id = 7;
  opening.header.rcode = rcode;
  opening.question_count = question ? 1 : 0;
  opening.question = question;
  return opening;
}

TEST_CASE("a response counts only with QR, QUERY, and the ID and question of its query (RFC 5452 9.1)") {
  const Opening good = ResponseTo(kAsked, Rcode::kNoError);
  CHECK(IsResponseTo(good, 7, kAsked));
  CHECK_FALSE(IsResponseTo(good, 8, kAsked));
  CHECK_FALSE(IsResponseTo(good, 7, {kAsked.name, RrType::kAaaa}));
  CHECK_FALSE(IsResponseTo(good, 7, {*Name::FromText("ww.example."), RrType::kA}));
  Opening query = good;
  query.header.qr = false;
  CHECK_FALSE(IsResponseTo(query, 7, kAsked));
  Opening notify = good;
  notify.header.opcode = Opcode{4};
  CHECK_FALSE(IsResponseTo(notify, 7, kAsked));
}

TEST_CASE("only an error may leave the question out: the server could not read it (RFC 1035 4.1.1)") {
  CHECK(IsResponseTo(ResponseTo(std::nullopt, Rcode::kFormErr), 7, kAsked));
  CHECK_FALSE(IsResponseTo(ResponseTo(std::nullopt, Rcode::kNoError), 7, kAsked));
  CHECK_FALSE(IsResponseTo(ResponseTo(std::nullopt, Rcode::kNxDomain), 7, kAsked));
}

}  // namespace
}  // namespace wire
