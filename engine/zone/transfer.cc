#include "engine/zone/transfer.h"

#include <fmt/format.h>

#include <utility>

#include "engine/wire/flat_records.h"
#include "engine/wire/message.h"
#include "engine/world/limits.h"

namespace zone {
using wire::RrType;

world::Octets SoaQuery(uint16_t id, const wire::Name& origin) {
  return wire::MakeQuery(id, {.name = origin, .type = RrType::kSoa}, wire::Recursion::kNotDesired, std::nullopt);
}

world::Octets TransferQuery(uint16_t id, const wire::Name& origin) {
  return wire::MakeQuery(id, {.name = origin, .type = RrType::kAxfr}, wire::Recursion::kNotDesired, std::nullopt);
}

std::optional<wire::Soa> SoaOfResponse(world::OctetView message, uint16_t id, const wire::Name& origin) {
  const auto opening = wire::ParseOpening(message);
  if (!opening || !opening->header.qr || opening->header.id != id) return std::nullopt;
  if (opening->header.rcode != wire::Rcode::kNoError) return std::nullopt;
  const auto records = wire::ParseAnswerRecords(message);
  if (!records) return std::nullopt;
  for (const wire::FlatRecord& record : *records) {
    if (record.type == RrType::kSoa && record.owner == origin) return wire::SoaFromRdata(record.rdata);
  }
  return std::nullopt;
}

absl::StatusOr<Snapshot> Transfer::Take(world::OctetView message) {
  octets_ += message.size();
  if (octets_ > world::limits::kMaxZoneOctets) {
    return absl::ResourceExhaustedError(
        fmt::format("{}: larger than {} octets", source_, world::limits::kMaxZoneOctets));
  }
  if (absl::Status status = JudgeHead(message); !status.ok()) return status;
  auto records = wire::ParseAnswerRecords(message);
  if (!records) return Error("a message that is malformed");
  // RFC 5936 section 2.2.1: without this, messages of nothing could go on for ever.
  if (records->empty()) return Error("a message without records");
  for (wire::FlatRecord& record : *records) {
    if (record.rr_class != wire::RrClass::kIn) return Error("a record of another class than IN");
    if (records_++ == 0 && record.type != RrType::kSoa) return Error("it does not begin with the SOA");
    const bool is_last = record.type == RrType::kSoa && records_ > 1;
    absl::Status status = builder_.Add({.line = records_,
                                        .owner = std::move(record.owner),
                                        .type = record.type,
                                        .ttl = record.ttl,
                                        .rdata = std::move(record.rdata)});
    if (!status.ok()) return status;
    if (is_last) return builder_.Finish(records_);
  }
  return Snapshot();
}

absl::Status Transfer::JudgeHead(world::OctetView message) const {
  const auto opening = wire::ParseOpening(message);
  if (!opening || !opening->header.qr || opening->header.id != id_) return Error("a message that is no response to us");
  const wire::Header& header = opening->header;
  if (header.rcode != wire::Rcode::kNoError) return Error(fmt::format("answered {}", wire::ToText(header.rcode)));
  // RFC 5936 section 2.2.1: messages after the first may go without the question.
  if (opening->question && (opening->question->name != origin_ || opening->question->type != asked_)) {
    return Error("a response to another question");
  }
  return absl::OkStatus();
}

absl::Status Transfer::Error(std::string_view what) const {
  return absl::InvalidArgumentError(fmt::format("{}: {}", source_, what));
}

}  // namespace zone
