/// Any octets: what parses is written and read again as the same message, whole and cut to a limit.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/wire/message.h"
#include "engine/wire/rdata_shape.h"

using namespace wire;
using world::Octets;
using world::OctetView;

namespace {

/// Ends the process where a promise of wire/message.h is broken.
void Require(bool condition) {
  if (!condition) std::abort();
}

/// Returns rdata as it compares after compression, which may change the case of names (RFC 4343 section 4.2).
std::string Comparable(const RrSet& set, OctetView rdata) {
  std::string text(rdata.begin(), rdata.end());
  if (!ShapeOf(set.type, set.rr_class).compresses()) return text;
  for (char& c : text) c = static_cast<char>(Lower(static_cast<uint8_t>(c)));
  return text;
}

/// Returns the rdatas of a set that differ in more than case, in order.
std::vector<std::string> ComparableRdatas(const RrSet& set) {
  std::vector<std::string> rdatas;
  for (const OctetView rdata : set.rdatas) {
    std::string text = Comparable(set, rdata);
    if (set.rdatas.size() > 64 || std::find(rdatas.begin(), rdatas.end(), text) == rdatas.end()) {
      rdatas.push_back(std::move(text));
    }
  }
  return rdatas;
}

/// Returns whether two sets are the same but for the case of names.
bool SameSet(const RrSet& a, const RrSet& b) {
  if (a.owner != b.owner || a.type != b.type || a.rr_class != b.rr_class || a.ttl != b.ttl) return false;
  if (a.signatures != b.signatures) return false;
  // Of large sets only the count is compared: duplicates but for case may have gone.
  return a.rdatas.size() > 64 ? b.rdatas.size() <= a.rdatas.size() : ComparableRdatas(a) == ComparableRdatas(b);
}

/// Returns whether `part` is the beginning of `whole`.
bool IsBeginning(const std::vector<RrSet>& part, const std::vector<RrSet>& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin(), SameSet);
}

/// Holds what Write() promises of a message and a limit.
void CheckWriting(const Message& message, size_t limit) {
  Octets out = {0xee};
  const Written written = Write(message, limit, Signatures::kInclude, out);
  const OctetView octets = OctetView(out).subspan(1);
  Require(out[0] == 0xee && octets.size() <= limit);
  const std::optional<Message> again = Parse(octets);
  Require(again.has_value());
  Require(again->header.tc == (message.header.tc || written.truncated));
  Require(again->question == message.question && again->header.rcode == message.header.rcode);
  Require(again->edns.has_value() == message.edns.has_value());
  Require(IsBeginning(again->answer, message.answer) && IsBeginning(again->authority, message.authority));
  const bool is_whole =
      again->answer.size() == message.answer.size() && again->authority.size() == message.authority.size();
  Require(is_whole != written.truncated);
  if (limit == 0xffff && is_whole && again->additional.size() == message.additional.size()) {
    Require(IsBeginning(again->additional, message.additional));
    if (octets.size() < 0xff00) Require(again->edns == message.edns);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  const OctetView input(octets, size);
  const std::optional<Opening> opening = ParseOpening(input);
  const std::optional<Message> message = Parse(input);
  if (!message) return 0;
  Require(opening && opening->question == message->question && opening->header.id == message->header.id);
  CheckWriting(*message, 0xffff);
  CheckWriting(*message, 512 + message->header.id % 1024);
  return 0;
}
