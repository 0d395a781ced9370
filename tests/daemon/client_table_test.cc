#include "engine/daemon/client_table.h"

#include <doctest/doctest.h>

#include "engine/world/limits.h"

namespace {

using taprootd::ClientTable;
using taprootd::OperatorPeer;
using taprootd::Peer;

/// Returns the number that a test's peer carries.
uint64_t NumberOf(const Peer& peer) { return std::get<OperatorPeer>(peer).request; }

TEST_CASE("a slot gives its peer back once") {
  ClientTable table(4);
  const auto slot = table.Add(OperatorPeer{.request = 7});
  REQUIRE(slot);
  CHECK(table.size() == 1);
  const auto peer = table.Take(*slot);
  REQUIRE(peer);
  CHECK(NumberOf(*peer) == 7);
  CHECK_FALSE(table.Take(*slot));
  CHECK(table.size() == 0);
}

TEST_CASE("a slot's number is not that of the next client in its place") {
  ClientTable table(1);
  const auto first = table.Add(OperatorPeer{.request = 1});
  REQUIRE(table.Take(*first));
  const auto second = table.Add(OperatorPeer{.request = 2});
  CHECK(*first != *second);
  CHECK(table.Find(*first) == nullptr);
  CHECK_FALSE(table.Take(*first));
  CHECK(NumberOf(*table.Take(*second)) == 2);
}

TEST_CASE("the table takes as many clients as its limit and not one more") {
  ClientTable table(2);
  const auto first = table.Add(OperatorPeer{});
  CHECK(table.Add(OperatorPeer{}));
  CHECK_FALSE(table.Add(OperatorPeer{}));
  REQUIRE(table.Take(*first));
  CHECK(table.Add(OperatorPeer{}));
}

TEST_CASE("a worker's table takes kMaxWaitingClients and not one more") {
  ClientTable table(world::limits::kMaxWaitingClients);
  for (size_t i = 0; i < world::limits::kMaxWaitingClients; ++i) REQUIRE(table.Add(OperatorPeer{}));
  CHECK_FALSE(table.Add(OperatorPeer{}));
}

TEST_CASE("numbers that were never given out find nobody") {
  ClientTable table(2);
  CHECK(table.Find(0) == nullptr);
  CHECK(table.Find(UINT64_MAX) == nullptr);
  CHECK_FALSE(table.Take(1));
}

}  // namespace
