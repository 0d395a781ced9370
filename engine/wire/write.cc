#include <algorithm>
#include <cstring>
#include <span>

#include "engine/wire/message.h"
#include "engine/wire/name_writer.h"
#include "engine/wire/opt_writer.h"
#include "engine/wire/rdata_shape.h"
#include "engine/world/limits.h"

namespace wire {
namespace {

using world::Octets;
using world::OctetView;

constexpr size_t kMostMessageOctets = 0xffff;
/// Type and class behind the name of a question; type, class, TTL and rdata length behind an owner.
constexpr size_t kQuestionFieldsOctets = 4;
constexpr size_t kRecordFieldsOctets = 10;
/// The most that one record takes.
constexpr size_t kMostRecordOctets = Name::kMaxOctets + kRecordFieldsOctets + 0xffff;

/// Returns the flags and the lower four bits of the response code (RFC 1035 section 4.1.1).
uint16_t FlagsOf(const Header& header, Rcode rcode) {
  return static_cast<uint16_t>(header.qr << 15 | static_cast<int>(header.opcode) << 11 | header.aa << 10 |
                               header.tc << 9 | header.rd << 8 | header.ra << 7 | header.ad << 5 | header.cd << 4 |
                               (static_cast<int>(rcode) & 0xf));
}

/// Returns the most octets that the records of a set take.
size_t MostOctets(const RrSet& set) {
  const size_t records = set.rdatas.size() + set.signatures.size();
  return records * (set.owner.octets().size() + kRecordFieldsOctets) + set.rdatas.HeapOctets() +
         set.signatures.HeapOctets();
}

/// Returns the most octets that a message takes without its OPT.
size_t MostOctets(const Message& message) {
  size_t most = kHeaderOctets;
  if (message.question) most += message.question->name.octets().size() + kQuestionFieldsOctets;
  for (const std::vector<RrSet>* section : {&message.answer, &message.authority, &message.additional}) {
    for (const RrSet& set : *section) most += MostOctets(set);
  }
  return most;
}

/// Writes header, question and sections into a buffer that is known to be long enough.
class SectionWriter {
 public:
  /// Writes at `message`, where `limit` and kMostRecordOctets are free, or else MostOctets() of all that is written.
  SectionWriter(uint8_t* message, size_t limit) : message_(message), limit_(limit), names_(message) {}

  /// Writes the header without its counts.
  void WriteHeader(const Header& header, Rcode rcode);
  /// Writes the question, and that there is one.
  void WriteQuestion(const Question& question);
  /// Writes one set whole, or nothing of it; returns how many records that are.
  std::optional<size_t> WriteSet(const RrSet& set, Signatures signatures);
  /// Sets the count of a section: 0 for questions, 3 for additional records.
  void SetCount(size_t section, size_t count) { Put16(kFirstCountAt + 2 * section, count); }
  /// Counts one more additional record, that another writes.
  void CountOpt() { SetCount(3, (size_t{message_[kFirstCountAt + 6]} << 8 | message_[kFirstCountAt + 7]) + 1); }
  /// Sets TC (RFC 2181 section 9).
  void SetTruncated() { message_[2] |= 0x02; }
  size_t size() const { return at_; }

 private:
  static constexpr size_t kFirstCountAt = 4;

  /// Writes records with one type and owner; returns false where they pass the limit.
  bool WriteRecords(const RrSet& set, RrType type, const RdataList& rdatas);
  /// Writes rdata, with the names in it compressed where RFC 3597 section 4 allows it.
  void WriteRdata(const Shape& shape, OctetView rdata);
  /// Writes rdata whose names may be compressed; returns false when it has not its shape.
  bool WriteCompressed(const Shape& shape, OctetView rdata);
  /// Sets two octets at a place.
  void Put16(size_t at, size_t number) {
    message_[at] = static_cast<uint8_t>(number >> 8);
    message_[at + 1] = static_cast<uint8_t>(number);
  }
  /// Writes a number in two octets.
  void Append16(size_t number) {
    Put16(at_, number);
    at_ += 2;
  }
  /// Writes octets as they are.
  void Append(OctetView octets) {
    if (!octets.empty()) std::memcpy(message_ + at_, octets.data(), octets.size());
    at_ += octets.size();
  }

