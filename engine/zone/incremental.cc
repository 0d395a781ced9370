#include "engine/zone/incremental.h"

#include <fmt/format.h>

#include <utility>

#include "engine/wire/message.h"
#include "engine/world/limits.h"

namespace zone {

using wire::FlatRecord;
using wire::RrType;

namespace {

/// Returns the serial of a SOA's rdata, or nothing when it is malformed.
std::optional<uint32_t> SerialOf(const FlatRecord& soa) {
  const auto read = wire::SoaFromRdata(soa.rdata);
  return read ? std::optional(read->serial) : std::nullopt;
}

}  // namespace

world::Octets IncrementalQuery(uint16_t id, const Zone& since) {
  wire::Message query;
  query.header.id = id;
  query.question = {.name = since.origin(), .type = RrType::kIxfr};
  query.authority = {since.soa_rrset()};
  world::Octets octets;
  wire::Write(query, world::limits::kPlainUdpOctets, wire::Signatures::kOmit, octets);
  return octets;
}

IncrementalTransfer::IncrementalTransfer(std::string_view source, const Zone& since, uint16_t id)
    : source_(source), since_(since), id_(id), whole_(source, since.origin(), id, RrType::kIxfr) {}

absl::Status IncrementalTransfer::Error(std::string_view what) const {
  return absl::InvalidArgumentError(fmt::format("{}: {}", source_, what));
}

absl::StatusOr<std::optional<Increment>> IncrementalTransfer::Take(world::OctetView message) {
  if (is_whole_) return TakeWhole(message);
  octets_ += message.size();
  if (octets_ > world::limits::kMaxZoneOctets) {
    return absl::ResourceExhaustedError(
        fmt::format("{}: larger than {} octets", source_, world::limits::kMaxZoneOctets));
  }
  if (absl::Status status = whole_.JudgeHead(message); !status.ok()) return status;
  auto records = wire::ParseAnswerRecords(message);
  if (!records) return Error("a message that is malformed");
  if (records->empty()) return Error("a message without records");
  for (FlatRecord& record : *records) {
    if (absl::Status status = TakeRecord(std::move(record)); !status.ok()) return status;
    if (is_whole_) return TakeWhole(message);
  }
  if (stage_ == Stage::kOver) {
    auto zone = Apply(since_, deltas_, source_);
    if (!zone.ok()) return zone.status();
    return Increment(*std::move(zone));
  }
  if (stage_ != Stage::kShape) return std::nullopt;
  // A SOA alone: it is ours, or the rest comes in further messages.
  if (SerialOf(*newest_) == since_.serial()) return Increment(UpToDate());
  first_.assign(message.begin(), message.end());
  return std::nullopt;
}

absl::Status IncrementalTransfer::TakeRecord(FlatRecord record) {
  if (++records_ > world::limits::kMaxZoneRecords) {
    return absl::ResourceExhaustedError(
        fmt::format("{}: changes of more than {} records", source_, world::limits::kMaxZoneRecords));
  }
  if (record.rr_class != wire::RrClass::kIn) return Error("a record of another class than IN");
  const bool is_soa = record.type == RrType::kSoa;
  switch (stage_) {
    case Stage::kNewest:
      if (!is_soa || !SerialOf(record)) return Error("it does not begin with the SOA");
      newest_ = std::move(record);
      stage_ = Stage::kShape;
      return absl::OkStatus();
    case Stage::kShape:
      is_whole_ = !is_soa || SerialOf(record) == SerialOf(*newest_);
      if (is_whole_) return absl::OkStatus();
      deltas_.push_back({std::move(record), {}, {}, {}});
      stage_ = Stage::kDeleted;
      return absl::OkStatus();
    case Stage::kDeleted:
    case Stage::kAdded:
      if (is_soa) return TakeSoa(std::move(record));
      (stage_ == Stage::kDeleted ? deltas_.back().deleted : deltas_.back().added).push_back(std::move(record));
      return absl::OkStatus();
    case Stage::kOver:
      break;
  }
  return Error("a record after the SOA that ends it");
}

absl::Status IncrementalTransfer::TakeSoa(FlatRecord soa) {
  if (stage_ == Stage::kDeleted) {
    deltas_.back().to = std::move(soa);
    stage_ = Stage::kAdded;
    return absl::OkStatus();
  }
  if (deltas_.back().to.rdata != newest_->rdata) {
    deltas_.push_back({std::move(soa), {}, {}, {}});
    stage_ = Stage::kDeleted;
    return absl::OkStatus();
  }
  if (soa.rdata != newest_->rdata) return Error("changes that lead beyond the version that it begins with");
  stage_ = Stage::kOver;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Increment>> IncrementalTransfer::TakeWhole(world::OctetView message) {
  if (!first_.empty()) {
    // It had nothing but the first SOA.
    if (auto begun = whole_.Take(std::exchange(first_, {})); !begun.ok()) return begun.status();
  }
  auto zone = whole_.Take(message);
  if (!zone.ok()) return zone.status();
  if (*zone == nullptr) return std::nullopt;
  return Increment(*std::move(zone));
}

}  // namespace zone
