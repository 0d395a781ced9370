#include "engine/zone/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>

#include "engine/wire/rrset.h"
#include "engine/world/limits.h"

namespace zone {

using wire::Name;
using wire::RdataList;
using wire::RrSet;
using wire::RrType;
using world::OctetView;

namespace {

/// Returns the list in the order of the octets, so that a file's own order makes no difference.
RdataList Ordered(const RdataList& list) {
  if (list.size() < 2) {
    RdataList same = list;
    same.ShrinkToFit();
    return same;
  }
  std::vector<OctetView> rdatas(list.begin(), list.end());
  std::ranges::sort(rdatas, [](OctetView a, OctetView b) { return std::ranges::lexicographical_compare(a, b); });
  RdataList ordered;
  for (const OctetView rdata : rdatas) ordered.Add(rdata);
  ordered.ShrinkToFit();
  return ordered;
}

/// Returns the error of a limit: `file:line: what`.
absl::Status TooMany(std::string_view file_name, int line, std::string_view what) {
  return absl::ResourceExhaustedError(fmt::format("{}:{}: {}", file_name, line, what));
}

}  // namespace

absl::Status Builder::Add(const Record& record) {
  if (is_closed_) return ErrorAt(record.line, "a record after the SOA that ends the zone");
  if (!record.owner.IsAtOrBelow(origin_) && record.type != RrType::kSoa) {
    return ErrorAt(record.line, fmt::format("{} is outside {}", record.owner.ToText(), origin_.ToText()));
  }
  if (wire::IsMetaType(record.type)) {
    return ErrorAt(record.line, fmt::format("type {} has no place in a zone", wire::ToText(record.type)));
  }
  if (record.type == RrType::kSoa) {
    if (absl::Status status = AddSoa(record); !status.ok() || is_closed_) return status;
  }
  return AddToSet(record);
}

absl::Status Builder::AddSoa(const Record& record) {
  if (record.owner != origin_) {
    return ErrorAt(record.line,
                   fmt::format("a SOA of {}, but the zone must be {}", record.owner.ToText(), origin_.ToText()));
  }
  if (soa_line_ == 0) {
    soa_line_ = record.line;
    return absl::OkStatus();
  }
  const RrSet& first = sets_[places_.at(Key(origin_, RrType::kSoa))].rrset;
  if (!first.rdatas.Contains(record.rdata)) {
    return ErrorAt(record.line, fmt::format("a second SOA, other than that of line {}", soa_line_));
  }
  is_closed_ = true;
  return absl::OkStatus();
}

absl::Status Builder::AddToSet(const Record& record) {
  const bool is_signature = record.type == RrType::kRrsig;
  const std::optional<RrType> covered = is_signature ? wire::TypeCovered(record.rdata) : record.type;
  if (!covered) return ErrorAt(record.line, "an RRSIG that is cut short");
  Growing& set = SetFor(Key(record.owner, *covered), record);
  RdataList& list = is_signature ? set.rrset.signatures : set.rrset.rdatas;
  if (list.Contains(record.rdata)) return absl::OkStatus();  // RFC 2181 section 5: a duplicate is no record.
  if (list.size() == world::limits::kMaxRecordsPerRrset) {
    return TooMany(file_name_, record.line,
                   fmt::format("more than {} records of one name and type", world::limits::kMaxRecordsPerRrset));
  }
  if (record_count_ == world::limits::kMaxZoneRecords) {
    return TooMany(file_name_, record.line, fmt::format("more than {} records", world::limits::kMaxZoneRecords));
  }
  // RFC 2181 section 5.2: one TTL for all of a set; the least is safe. An RRSIG's is that of the set (RFC 4034 section
  // 3).
  if (!is_signature || set.rrset.rdatas.empty()) {
    set.rrset.ttl = list.empty() ? record.ttl : std::min(set.rrset.ttl, record.ttl);
  }
  list.Add(record.rdata);
  ++record_count_;
  return absl::OkStatus();
}

Builder::Growing& Builder::SetFor(const Key& key, const Record& record) {
  if (last_place_ < sets_.size()) {
    Growing& last = sets_[last_place_];
    if (last.rrset.type == key.second && last.rrset.owner == key.first) return last;
  }
  const auto [place, is_new] = places_.try_emplace(key, sets_.size());
  if (is_new) {
    sets_.push_back({.rrset = {}, .line = record.line});
    sets_.back().rrset.owner = key.first;
    sets_.back().rrset.type = key.second;
  }
  last_place_ = place->second;
  return sets_[last_place_];
}

absl::StatusOr<Snapshot> Builder::Finish(int last_line) {
  if (sets_.empty()) return ErrorAt(last_line, "the file holds no record");
  if (soa_line_ == 0) return ErrorAt(last_line, fmt::format("no SOA of {}", origin_.ToText()));
  SettleOrphanSignatures();
  std::ranges::sort(sets_, [](const Growing& a, const Growing& b) {
    if (const auto order = a.rrset.owner <=> b.rrset.owner; std::is_neq(order)) return std::is_lt(order);
    return a.rrset.type < b.rrset.type;
  });
  if (absl::Status status = JudgeAliases(); !status.ok()) return status;

  auto zone = std::make_unique<Zone>(Zone::Permit());
  FillSets(*zone);
  if (absl::Status status = FillNodes(*zone); !status.ok()) return status;
  FillCuts(*zone);
  FillGlue(*zone);
  if (zone->Exact(origin_, RrType::kNs) == nullptr) return ErrorAt(soa_line_, "the zone has no NS at its apex");
  zone->soa_ = zone->Exact(origin_, RrType::kSoa);
  const std::optional<wire::Soa> soa = wire::SoaFromRdata(*zone->soa_->rdatas.begin());
  if (!soa) return ErrorAt(soa_line_, "a SOA that cannot be read");
  zone->serial_ = soa->serial;
  if (absl::Status status = JudgeNsecChain(*zone); !status.ok()) return status;
  return Snapshot(std::move(zone));
}

void Builder::SettleOrphanSignatures() {
  const auto first_orphan =
      std::stable_partition(sets_.begin(), sets_.end(), [](const Growing& set) { return !set.rrset.rdatas.empty(); });
  std::vector<Growing> orphans(std::make_move_iterator(first_orphan), std::make_move_iterator(sets_.end()));
  sets_.erase(first_orphan, sets_.end());
  for (Growing& orphan : orphans) {
    orphan.rrset.type = RrType::kRrsig;
    std::swap(orphan.rrset.rdatas, orphan.rrset.signatures);
  }
  std::ranges::stable_sort(orphans, {}, [](const Growing& set) -> const Name& { return set.rrset.owner; });
  for (Growing& orphan : orphans) {
    const bool joins =
        !sets_.empty() && sets_.back().rrset.type == RrType::kRrsig && sets_.back().rrset.owner == orphan.rrset.owner;
    if (!joins) {
      sets_.push_back(std::move(orphan));
      continue;
    }
    for (const OctetView rdata : orphan.rrset.rdatas) sets_.back().rrset.rdatas.Add(rdata);
  }
}

absl::Status Builder::JudgeAliases() const {
  for (size_t i = 0; i < sets_.size(); ++i) {
    const RrSet& alias = sets_[i].rrset;
    if (alias.type != RrType::kCname) continue;
    const std::string owner = alias.owner.ToText();
    if (alias.rdatas.size() > 1) return ErrorAt(sets_[i].line, fmt::format("{} has more than one CNAME", owner));
    for (size_t at = FirstOf(alias.owner); at < sets_.size() && sets_[at].rrset.owner == alias.owner; ++at) {
      const RrType type = sets_[at].rrset.type;
      if (type == RrType::kCname || type == RrType::kNsec || type == RrType::kRrsig) continue;
      return ErrorAt(sets_[at].line, fmt::format("{} has a CNAME and other data (RFC 2181 section 10.1)", owner));
    }
  }
  return absl::OkStatus();
}

size_t Builder::FirstOf(const Name& owner) const {
  const auto first = std::ranges::lower_bound(sets_, owner, std::ranges::less(),
                                              [](const Growing& set) -> const Name& { return set.rrset.owner; });
  return static_cast<size_t>(first - sets_.begin());
}

absl::Status Builder::JudgeNsecChain(const Zone& zone) const {
  for (size_t i = 0; i < zone.nsecs_.size(); ++i) {
    const RrSet& nsec = *zone.nsecs_[i];
    const RrSet& follower = *zone.nsecs_[(i + 1) % zone.nsecs_.size()];
    const auto line_of = [&](const RrSet& rrset) {
      return sets_[static_cast<size_t>(&rrset - zone.rrsets_.data())].line;
    };
    const std::optional<Name> next = Name::FromWirePrefix(*nsec.rdatas.begin());
    if (nsec.rdatas.size() == 1 && next && *next == follower.owner) continue;
    return ErrorAt(line_of(nsec),
                   fmt::format("the NSEC of {} names {} as the next, but the next in the file is {}: is it "
                               "cut short?",
                               nsec.owner.ToText(), next ? next->ToText() : "nothing", follower.owner.ToText()));
  }
  if (!zone.nsecs_.empty() && zone.nsecs_.front()->owner != origin_) return ErrorAt(soa_line_, "the apex has no NSEC");
  return absl::OkStatus();
}

void Builder::FillSets(Zone& zone) {
  zone.origin_ = origin_;
  zone.record_count_ = record_count_;
  zone.rrsets_.reserve(sets_.size());
  for (Growing& set : sets_) {
    set.rrset.rdatas = Ordered(set.rrset.rdatas);
    set.rrset.signatures = Ordered(set.rrset.signatures);
    zone.rrsets_.push_back(std::move(set.rrset));
  }
}

absl::Status Builder::FillNodes(Zone& zone) const {
  size_t empty_count = 0;
  zone.nodes_.reserve(zone.rrsets_.size());
  for (uint32_t i = 0; i < zone.rrsets_.size(); ++i) {
    const Name& owner = zone.rrsets_[i].owner;
    Zone::Node& node = zone.nodes_[owner];
    if (node.count++ > 0) continue;
    node.first = i;
    Name above = owner;
    while (above.octets().size() > zone.origin_.octets().size()) {
      above = above.Parent();
      if (!zone.nodes_.try_emplace(above).second) break;
      if (++empty_count > world::limits::kMaxEmptyNonTerminals) {
        return TooMany(file_name_, sets_[i].line,
                       fmt::format("more than {} empty non-terminals", world::limits::kMaxEmptyNonTerminals));
      }
    }
  }
  return absl::OkStatus();
}

void Builder::FillCuts(Zone& zone) {
  const Name* cut = nullptr;
  for (const RrSet& rrset : zone.rrsets_) {
    // Names below a cut follow it at once in canonical order, and are not the zone's (RFC 2181 section 6).
    if (cut != nullptr && rrset.owner.IsBelow(*cut)) continue;
    if (rrset.type == RrType::kNsec) zone.nsecs_.push_back(&rrset);
    if (rrset.type != RrType::kNs || rrset.owner == zone.origin_) continue;
    cut = &rrset.owner;
    zone.nodes_[*cut].cut = static_cast<uint32_t>(zone.cuts_.size());
    zone.cuts_.push_back({.ns = &rrset, .ds = zone.Exact(*cut, RrType::kDs), .first_glue = 0, .glue_count = 0});
  }
  zone.delegation_count_ = zone.cuts_.size();
}

void Builder::FillGlue(Zone& zone) {
  for (Zone::Cut& cut : zone.cuts_) {
    cut.first_glue = zone.glue_.size();
    for (const OctetView rdata : cut.ns->rdatas) {
      const std::optional<Name> server = wire::TargetName(RrType::kNs, rdata);
      if (!server) continue;
      for (const RrType type : {RrType::kA, RrType::kAaaa}) {
        if (const RrSet* addresses = zone.Exact(*server, type)) zone.glue_.push_back(addresses);
      }
    }
    cut.glue_count = zone.glue_.size() - cut.first_glue;
  }
}

absl::StatusOr<Snapshot> Zone::Parse(OctetView text, std::string_view file_name, const LoadOptions& options) {
  if (text.size() > world::limits::kMaxZoneOctets) {
    return TooMany(file_name, 1, fmt::format("larger than {} octets", world::limits::kMaxZoneOctets));
  }
  RecordReader reader(text, file_name, options.origin);
  Builder builder(file_name, options.origin);
  while (true) {
    absl::StatusOr<std::optional<Record>> record = reader.Next();
    if (!record.ok()) return record.status();
    if (!record->has_value()) return builder.Finish(reader.line());
    if (absl::Status status = builder.Add(**std::move(record)); !status.ok()) return status;
  }
}

}  // namespace zone