  uint8_t* message_;
  size_t limit_;
  size_t at_ = 0;
  size_t owner_at_ = 0;  // Where the owner of the set at hand was written, or 0.
  NameWriter names_;
};

void SectionWriter::WriteHeader(const Header& header, Rcode rcode) {
  Append16(header.id);
  Append16(FlagsOf(header, rcode));
  for (int count = 0; count < 4; ++count) Append16(0);
}

void SectionWriter::WriteQuestion(const Question& question) {
  at_ = names_.Write(question.name.octets(), at_);
  Append16(static_cast<uint16_t>(question.type));
  Append16(static_cast<uint16_t>(question.rr_class));
  SetCount(0, 1);
}

std::optional<size_t> SectionWriter::WriteSet(const RrSet& set, Signatures signatures) {
  const size_t start = at_;
  owner_at_ = 0;
  const bool is_signed = signatures == Signatures::kInclude;
  if (WriteRecords(set, set.type, set.rdatas) && (!is_signed || WriteRecords(set, RrType::kRrsig, set.signatures))) {
    return set.rdatas.size() + (is_signed ? set.signatures.size() : 0);
  }
  names_.Forget(start);
  at_ = start;
  return std::nullopt;
}

bool SectionWriter::WriteRecords(const RrSet& set, RrType type, const RdataList& rdatas) {
  const Shape& shape = ShapeOf(type, set.rr_class);
  const OctetView owner = set.owner.octets();
  for (const OctetView rdata : rdatas) {
    const size_t start = at_;
    at_ = owner_at_ == 0 ? names_.Write(owner, at_) : names_.Repeat(owner, owner_at_, at_);
    if (owner_at_ == 0) owner_at_ = start;
    Append16(static_cast<uint16_t>(type));
    Append16(static_cast<uint16_t>(set.rr_class));
    Append16(set.ttl >> 16);
    Append16(set.ttl);
    const size_t length_at = at_;
    Append16(0);
    WriteRdata(shape, rdata);
    Put16(length_at, at_ - length_at - 2);
    if (at_ > limit_) return false;
  }
  return true;
}

void SectionWriter::WriteRdata(const Shape& shape, OctetView rdata) {
  const size_t start = at_;
  if (shape.compresses() && WriteCompressed(shape, rdata)) return;
  if (shape.compresses()) names_.Forget(start);
  at_ = start;
  Append(rdata);
}

bool SectionWriter::WriteCompressed(const Shape& shape, OctetView rdata) {
  FieldReader reader(rdata, 0, rdata.size());
  NameBuffer name;
  for (const Field field : shape.fields()) {
    const bool is_name = field.kind == Field::Kind::kName;
    // Rdata is held uncompressed: what looks like a pointer in it is none.
    const std::optional<OctetView> octets = reader.Next(is_name ? Field{Field::Kind::kWholeName} : field, name);
    if (!octets) return false;
    if (is_name) {
      at_ = names_.Write(*octets, at_);
    } else {
      Append(*octets);
    }
  }
  return reader.AtEnd();
}

/// Writes the sections of `message`; returns whether answer and authority are whole.
bool WriteSections(const Message& message, Signatures signatures, SectionWriter& writer) {
  const std::vector<RrSet>* const sections[] = {&message.answer, &message.authority, &message.additional};
  for (size_t section = 0; section < 3; ++section) {
    const bool is_additional = section == 2;
    bool is_whole = true;
    size_t count = 0;
    for (const RrSet& set : *sections[section]) {
      const std::optional<size_t> records = writer.WriteSet(set, signatures);
      if (!records && !is_additional) is_whole = false;
      if (!is_whole) break;
      count += records.value_or(0);
    }
    writer.SetCount(section + 1, count);
    if (!is_whole) return false;
  }
  return true;
}

/// Returns the response code that can be written: its upper bits need EDNS (RFC 6891 section 6.1.3).
Rcode WritableRcode(const Message& message) {
  const bool is_extended = static_cast<uint16_t>(message.header.rcode) > 0xf;
  return is_extended && !message.edns ? Rcode::kServFail : message.header.rcode;
}

}  // namespace

Written Write(const Message& message, size_t limit, Signatures signatures, Octets& out) {
  limit = std::clamp(limit, world::limits::kPlainUdpOctets, kMostMessageOctets);
  const size_t opening =
      kHeaderOctets + (message.question ? message.question->name.octets().size() + kQuestionFieldsOctets : 0);
  const size_t opt = message.edns ? std::min(LeastOptOctets(*message.edns), limit - opening) : 0;

  const size_t base = out.size();
  out.resize(base + std::min(MostOctets(message), limit + kMostRecordOctets));
  SectionWriter writer(out.data() + base, limit - opt);
  const Rcode rcode = WritableRcode(message);
  writer.WriteHeader(message.header, rcode);
  if (message.question) writer.WriteQuestion(*message.question);
  const bool is_whole = WriteSections(message, signatures, writer);
  if (!is_whole) writer.SetTruncated();
  if (message.edns) writer.CountOpt();
  out.resize(base + writer.size());
  if (message.edns) WriteOpt(*message.edns, rcode, limit - writer.size(), out);
  return {.truncated = !is_whole};
}

Octets MakeQuery(uint16_t id, const Question& question, Recursion recursion, const std::optional<Edns>& edns) {
  Message message;
  message.header.id = id;
  message.header.rd = recursion == Recursion::kDesired;
  message.question = question;
  message.edns = edns;
  Octets query;
  query.reserve(kHeaderOctets + question.name.octets().size() + kQuestionFieldsOctets +
                (edns ? WholeOptOctets(*edns) : 0));
  Write(message, kMostMessageOctets, Signatures::kOmit, query);
  return query;
}

}  // namespace wire
