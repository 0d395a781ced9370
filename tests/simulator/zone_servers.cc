#include "tests/simulator/zone_servers.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <variant>

#include "engine/wire/edns_options.h"

namespace simulator {
namespace {

/// Returns the address of its text; a scenario with a wrong one ends.
world::Address AddressOf(std::string_view text) {
  const std::optional<world::Address> address = world::Address::FromText(text);
  if (!address) std::abort();
  return *address;
}

/// Returns a copy of the set as an answer to the name: a wildcard's takes the name that was asked.
wire::RrSet AnswerFor(const wire::RrSet& rrset, const wire::Name& name) {
  wire::RrSet answer = rrset;
  if (answer.owner.IsWildcard()) answer.owner = name;
  return answer;
}

/// Puts what the zone says of the question into the response.
void Fill(const zone::Zone& zone, const wire::Question& question, wire::Message& response) {
  const zone::Lookup lookup = zone.Find(question.name, question.type);
  response.header.aa = true;
  if (const auto* referral = std::get_if<zone::Referral>(&lookup)) {
    response.header.aa = false;
    response.authority.push_back(*referral->ns);
    for (const wire::RrSet* glue : referral->glue) response.additional.push_back(*glue);
  } else if (const auto* found = std::get_if<zone::Found>(&lookup)) {
    response.answer.push_back(AnswerFor(*found->rrset, question.name));
  } else if (const auto* nodata = std::get_if<zone::NoData>(&lookup)) {
    response.authority.push_back(*nodata->soa);
  } else {
    response.header.rcode = wire::Rcode::kNxDomain;
    response.authority.push_back(*std::get<zone::NxDomain>(lookup).soa);
  }
}

/// Adds the sections of `extra` behind those of the response.
void Append(const wire::Message& extra, wire::Message& response) {
  response.answer.insert(response.answer.end(), extra.answer.begin(), extra.answer.end());
  response.authority.insert(response.authority.end(), extra.authority.begin(), extra.authority.end());
  response.additional.insert(response.additional.end(), extra.additional.begin(), extra.additional.end());
}

}  // namespace

void ZoneServers::Serve(std::string_view address, std::string_view origin, const std::string& text,
                        world::Instant from) {
  const world::OctetView octets(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  absl::StatusOr<zone::Snapshot> zone =
      zone::Zone::Parse(octets, std::string(origin), {.origin = *wire::Name::FromText(origin)});
  if (!zone.ok()) {
    std::fprintf(stderr, "%s\n", zone.status().ToString().c_str());
    std::abort();
  }
  zones_[AddressOf(address)].push_back({from, *std::move(zone)});
}

void ZoneServers::Behave(std::string_view address, Manner manner) {
  manners_[AddressOf(address)].push_back(std::move(manner));
}

std::vector<Reply> ZoneServers::Ask(const world::Address& server, world::Protocol via, world::OctetView query,
                                    world::Instant now, uint64_t /*draw*/) {
  const std::optional<wire::Message> asked = wire::Parse(query);
  if (!asked || !asked->question) return {};
  const bool asks_keep_alive =
      asked->edns && std::ranges::count(asked->edns->options, wire::kKeepAliveOption, &wire::EdnsOption::code) > 0;
  log_.push_back({now, server, via, *asked->question, asked->edns.has_value(), asks_keep_alive});
  const Manner manner = MannerOf(server, now);
  const zone::Snapshot zone = ZoneFor(server, *asked->question, now);
  if (manner.is_silent || !zones_.contains(server)) return {};
  if (manner.mishap) return {Reply{manner.latency, {}, manner.mishap}};
  wire::Message response;
  response.header.id = asked->header.id;
  response.header.qr = true;
  response.question = asked->question;
  if (manner.rcode || zone == nullptr) {
    response.header.rcode = manner.rcode.value_or(wire::Rcode::kRefused);
  } else {
    Fill(*zone, *asked->question, response);
    const bool is_nodata =
        response.header.aa && response.header.rcode == wire::Rcode::kNoError && response.answer.empty();
    if (is_nodata && manner.denies_empty_non_terminals) response.header.rcode = wire::Rcode::kNxDomain;
    Append(manner.extra, response);
  }
  if (asked->edns) response.edns.emplace();
  Reply reply{manner.latency, {}, {}};
  const size_t limit = world::IsStream(via) ? 65'535 : asked->edns ? asked->edns->payload_octets : 512;
  wire::Write(response, limit, wire::Signatures::kOmit, reply.octets);
  return {std::move(reply)};
}

size_t ZoneServers::CountAt(std::string_view address) const {
  const world::Address server = AddressOf(address);
  return static_cast<size_t>(std::ranges::count_if(log_, [&](const Asked& asked) { return asked.server == server; }));
}

zone::Snapshot ZoneServers::ZoneFor(const world::Address& server, const wire::Question& question,
                                    world::Instant now) const {
  const auto found = zones_.find(server);
  zone::Snapshot best;
  if (found == zones_.end()) return best;
  for (const Version& version : found->second) {
    const wire::Name& origin = version.zone->origin();
    if (version.from > now || !question.name.IsAtOrBelow(origin)) continue;
    // Later versions stand behind earlier ones, so that an equal depth replaces.
    if (best == nullptr || origin.LabelCount() >= best->origin().LabelCount()) best = version.zone;
  }
  return best;
}

ZoneServers::Manner ZoneServers::MannerOf(const world::Address& server, world::Instant now) const {
  const auto found = manners_.find(server);
  if (found == manners_.end()) return {};
  for (const Manner& manner : found->second) {
    if (manner.from <= now && now < manner.to) return manner;
  }
  return {};
}

}  // namespace simulator
