#include "engine/validation/rollover.h"

#include <doctest/doctest.h>

#include <string>

#include "engine/world/limits.h"
#include "tests/validation/court.h"

namespace validation_test {
namespace {

using dnssec::SigningKey;
using validation::FollowedKey;
using validation::Look;
using validation::Rollover;

constexpr uint32_t kDay = 86'400;

/// Returns the root's key of that number.
SigningKey RootKey(int number, SigningKey::Role role = SigningKey::Role::kKeySigning) {
  return *SigningKey::FromSeed(dnssec::Algorithm::kEd25519, role, Octets("root " + std::to_string(number)));
}

/// What the root shows: some keys, and by which of them the set is signed.
struct Shown {
  std::vector<int> keys;
  std::vector<int> signers;
  std::vector<int> revoked = {};  ///< Of both.
};

/// Returns the key, revoked where it is shown so.
SigningKey KeyIn(const Shown& shown, int number) {
  const bool is_revoked = std::ranges::find(shown.revoked, number) != shown.revoked.end();
  return RootKey(number, is_revoked ? SigningKey::Role::kRevoked : SigningKey::Role::kKeySigning);
}

/// A follower of the root, which trusts key 1 from the start, and its calendar: day 0 is kNow.
struct Fixture5011 {
  Fixture5011() : rollover(Configured()) {}

  /// Returns what the settings trust: key 1, by its DS.
  static validation::Anchor Configured() {
    wire::RrSet ds{N("."), wire::RrType::kDs, wire::RrClass::kIn, 60, {}, {}};
    ds.rdatas.Add(dnssec::DsRdataFor(N("."), RootKey(1).dnskey(), dnssec::DigestType::kSha256));
    return {N("."), dnssec::UsableDs(ds), {}};
  }

  /// Returns the set as it is shown on a day.
  static wire::RrSet SetOf(const Shown& shown, uint32_t day) {
    wire::RrSet rrset{N("."), wire::RrType::kDnskey, wire::RrClass::kIn, 2 * kDay, {}, {}};
    for (const int number : shown.keys) rrset.rdatas.Add(KeyIn(shown, number).dnskey().rdata);
    const uint32_t now = kNow + day * kDay;
    for (const int number : shown.signers) {
      rrset.signatures.Add(dnssec::SignSet(rrset, N("."), KeyIn(shown, number), {now - kDay, now + 14 * kDay}));
    }
    return rrset;
  }

  /// Looks on a day.
  Look See(const Shown& shown, uint32_t day) {
    validation::Work work(64, 0);
    const auto anchors = validation::Anchors::From({Configured()});
    return rollover.See(SetOf(shown, day), {*anchors, policy, At(kNow + day * kDay)}, work);
  }

  /// Returns the states of all keys, by their numbers: `1 valid, 2 pending`.
  std::string States() const {
    std::string text;
    for (int number = 1; number < 9; ++number) {
      for (const FollowedKey& key : rollover.keys()) {
        if (key.dnskey.rdata != RootKey(number).dnskey().rdata) continue;
        text += (text.empty() ? "" : ", ") + std::to_string(number) + " " + std::string(ToText(key.state));
      }
    }
    return text;
  }

