#include "engine/iteration/straggler.h"

#include <utility>

#include "engine/iteration/hearing.h"
#include "engine/iteration/verdict.h"
#include "engine/wire/query.h"

namespace iteration {
namespace {

using metrics::Metric;

/// Returns what a response says of its server; nothing when it cannot be read.
std::optional<servers::Report> Weigh(const Straggler& straggler, const wire::Opening& opening,
                                     world::OctetView message) {
  if (opening.header.tc) return servers::Report::kValid;  // It is there, and this fast.
  auto response = wire::Parse(message);
  if (!response) return std::nullopt;
  return ReportOf(Judge({straggler.asked, straggler.zone, straggler.with_edns}, *std::move(response)).verdict);
}

}  // namespace

bool Hear(const Straggler& straggler, const world::Arrival& arrival, const Ledger& ledger) {
  const auto opening = wire::ParseOpening(arrival.message);
  if (!opening || arrival.from != straggler.to || !wire::IsResponseTo(*opening, straggler.id, straggler.asked)) {
    ledger.counters.Add(Metric::kUpstreamMismatched);
    return false;
  }
  const auto report = Weigh(straggler, *opening, arrival.message);
  if (!report) {
    ledger.counters.Add(Metric::kUpstreamMalformed);
    if (wire::HasTooManyRecords(arrival.message)) ledger.counters.Add(Metric::kLimitRecordsPerMessage);
    return false;
  }
  ledger.counters.Add(Metric::kUpstreamResponses);
  ledger.book.Answered(straggler.to.address, straggler.zone, world::Protocol::kUdp, ledger.now - straggler.sent,
                       *report, ledger.now);
  return true;
}

void NoteSilence(const Straggler& straggler, const Ledger& ledger) {
  ledger.counters.Add(Metric::kUpstreamTimeouts);
  ledger.book.TimedOut(straggler.to.address, straggler.zone, straggler.sent, ledger.now);
}

void NoteMishap(const Straggler& straggler, world::Mishap mishap, const Ledger& ledger) {
  if (mishap == world::Mishap::kNoSocket) return;  // Our own want: says nothing of the server.
  ledger.counters.Add(Metric::kUpstreamUnreachable);
  ledger.book.Unreachable(straggler.to.address, straggler.zone, mishap, ledger.now);
}

}  // namespace iteration
