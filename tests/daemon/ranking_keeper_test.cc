#include "engine/daemon/ranking_keeper.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "engine/daemon/file.h"
#include "engine/servers/memory.h"
#include "tests/daemon/state_folder.h"

namespace taprootd {
namespace {

using world::Milliseconds;
using world::Seconds;

const world::Address kServer = *world::Address::FromText("192.0.2.1");

/// A state folder, and what runs of a daemon share: a clock that goes on.
struct Kept : StateFolder {
  std::filesystem::path File() const { return folder / "nameservers.state"; }

  world::Now now{world::Instant(Seconds(1'000)), world::WallTime(Seconds(1'790'000'000))};
};

/// A daemon's run, with its errands left to the test.
struct Run {
  explicit Run(Kept& kept) : keeper(kept.log, book, kept.settings, [this](auto e) { errand = std::move(e); }) {
    keeper.Begin(kept.now);
  }

  /// Has the server answer a question after 12 ms.
  void Measure(world::Instant now) {
    book.Sent(kServer, wire::Name(), now);
    book.Answered(kServer, wire::Name(), world::Protocol::kUdp, Milliseconds(12), servers::Report::kValid, now);
  }

  /// Returns what is known of the server's RTT.
  std::optional<world::Duration> Srtt(world::Instant now) const {
    const auto standings = book.OfAddress(kServer, now);
    return standings.empty() ? std::nullopt : standings.front().srtt;
  }

  servers::Book book;
  std::unique_ptr<Errand> errand;
  RankingKeeper keeper;
};

TEST_CASE("What was measured before the stop is known after the start") {
  Kept kept;
  Run before(kept);
  before.Measure(kept.now.mono);
  before.keeper.End(kept.now);
  CHECK(before.keeper.tally().kept == 1);
  const Run after(kept);
  CHECK(after.Srtt(kept.now.mono) == Milliseconds(12));
  CHECK(after.keeper.tally().refused == 0);
}

TEST_CASE("The file is written every five minutes on a thread aside, readable by its owner alone") {
  Kept kept;
  Run run(kept);
  run.Measure(kept.now.mono);
  CHECK(run.keeper.NextTurn() == kept.now.mono + Seconds(300));
  run.keeper.OnTurn({kept.now.mono + Seconds(299), kept.now.wall});
  CHECK(run.errand == nullptr);
  kept.now.mono += Seconds(300);
  run.keeper.OnTurn(kept.now);
  REQUIRE(run.errand != nullptr);
  CHECK(run.keeper.NextTurn() == kept.now.mono + Seconds(300));
  CHECK_FALSE(std::filesystem::exists(kept.File()));
  run.errand->Work();
  run.errand->Done();
  CHECK(run.keeper.tally().kept == 1);
  struct stat status {};
  REQUIRE(stat(kept.File().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(Run(kept).Srtt(kept.now.mono) == Milliseconds(12));
}

TEST_CASE("A writing that comes to its turn after the last one writes nothing") {
  Kept kept;
  Run run(kept);
  kept.now.mono += Seconds(300);
  run.keeper.OnTurn(kept.now);
  run.keeper.End(kept.now);
  std::filesystem::remove(kept.File());
  run.errand->Work();
  run.errand->Done();
  CHECK_FALSE(std::filesystem::exists(kept.File()));
  CHECK(run.keeper.tally().kept == 1);
}

TEST_CASE("A file with an octet changed is refused and counted, and all is measured anew") {
  Kept kept;
  Run before(kept);
  before.Measure(kept.now.mono);
  before.keeper.End(kept.now);
  {
    std::fstream file(kept.File(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(40);
    file.put('\x55');
  }
  Run after(kept);
  CHECK_FALSE(after.Srtt(kept.now.mono));
  CHECK(after.keeper.tally().refused == 1);
  after.keeper.End(kept.now);
  CHECK(Run(kept).keeper.tally().refused == 0);
}

TEST_CASE("A file that is longer than any that was written is not read: n is, n + 1 is not") {
  for (const size_t more : {size_t{0}, size_t{1}}) {
    Kept kept;
    std::ofstream(kept.File()).close();
    std::filesystem::resize_file(kept.File(), servers::kMaxMemoryOctets + more);
    const auto read = ReadFile(kept.File(), servers::kMaxMemoryOctets);
    CHECK(read.ok() == (more == 0));
    CHECK(Run(kept).keeper.tally().refused == 1);  // Zeros are no memory, however many.
  }
}

TEST_CASE("Without a state folder nothing is read or written") {
  Kept kept;
  kept.settings.server.state_dir.clear();
  Run run(kept);
  run.Measure(kept.now.mono);
  CHECK(run.keeper.NextTurn() == world::kNever);
  run.keeper.End(kept.now);
  CHECK(run.keeper.tally().kept == 0);
  CHECK(std::filesystem::is_empty(kept.folder));
}

TEST_CASE("A folder that is gone is told and counted, and ends nothing") {
  Kept kept;
  kept.settings.server.state_dir += "/gone";
  Run run(kept);
  run.keeper.End(kept.now);
  CHECK(run.keeper.tally().not_kept == 1);
}

}  // namespace
}  // namespace taprootd
