#include <absl/container/inlined_vector.h>

#include "engine/wire/message.h"
#include "engine/wire/opt_reader.h"
#include "engine/wire/query.h"
#include "engine/wire/record_groups.h"

namespace wire {
namespace {

using world::OctetView;

constexpr size_t kMostMessageOctets = 0xffff;
/// Type and class behind the name of a question; type, class, TTL and rdata length behind an owner.
constexpr size_t kQuestionFieldsOctets = 4;
constexpr size_t kRecordFieldsOctets = 10;

/// Returns the number of the two octets at `at`.
uint16_t Read16(OctetView octets, size_t at) { return static_cast<uint16_t>(octets[at] << 8 | octets[at + 1]); }

/// Returns the number of the four octets at `at`.
uint32_t Read32(OctetView octets, size_t at) { return uint32_t{Read16(octets, at)} << 16 | Read16(octets, at + 2); }

/// Returns the header. Requires: at least its 12 octets.
Header ReadHeader(OctetView octets) {
  const uint16_t flags = Read16(octets, 2);
  return {.id = Read16(octets, 0),
          .opcode = static_cast<Opcode>(flags >> 11 & 0xf),
          .rcode = static_cast<Rcode>(flags & 0xf),
          .qr = (flags & 0x8000) != 0,
          .aa = (flags & 0x0400) != 0,
          .tc = (flags & 0x0200) != 0,
          .rd = (flags & 0x0100) != 0,
          .ra = (flags & 0x0080) != 0,
          .ad = (flags & 0x0020) != 0,
          .cd = (flags & 0x0010) != 0};
}

/// Reads the sections after the question.
class SectionReader {
 public:
  SectionReader(OctetView octets, size_t at) : octets_(octets), names_(octets), groups_(octets), at_(at) {}

  /// Reads `count` records into the sets of a section that has no OPT.
  bool ReadSection(size_t count, std::vector<RrSet>& sets);

  /// Reads `count` records into the sets of the additional section and its OPT.
  bool ReadAdditional(size_t count, Message& message);

  /// Returns whether all octets are read.
  bool AtEnd() const { return at_ == octets_.size(); }

 private:
  /// Returns the next record; only its bounds are checked.
  std::optional<Record> ReadRecord();
  /// Reads `record` as the one OPT of the message.
  bool ReadOptRecord(const Record& record, Message& message) const;

  OctetView octets_;
  NameReader names_;
  RecordGroups groups_;
  absl::InlinedVector<Record, 64> records_;
  size_t at_;
};

std::optional<Record> SectionReader::ReadRecord() {
  const std::optional<size_t> fields = names_.Skip(at_);
  if (!fields || octets_.size() - *fields < kRecordFieldsOctets) return std::nullopt;
  Record record{.owner_at = static_cast<uint16_t>(at_),
                .type = static_cast<RrType>(Read16(octets_, *fields)),
                .rr_class = static_cast<RrClass>(Read16(octets_, *fields + 2)),
                .ttl = Read32(octets_, *fields + 4),
                .rdata_at = static_cast<uint16_t>(*fields + kRecordFieldsOctets),
                .rdata_octets = Read16(octets_, *fields + 8)};
  at_ = *fields + kRecordFieldsOctets;
  if (record.rdata_octets > octets_.size() - at_) return std::nullopt;
  at_ += record.rdata_octets;
  return record;
}

bool SectionReader::ReadSection(size_t count, std::vector<RrSet>& sets) {
  records_.clear();
  for (; count > 0; --count) {
    std::optional<Record> record = ReadRecord();
    // An OPT stands in the additional section only (RFC 6891 section 6.1.1).
    if (!record || record->type == RrType::kOpt) return false;
    if (record->ttl > INT32_MAX) record->ttl = 0;  // RFC 2181 section 8.
    records_.push_back(*record);
  }
  return groups_.Gather(records_, sets);
}

bool SectionReader::ReadAdditional(size_t count, Message& message) {
  records_.clear();
  for (; count > 0; --count) {
    std::optional<Record> record = ReadRecord();
    if (!record) return false;
    if (record->type == RrType::kOpt) {
      if (!ReadOptRecord(*record, message)) return false;
      continue;
    }
    if (record->ttl > INT32_MAX) record->ttl = 0;  // RFC 2181 section 8.
    records_.push_back(*record);
  }
  return groups_.Gather(records_, message.additional);
}

bool SectionReader::ReadOptRecord(const Record& record, Message& message) const {
  // More than one OPT, or one that is not of the root, is FORMERR (RFC 6891 section 6.1.1).
  if (message.edns || octets_[record.owner_at] != 0) return false;
  const OptFields fields{.payload_octets = static_cast<uint16_t>(record.rr_class), .flags = record.ttl};
  message.edns = ReadOpt(fields, octets_.subspan(record.rdata_at, record.rdata_octets));
  if (!message.edns) return false;
  message.header.rcode = static_cast<Rcode>(ExtendedRcodeBits(fields) | static_cast<uint16_t>(message.header.rcode));
  return true;
}

/// Returns the question at the start of the question section and sets `after` to where it ends, or nothing when it is
/// malformed.
std::optional<Question> ReadQuestion(OctetView octets, size_t& after) {
  NameBuffer name;
  const std::optional<size_t> fields = NameReader(octets).Read(kHeaderOctets, Compression::kForbidden, name);
  if (!fields || octets.size() - *fields < kQuestionFieldsOctets) return std::nullopt;
  after = *fields + kQuestionFieldsOctets;
  return Question{.name = NameReader::ToName(name),
                  .type = static_cast<RrType>(Read16(octets, *fields)),
                  .rr_class = static_cast<RrClass>(Read16(octets, *fields + 2))};
}

}  // namespace

std::optional<Opening> ParseOpening(OctetView octets) {
  if (octets.size() < kHeaderOctets) return std::nullopt;
  Opening opening{.header = ReadHeader(octets),
                  .question_count = Read16(octets, 4),
                  .question = std::nullopt,
                  .octets = kHeaderOctets};
  if (opening.question_count == 1) opening.question = ReadQuestion(octets, opening.octets);
  return opening;
}

std::optional<Message> Parse(OctetView octets) {
  if (octets.size() > kMostMessageOctets) return std::nullopt;
  std::optional<Opening> opening = ParseOpening(octets);
  if (!opening || opening->question_count > 1) return std::nullopt;  // RFC 9619.
  if (opening->question_count == 1 && !opening->question) return std::nullopt;
  const size_t answers = Read16(octets, 6);
  const size_t authorities = Read16(octets, 8);
  const size_t additionals = Read16(octets, 10);
  if (HasTooManyRecords(octets)) return std::nullopt;

  std::optional<Message> message(std::in_place);
  message->header = opening->header;
  message->question = std::move(opening->question);
  SectionReader reader(octets, opening->octets);
  if (!reader.ReadSection(answers, message->answer) || !reader.ReadSection(authorities, message->authority) ||
      !reader.ReadAdditional(additionals, *message) || !reader.AtEnd()) {
    return std::nullopt;
  }
  return message;
}

}  // namespace wire