  settings::Settings::Dnssec policy;
  Rollover rollover;
};

TEST_CASE(
    "A whole rollover: the next key is trusted after 30 days, the last one no more once it is revoked (RFC 5011 6)") {
  Fixture5011 fixture;
  CHECK(fixture.See({{1}, {1}}, 0).is_signed);
  CHECK(fixture.States() == "1 valid");
  for (uint32_t day = 10; day < 40; ++day) {
    fixture.See({{1, 2}, {1}}, day);
    REQUIRE(fixture.States() == "1 valid, 2 pending");
  }
  CHECK(fixture.See({{1, 2}, {1}}, 40).has_changed);
  CHECK(fixture.States() == "1 valid, 2 valid");
  fixture.See({{1, 2}, {2}}, 50);
  CHECK(fixture.States() == "1 valid, 2 valid");
  fixture.See({{1, 2}, {1, 2}, {1}}, 60);
  CHECK(fixture.States() == "1 revoked, 2 valid");
  REQUIRE(fixture.rollover.Trusted());
  CHECK(fixture.rollover.Trusted()->ds.empty());  // What the settings said of it counts no more.
  CHECK(fixture.rollover.Trusted()->keys.size() == 1);
  fixture.See({{2}, {2}}, 90);
  CHECK(fixture.States() == "1 revoked, 2 valid");
  CHECK(!fixture.See({{1, 2}, {1}}, 91).is_signed);
}

TEST_CASE(
    "A missed rollover: keys that no trusted one has signed are not believed, and nothing is forgotten (RFC 5011 "
    "2.4)") {
  Fixture5011 fixture;
  fixture.See({{1}, {1}}, 0);
  const Look look = fixture.See({{2}, {2}}, 300);
  CHECK(!look.is_signed);
  CHECK(!look.has_changed);
  CHECK(fixture.States() == "1 valid");
  CHECK(fixture.rollover.Trusted()->ds.size() == 1);
}

TEST_CASE("Who was away while a key waited trusts it at the return, where a trusted key still signs it") {
  Fixture5011 fixture;
  fixture.See({{1, 2}, {1}}, 0);
  fixture.See({{1, 2}, {1, 2}}, 200);
  CHECK(fixture.States() == "1 valid, 2 valid");
}

TEST_CASE("A key that goes within its 30 days begins anew (RFC 5011 2.4.1)") {
  Fixture5011 fixture;
  fixture.See({{1, 2}, {1}}, 0);
  fixture.See({{1}, {1}}, 15);
  CHECK(fixture.States() == "1 valid");
  fixture.See({{1, 2}, {1}}, 16);
  fixture.See({{1, 2}, {1}}, 45);
  CHECK(fixture.States() == "1 valid, 2 pending");
  fixture.See({{1, 2}, {1}}, 46);
  CHECK(fixture.States() == "1 valid, 2 valid");
}

TEST_CASE("A trusted key that is not shown stays trusted (RFC 5011 4.2, Missing)") {
  Fixture5011 fixture;
  fixture.See({{1, 2}, {1}}, 0);
  fixture.See({{1, 2}, {1}}, 30);
  fixture.See({{2}, {2}}, 31);
  CHECK(fixture.States() == "1 missing, 2 valid");
  CHECK(fixture.See({{1}, {1}}, 32).is_signed);
  CHECK(fixture.States() == "1 valid, 2 missing");
}

TEST_CASE("Only the key itself revokes itself (RFC 5011 2.1)") {
  Fixture5011 fixture;
  fixture.See({{1, 2}, {1}}, 0);
  fixture.See({{1, 2}, {1}}, 30);
  fixture.See({{1, 2}, {2}, {1}}, 31);
  CHECK(fixture.States() == "1 valid, 2 valid");
}

TEST_CASE("A zone whose keys are all revoked is trusted by nothing (RFC 5011 5)") {
  Fixture5011 fixture;
  fixture.See({{1}, {1}}, 0);
  CHECK(fixture.See({{1}, {1}, {1}}, 1).has_changed);
  CHECK(!fixture.rollover.Trusted());
  CHECK(validation::Followed({&fixture.rollover, 1})->all().empty());
}

TEST_CASE(
    "The next look comes after half of the TTL or of the signature's time, and after an hour at least (RFC 5011 2.3)") {
  Fixture5011 fixture;
  CHECK(fixture.See({{1}, {1}}, 0).again == world::Seconds(kDay));
  CHECK(fixture.See({{2}, {2}}, 1).again == world::Seconds(3'600));
}

TEST_CASE("kMaxKeysPerZone keys of a zone are followed, and not one more") {
  for (const int more : {0, 1}) {
    Fixture5011 fixture;
    fixture.See({{1, 2}, {1}}, 0);
    fixture.See({{1, 2}, {1}}, 30);
    // Key 1 is missing, and stays; key 2 and these come beside it.
    Shown shown{{2}, {2}};
    const int others = static_cast<int>(world::limits::kMaxKeysPerZone) - 2 + more;
    for (int number = 100; number < 100 + others; ++number) shown.keys.push_back(number);
    CHECK(fixture.See(shown, 31).turned_away == more);
    CHECK(fixture.rollover.keys().size() == world::limits::kMaxKeysPerZone);
  }
}

TEST_CASE("What is known stands in a text and is read again") {
  Fixture5011 fixture;
  fixture.See({{1, 2, 3}, {1}}, 0);
  fixture.See({{1, 2}, {1}}, 30);
  fixture.See({{1, 2, 4}, {1, 2}, {1}}, 31);
  const std::string before = fixture.States();
  CHECK(before == "1 revoked, 2 valid, 4 pending");
  const std::string text = validation::StateText({&fixture.rollover, 1});
  const auto anchors = validation::Anchors::From({Fixture5011::Configured()});
  auto resumed = validation::Resume(*anchors, Octets(text), "anchors.state");
  REQUIRE(resumed.ok());
  fixture.rollover = std::move(resumed->front());
  CHECK(fixture.States() == before);
  CHECK(validation::StateText({&fixture.rollover, 1}) == text);
  fixture.See({{2, 4}, {2}}, 61);
  CHECK(fixture.States() == "1 revoked, 2 valid, 4 valid");
}

TEST_CASE("A damaged state is refused with the place and the reason") {
  Fixture5011 fixture;
  fixture.See({{1, 2}, {1}}, 0);
  const std::string text = validation::StateText({&fixture.rollover, 1});
  const auto anchors = validation::Anchors::From({Fixture5011::Configured()});
  const auto refusal = [&](const std::string& damaged) {
    return std::string(validation::Resume(*anchors, Octets(damaged), "s").status().message());
  };
  CHECK(refusal(text) == "");
  CHECK(refusal("") == "s:1: the file has no end");
  CHECK(refusal("x\n" + text) == "s:1: not `taproot-anchors 1`");
  CHECK(refusal(text.substr(0, text.size() - 1)) == "s:4: the line is cut short");
  CHECK(refusal(text.substr(0, text.rfind("end "))) == "s:1: the file has no end");
  CHECK(refusal(text + "end 2\n") == "s:4: not the count of the keys before it");
  std::string flipped = text;
  const size_t base64 = flipped.find("15 ", flipped.find("DNSKEY")) + 5;
  flipped[base64] = flipped[base64] == 'A' ? 'B' : 'A';
  CHECK(refusal(flipped) == "s:2: no key with its state, time and tag");
  // Whatever is cut off anywhere, nothing is taken for whole.
  for (size_t size = 0; size < text.size(); ++size) CHECK(!refusal(text.substr(0, size)).empty());
}

}  // namespace
}  // namespace validation_test
