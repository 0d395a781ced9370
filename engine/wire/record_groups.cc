#include "engine/wire/record_groups.h"

#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>

#include <algorithm>
#include <string_view>

#include "engine/wire/rdata_shape.h"

namespace wire {
namespace {

using world::OctetView;

/// Rdatas of one set, each borrowed from the message or from a scratch.
using Rdatas = absl::InlinedVector<OctetView, 32>;
using Scratch = absl::InlinedVector<uint8_t, 1024>;

/// Where a pair of rdatas is compared with each other rather than hashed.
constexpr size_t kFewRdatas = 16;
constexpr size_t kMostRdataOctets = 0xffff;

/// Returns the octets as what Abseil hashes.
std::string_view AsText(OctetView octets) { return {reinterpret_cast<const char*>(octets.data()), octets.size()}; }

/// Leaves each rdata once, at its first place (RFC 2181 section 5).
void DropDuplicates(Rdatas& rdatas) {
  if (rdatas.size() <= kFewRdatas) {
    auto end = rdatas.begin();
    for (const OctetView rdata : rdatas) {
      const bool is_new =
          std::none_of(rdatas.begin(), end, [&](OctetView own) { return AsText(own) == AsText(rdata); });
      if (is_new) *end++ = rdata;
    }
    rdatas.erase(end, rdatas.end());
    return;
  }
  absl::flat_hash_set<std::string_view> seen(rdatas.size());
  const auto is_seen = [&](OctetView rdata) { return !seen.insert(AsText(rdata)).second; };
  rdatas.erase(std::remove_if(rdatas.begin(), rdatas.end(), is_seen), rdatas.end());
}

/// Reads one rdata that holds no name to expand. Returns its octets in the message, or nothing when it is malformed.
std::optional<OctetView> CheckRdata(OctetView message, const Record& record, const Shape& shape) {
  FieldReader reader(message, record.rdata_at, record.rdata_octets);
  NameBuffer name;
  for (const Field field : shape.fields()) {
    if (!reader.Next(field, name)) return std::nullopt;
  }
  if (!reader.AtEnd()) return std::nullopt;
  return message.subspan(record.rdata_at, record.rdata_octets);
}

/// Reads one rdata into `scratch`, with its names expanded. Returns its octets there, or nothing when it is malformed.
/// Requires: room in `scratch`.
std::optional<OctetView> ExpandRdata(OctetView message, const Record& record, const Shape& shape, Scratch& scratch) {
  FieldReader reader(message, record.rdata_at, record.rdata_octets);
  NameBuffer name;
  const size_t start = scratch.size();
  for (const Field field : shape.fields()) {
    const std::optional<OctetView> octets = reader.Next(field, name);
    if (!octets) return std::nullopt;
    scratch.insert(scratch.end(), octets->begin(), octets->end());
  }
  if (!reader.AtEnd() || scratch.size() - start > kMostRdataOctets) return std::nullopt;
  return OctetView(scratch).subspan(start);
}

}  // namespace

bool RecordGroups::Gather(std::span<const Record> records, std::vector<RrSet>& sets) {
  records_ = records;
  next_.assign(records.size(), kNoRecord);
  groups_.clear();
  first_of_hash_.clear();
  for (size_t i = 0; i < records.size(); ++i) {
    if (records[i].type != RrType::kRrsig && !Place(i)) return false;
  }
  for (size_t i = 0; i < records.size(); ++i) {
    if (records[i].type == RrType::kRrsig && !PlaceSignature(i)) return false;
  }
  sets.reserve(groups_.size());
  for (Group& group : groups_) {
    RrSet& set = sets.emplace_back();
    set.owner = std::move(group.owner);
    set.type = group.type;
    set.rr_class = group.rr_class;
    set.ttl = group.ttl;
    if (!ReadRdatas(group.rdatas, set.rdatas) || !ReadRdatas(group.signatures, set.signatures)) return false;
  }
  return true;
}

bool RecordGroups::ReadOwner(const Record& record) {
  const size_t first_label = names_.FirstLabel(record.owner_at);
  if (first_label == owner_first_label_) return true;
  NameBuffer buffer;
  if (!names_.Read(record.owner_at, Compression::kAllowed, buffer)) return false;
  owner_ = NameReader::ToName(buffer);
  owner_first_label_ = first_label;
  return true;
}

RecordGroups::Group* RecordGroups::Find(RrType type, RrClass rr_class) {
  const auto is_same = [&](const Group& group) {
    return group.type == type && group.rr_class == rr_class && group.owner == owner_;
  };
  if (groups_.size() <= kFewGroups) {
    const auto found = std::find_if(groups_.rbegin(), groups_.rend(), is_same);
    return found == groups_.rend() ? nullptr : &*found;
  }
  const auto first = first_of_hash_.find(absl::HashOf(owner_, type, rr_class));
  if (first == first_of_hash_.end()) return nullptr;
  for (uint16_t i = first->second; i != kNoRecord; i = groups_[i].next_of_hash) {
    if (is_same(groups_[i])) return &groups_[i];
  }
  return nullptr;
}

RecordGroups::Group& RecordGroups::FindOrAdd(RrType type, RrClass rr_class, uint32_t ttl) {
  if (Group* found = Find(type, rr_class)) return *found;
  groups_.push_back({.owner = owner_, .type = type, .rr_class = rr_class, .ttl = ttl, .rdatas = {}, .signatures = {}});
  if (groups_.size() > kFewGroups) {
    // The first time all groups enter the table, later only the added one.
    for (size_t i = first_of_hash_.empty() ? 0 : groups_.size() - 1; i < groups_.size(); ++i) {
      Group& group = groups_[i];
      const size_t hash = absl::HashOf(group.owner, group.type, group.rr_class);
      uint16_t& first = first_of_hash_.try_emplace(hash, kNoRecord).first->second;
      group.next_of_hash = first;
      first = static_cast<uint16_t>(i);
    }
  }
  return groups_.back();
}

bool RecordGroups::Place(size_t index) {
  const Record& record = records_[index];
  if (!ReadOwner(record)) return false;
  Group& group = FindOrAdd(record.type, record.rr_class, record.ttl);
  Append(index, group, group.rdatas);
  return true;
}

bool RecordGroups::PlaceSignature(size_t index) {
  const Record& record = records_[index];
  if (!ReadOwner(record)) return false;
  const std::optional<RrType> covered = TypeCovered(message_.subspan(record.rdata_at, record.rdata_octets));
  Group* const signed_group = covered && *covered != RrType::kRrsig ? Find(*covered, record.rr_class) : nullptr;
  if (signed_group != nullptr) {
    Append(index, *signed_group, signed_group->signatures);
    return true;
  }
  Group& alone = FindOrAdd(RrType::kRrsig, record.rr_class, record.ttl);
  Append(index, alone, alone.rdatas);
  return true;
}

void RecordGroups::Append(size_t index, Group& group, Chain& chain) {
  const auto added = static_cast<uint16_t>(index);
  if (chain.count == 0) {
    chain.first = added;
  } else {
    next_[chain.last] = added;
  }
  chain.last = added;
  ++chain.count;
  group.ttl = std::min(group.ttl, records_[index].ttl);  // RFC 2181 section 5.2.
}

bool RecordGroups::ReadRdatas(const Chain& chain, RdataList& list) const {
  if (chain.count == 0) return true;
  const Record& first = records_[chain.first];
  const Shape& shape = ShapeOf(first.type, first.rr_class);
  Rdatas rdatas;
  Scratch scratch;
  if (shape.expandable_names() > 0) {
    size_t most = 0;
    for (uint16_t i = chain.first; i != kNoRecord; i = next_[i]) {
      most += records_[i].rdata_octets + shape.expandable_names() * Name::kMaxOctets;
    }
    scratch.reserve(most);  // So that what `rdatas` borrows from it stays in place.
  }
  for (uint16_t i = chain.first; i != kNoRecord; i = next_[i]) {
    const std::optional<OctetView> rdata = shape.expandable_names() > 0
                                               ? ExpandRdata(message_, records_[i], shape, scratch)
                                               : CheckRdata(message_, records_[i], shape);
    if (!rdata) return false;
    rdatas.push_back(*rdata);
  }
  if (rdatas.size() > 1) DropDuplicates(rdatas);
  size_t octets = 0;
  for (const OctetView rdata : rdatas) octets += rdata.size();
  list.Reserve(octets, rdatas.size());
  for (const OctetView rdata : rdatas) list.Add(rdata);
  return true;
}

}  // namespace wire
