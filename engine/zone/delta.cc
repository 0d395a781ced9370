#include "engine/zone/delta.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "engine/zone/builder.h"

namespace zone {
namespace {

using wire::FlatRecord;
using wire::RrSet;
using wire::RrType;
using world::Octets;

/// All records of a zone but the SOA, each by itself.
class Records {
 public:
  explicit Records(const Zone& zone) {
    for (const RrSet& rrset : zone.rrsets()) {
      if (rrset.type != RrType::kSoa) Take(rrset, rrset.type, rrset.rdatas);
      Take(rrset, RrType::kRrsig, rrset.signatures);
    }
  }

  /// Takes a record out; returns whether it was there.
  bool Delete(const FlatRecord& record) { return ttls_.erase({record.owner, record.type, record.rdata}) > 0; }

  /// Puts a record in; returns whether it was not there.
  bool Add(const FlatRecord& record) {
    return ttls_.emplace(Key(record.owner, record.type, record.rdata), record.ttl).second;
  }

  /// Returns the zone of the records and the SOA.
  absl::StatusOr<Snapshot> Build(const FlatRecord& soa, std::string_view source) const {
    Builder builder(source, soa.owner);
    int line = 1;
    absl::Status status = builder.Add({line, soa.owner, RrType::kSoa, soa.ttl, soa.rdata});
    for (const auto& [key, ttl] : ttls_) {
      if (!status.ok()) return status;
      const auto& [owner, type, rdata] = key;
      status = builder.Add({++line, owner, type, ttl, rdata});
    }
    if (!status.ok()) return status;
    return builder.Finish(line);
  }

 private:
  using Key = std::tuple<wire::Name, RrType, Octets>;

  /// Takes the records of one list.
  void Take(const RrSet& rrset, RrType type, const wire::RdataList& rdatas) {
    for (const world::OctetView rdata : rdatas) {
      ttls_.emplace(Key(rrset.owner, type, Octets(rdata.begin(), rdata.end())), rrset.ttl);
    }
  }

  std::map<Key, uint32_t> ttls_;  // In canonical order of the owners.
};

/// Returns the SOA of a zone as a record.
FlatRecord SoaOf(const Zone& zone) {
  const RrSet& soa = zone.soa_rrset();
  const world::OctetView rdata = *soa.rdatas.begin();
  return {soa.owner, RrType::kSoa, wire::RrClass::kIn, soa.ttl, Octets(rdata.begin(), rdata.end())};
}

/// Returns the serial of a SOA record; nothing when it is none of that zone.
std::optional<uint32_t> SerialOf(const FlatRecord& record, const wire::Name& origin) {
  if (record.type != RrType::kSoa || record.owner != origin) return std::nullopt;
  const auto soa = wire::SoaFromRdata(record.rdata);
  return soa ? std::optional(soa->serial) : std::nullopt;
}

/// Returns what is wrong with the way on from a version of the zone; empty: nothing is.
std::string FaultOfStep(const FlatRecord& current, const Delta& delta) {
  const auto from = SerialOf(delta.from, current.owner);
  const auto to = SerialOf(delta.to, current.owner);
  if (!from || !to) return "a change without the SOAs of its versions";
  if (delta.from.rdata != current.rdata)
    return fmt::format("a change of serial {}, which is not what came before", *from);
  if (!SerialIsOlder(*from, *to)) return fmt::format("a change from serial {} to {}, which is no newer", *from, *to);
  return "";
}

/// Returns a record as an error names it.
std::string Named(const FlatRecord& record) {
  return fmt::format("{} {}", record.owner.ToText(), wire::ToText(record.type));
}

/// Makes one change; returns what is wrong with it; empty: nothing is.
std::string Change(Records& records, const Delta& delta) {
  const auto gone = std::ranges::find_if_not(delta.deleted, [&](const FlatRecord& r) { return records.Delete(r); });
  if (gone != delta.deleted.end()) return fmt::format("a deletion of {}, which is not there", Named(*gone));
  const auto here = std::ranges::find_if_not(delta.added, [&](const FlatRecord& r) { return records.Add(r); });
  if (here != delta.added.end()) return fmt::format("an addition of {}, which is there", Named(*here));
  return "";
}

}  // namespace

absl::StatusOr<Snapshot> Apply(const Zone& zone, const std::vector<Delta>& deltas, std::string_view source) {
  Records records(zone);
  FlatRecord soa = SoaOf(zone);
  for (const Delta& delta : deltas) {
    std::string fault = FaultOfStep(soa, delta);
    if (fault.empty()) fault = Change(records, delta);
    if (!fault.empty()) return absl::InvalidArgumentError(fmt::format("{}: {}", source, fault));
    soa = delta.to;
  }
  return records.Build(soa, source);
}

}  // namespace zone
