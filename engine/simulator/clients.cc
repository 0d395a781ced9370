#include "engine/simulator/clients.h"

#include <algorithm>
#include <array>

namespace simulator {
namespace {

/// How many questions may be asked again, and how many clients a crowd has at most.
constexpr size_t kLately = 2'000;
constexpr uint64_t kMostOfCrowd = 60;

/// EDNS payloads that clients offer; some less than is allowed, some more than is sensible.
constexpr std::array<uint16_t, 6> kPayloads = {0, 512, 1220, 1232, 1400, 4096};

/// Returns the name with its ASCII letters in random case (draft-vixie-dnsext-dns0x20).
wire::Name MixedCase(const wire::Name& name, world::Random& random) {
  world::Octets octets(name.octets().begin(), name.octets().end());
  for (uint8_t& octet : octets) {
    // Lengths are below 64, so that no length octet is taken for a letter.
    if (octet >= 'a' && octet <= 'z' && random.OneIn(2)) octet = static_cast<uint8_t>(octet - 32);
  }
  return wire::Name::FromWire(octets).value_or(name);
}

/// Returns an address of the block 10/8 that the access list allows, or of one that it does not.
world::Endpoint ClientEndpoint(Due due, world::Random& random) {
  std::array<uint8_t, 4> octets{};
  random.Fill(octets);
  octets[0] = due == Due::kRefusal ? 203 : 10;
  const auto port = static_cast<uint16_t>(1024 + random.Below(60'000));
  return {*world::Address::FromOctets(octets), port};
}

/// Returns octets that are no query: a few random ones, a response, or a query cut short.
world::Octets Nonsense(world::Octets query, world::Random& random) {
  switch (random.Below(3)) {
    case 0:
      query.resize(random.Below(40));
      random.Fill(query);
      return query;
    case 1:
      query[2] |= 0x80;  // QR of RFC 1035 section 4.1.1.
      return query;
    default:
      query.resize(wire::kHeaderOctets + random.Below(3));
      return query;
  }
}

}  // namespace

Clients::Clients(const Internet& internet, const Habits& habits, world::Instant begin, uint64_t seed)
    : internet_(internet), habits_(habits), random_(seed), at_(begin), next_name_(habits.names_begin) {}

std::optional<Asking> Clients::Next() {
  if (made_ == habits_.queries) return std::nullopt;
  ++made_;
  if (crowd_left_ > 0) {
    --crowd_left_;
    return Make(crowd_question_);
  }
  at_ += world::Duration(static_cast<int64_t>(random_.Below(2 * static_cast<uint64_t>(habits_.mean_gap.count()) + 1)));
  const wire::Question question = ChooseQuestion();
  if (random_.Permille(habits_.crowd_permille)) {
    crowd_question_ = question;
    crowd_left_ = random_.Below(kMostOfCrowd);
  }
  return Make(question);
}

wire::Question Clients::ChooseQuestion() {
  if (!lately_.empty() && random_.Permille(habits_.repeat_permille)) return lately_[random_.Below(lately_.size())];
  wire::Question question = internet_.NameToAsk(next_name_);
  if (lately_.size() < kLately) {
    lately_.push_back(question);
  } else {
    lately_[next_name_ % kLately] = question;
  }
  ++next_name_;
  return question;
}

Asking Clients::Make(const wire::Question& question) {
  Asking asking;
  asking.at = at_;
  asking.question = question;
  if (random_.OneIn(2)) asking.question.name = MixedCase(question.name, random_);
  if (random_.Permille(habits_.stranger_permille)) asking.due = Due::kRefusal;
  asking.client.from = ClientEndpoint(asking.due, random_);
  asking.client.id.worker = world::WorkerId{static_cast<uint16_t>(random_.Below(habits_.workers))};
  asking.client.via = random_.Permille(habits_.tcp_permille) ? world::Protocol::kTcp : world::Protocol::kUdp;
  Write(asking);
  if (asking.due == Due::kTruth && random_.Permille(habits_.nonsense_permille)) {
    asking.due = Due::kNothing;
    asking.query = Nonsense(std::move(asking.query), random_);
  }
  return asking;
}

void Clients::Write(Asking& asking) {
  asking.id = random_.Bits16();
  std::optional<wire::Edns> edns;
  if (!random_.Permille(habits_.plain_permille)) {
    edns.emplace();
    edns->payload_octets = kPayloads[random_.Below(kPayloads.size())];
    edns->dnssec_ok = random_.OneIn(4);
  }
  asking.has_edns = edns.has_value();
  // RFC 6891 section 6.2.3: less than 512 counts as 512.
  asking.most_octets = std::max<size_t>(512, edns ? edns->payload_octets : 0);
  if (asking.client.via == world::Protocol::kTcp) asking.most_octets = 65'535;
  asking.query = wire::MakeQuery(asking.id, asking.question, wire::Recursion::kDesired, edns);
}

Asking Clients::OverTcp(const Asking& truncated, world::Instant at) {
  Asking asking = truncated;
  asking.at = at;
  asking.client.via = world::Protocol::kTcp;
  Write(asking);
  return asking;
}

}  // namespace simulator
