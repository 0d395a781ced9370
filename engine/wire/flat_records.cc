#include "engine/wire/flat_records.h"

#include <cstddef>

#include "engine/wire/message.h"
#include "engine/wire/name_reader.h"
#include "engine/wire/rdata_shape.h"

namespace wire {
namespace {

using world::OctetView;

/// Type, class, TTL and rdata length behind an owner.
constexpr size_t kFieldsOctets = 10;

/// Returns the number of the two octets at `at`.
uint16_t Read16(OctetView octets, size_t at) { return static_cast<uint16_t>(octets[at] << 8 | octets[at + 1]); }

/// Returns the rdata with its names expanded, or nothing when it is malformed. Requires: it lies within the message.
std::optional<world::Octets> ReadRdata(OctetView message, size_t at, size_t length, const FlatRecord& record) {
  FieldReader reader(message, at, length);
  NameBuffer name;
  world::Octets rdata;
  for (const Field field : ShapeOf(record.type, record.rr_class).fields()) {
    const std::optional<OctetView> octets = reader.Next(field, name);
    if (!octets) return std::nullopt;
    rdata.insert(rdata.end(), octets->begin(), octets->end());
  }
  if (!reader.AtEnd()) return std::nullopt;
  return rdata;
}

/// Reads the record at `at` and moves `at` behind it, or returns nothing when it is malformed.
std::optional<FlatRecord> ReadRecord(OctetView message, size_t& at) {
  NameBuffer owner;
  const std::optional<size_t> fields = NameReader(message).Read(at, Compression::kAllowed, owner);
  if (!fields || message.size() - *fields < kFieldsOctets) return std::nullopt;
  const size_t rdata_at = *fields + kFieldsOctets;
  const size_t rdata_octets = Read16(message, *fields + 8);
  if (rdata_octets > message.size() - rdata_at) return std::nullopt;
  FlatRecord record{.owner = NameReader::ToName(owner),
                    .type = static_cast<RrType>(Read16(message, *fields)),
                    .rr_class = static_cast<RrClass>(Read16(message, *fields + 2)),
                    .ttl = uint32_t{Read16(message, *fields + 4)} << 16 | Read16(message, *fields + 6),
                    .rdata = {}};
  if (record.ttl > INT32_MAX) record.ttl = 0;  // RFC 2181 section 8.
  auto rdata = ReadRdata(message, rdata_at, rdata_octets, record);
  if (!rdata) return std::nullopt;
  record.rdata = *std::move(rdata);
  at = rdata_at + rdata_octets;
  return record;
}

}  // namespace

std::optional<std::vector<FlatRecord>> ParseAnswerRecords(OctetView message) {
  const std::optional<Opening> opening = ParseOpening(message);
  if (!opening || opening->question_count > 1) return std::nullopt;
  if (opening->question_count == 1 && !opening->question) return std::nullopt;
  size_t at = opening->octets;
  std::vector<FlatRecord> records;
  for (size_t count = Read16(message, 6); count > 0; --count) {
    std::optional<FlatRecord> record = ReadRecord(message, at);
    if (!record) return std::nullopt;
    records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace wire
