#include "bench/forwarding/upstreams.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/wire/message.h"

namespace forwarding_bench {
namespace {

using simulator::Reply;
using world::Instant;
using world::Mishap;

constexpr double kBaseMs = 5;
constexpr double kTailMs = 3;

/// A word from a host that is near: a refusal, a reset.
constexpr world::Duration kAtOnce = world::Milliseconds(1);

/// Returns how long an answer takes.
world::Duration DelayOf(uint64_t draw) {
  const double part = (static_cast<double>(draw >> 11) + 0.5) / 0x1p53;
  return world::Duration(static_cast<int64_t>(1'000 * (kBaseMs - kTailMs * std::log(part))));
}

/// Returns the answer to a query, of one address for a question of type A.
wire::Message AnswerTo(const wire::Message& query) {
  wire::Message response;
  response.header.id = query.header.id;
  response.header.qr = true;
  response.header.ra = true;
  response.question = query.question;
  if (query.edns) response.edns.emplace();
  if (query.question->type != wire::RrType::kA) return response;
  wire::RrSet set{.owner = query.question->name, .type = wire::RrType::kA, .ttl = 60};
  set.rdatas.Add(std::array<uint8_t, 4>{192, 0, 2, 1});
  response.answer.push_back(std::move(set));
  return response;
}

}  // namespace

std::string_view ToText(Fault fault) {
  switch (fault) {
    case Fault::kKill:
      return "kill";
    case Fault::kSilence:
      return "silence";
    case Fault::kReset:
      return "reset";
    case Fault::kCertificate:
      return "certificate";
    case Fault::kServFail:
      return "SERVFAIL";
  }
  return "";
}

void Upstreams::Befall(const world::Address& upstream, Fault fault, Span span) {
  victims_.push_back({upstream, fault, span});
}

std::vector<Reply> Upstreams::Ask(const world::Address& server, world::Protocol via, world::OctetView query,
                                  Instant now, uint64_t draw) {
  const std::optional<wire::Message> asked = wire::Parse(query);
  if (!asked || !asked->question) return {};
  wire::Message response = AnswerTo(*asked);
  const auto victim = std::ranges::find(victims_, server, &Victim::address);
  const bool is_hit = victim != victims_.end();
  const bool is_within = is_hit && victim->span.from <= now && now < victim->span.to;
  if (is_hit && now >= victim->span.to) {
    // A client asks for an address, a probe for the root's servers.
    const bool is_probe = asked->question->type == wire::RrType::kNs;
    Instant& first = is_probe ? victim->probed : victim->used_again;
    first = std::min(first, now);
  }
  if (is_within && victim->fault == Fault::kServFail) {
    response.answer.clear();
    response.header.rcode = wire::Rcode::kServFail;
  }
  Reply reply{DelayOf(draw), {}, {}};
  wire::Write(response, 65'535, wire::Signatures::kOmit, reply.octets);
  if (!is_hit) return {std::move(reply)};
  return Spoil(*victim, via, now, std::move(reply));
}

std::vector<Reply> Upstreams::Spoil(const Victim& victim, world::Protocol via, Instant now, Reply reply) {
  const Span& span = victim.span;
  const bool is_within = span.from <= now && now < span.to;
  const bool is_stream = world::IsStream(via);
  const world::Duration delay = is_stream ? 2 * reply.delay : reply.delay;  // The connection has to be made.
  const bool is_caught = now < span.from && now + delay >= span.from;       // Asked before, not yet answered.
  switch (victim.fault) {
    case Fault::kServFail:
      return {std::move(reply)};
    case Fault::kSilence:
      if (is_within || is_caught) return {};
      return {std::move(reply)};
    case Fault::kCertificate:
      if (is_within && is_stream) return {Reply{kAtOnce, {}, Mishap::kNotTrusted}};
      break;
    case Fault::kKill:
      if (is_within) return {Reply{kAtOnce, {}, Mishap::kPortUnreachable}};
      if (is_caught && !is_stream) return {};
      break;
    case Fault::kReset:
      break;
  }
  if (is_caught && is_stream) return {Reply{span.from - now, {}, Mishap::kClosed}};
  return {std::move(reply)};
}

}  // namespace forwarding_bench
