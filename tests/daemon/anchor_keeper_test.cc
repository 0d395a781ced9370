#include "engine/daemon/anchor_keeper.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/daemon/state_folder.h"
#include "tests/validation/court.h"

namespace taprootd {
namespace {

using validation_test::At;
using validation_test::DsSet;
using validation_test::KeySet;
using validation_test::kNow;
using validation_test::Octets;

/// A keeper of the root's anchor with a state folder of its own, and a root that answers as it should.
struct Kept : StateFolder {
  /// Returns the text of the state file, or nothing.
  std::string State() const {
    std::ifstream file(folder / "trust-anchors.state");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// Returns a keeper that has looked once.
  AnchorKeeper Look() {
    AnchorKeeper keeper(
        log, [this] { return now; },
        [this](const world::Octets& query, const KeysFound& found) {
          queries.push_back(*wire::Parse(query));
          wire::Message response;
          response.header.qr = true;
          response.answer.push_back(KeySet("."));
          world::Octets octets;
          wire::Write(response, 4'096, wire::Signatures::kInclude, octets);
          found(octets);
        },
        [this](const validation::SharedAnchors& anchors) { published = anchors; });
    const auto configured = *validation::Anchors::Parse(Octets(wire::ToText(DsSet("."))), "anchors");
    CHECK(keeper.Begin(configured, settings)->all().size() == 1);
    now.mono = keeper.NextTurn();
    keeper.OnTurn(now);
    return keeper;
  }

  world::Now now{world::Instant(world::Seconds(1)), At(kNow)};
  std::vector<wire::Message> queries;
  validation::SharedAnchors published;
};

TEST_CASE("The keys of an anchor are asked for with DO and CD, kept on disk, given to all and told (RFC 5011)") {
  Kept kept;
  const AnchorKeeper keeper = kept.Look();
  REQUIRE(kept.queries.size() == 1);
  CHECK(kept.queries[0].question->type == wire::RrType::kDnskey);
  CHECK(kept.queries[0].header.cd);
  CHECK(kept.queries[0].edns->dnssec_ok);
  REQUIRE(kept.published != nullptr);
  CHECK(kept.published->all()[0].keys.size() == 1);
  CHECK(kept.State().starts_with("taproot-anchors 1\nvalid 1700000000 "));
  const auto report = keeper.Report();
  REQUIRE(report.size() == 1);
  CHECK(report[0]["state"] == "valid");
  CHECK(report[0]["since_ms"] == int64_t{kNow} * 1'000);
  CHECK(keeper.NextTurn() > kept.now.mono);
}

TEST_CASE("What is known survives a restart, and nothing is written or given out where nothing changed") {
  Kept kept;
  kept.Look();
  const std::string state = kept.State();
  kept.published = nullptr;
  kept.now.wall += world::Seconds(86'400 / 48);
  CHECK(kept.Look().Report()[0]["since_ms"] == int64_t{kNow} * 1'000);
  CHECK(kept.published == nullptr);
  CHECK(kept.State() == state);
}

TEST_CASE("A damaged state file is left aside, and the anchors of the settings hold") {
  Kept kept;
  std::ofstream(kept.folder / "trust-anchors.state") << "taproot-anchors 1\nvalid nonsense\n";
  const AnchorKeeper keeper = kept.Look();
  CHECK(keeper.Report().size() == 1);
  CHECK(kept.State().ends_with("end 1\n"));
}

}  // namespace
}  // namespace taprootd
