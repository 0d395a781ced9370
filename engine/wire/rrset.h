#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/wire/name.h"
#include "engine/wire/types.h"
#include "engine/world/octets.h"

namespace wire {

/// A list of rdata in one block: each with its length in two octets before it. No empty block of one allocation per
/// record. Rdata is uncompressed: names inside it that a sender may compress (RFC 3597 section 4) were expanded on
/// reading.
class RdataList {
 public:
  /// Steps from rdata to rdata.
  class Iterator {
   public:
    using value_type = world::OctetView;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(const uint8_t* at) : at_(at) {}
    world::OctetView operator*() const { return {at_ + 2, size_t{at_[0]} << 8 | at_[1]}; }
    Iterator& operator++() {
      at_ += 2 + (size_t{at_[0]} << 8 | at_[1]);
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const uint8_t* at_ = nullptr;
  };

  Iterator begin() const { return Iterator(block_.data()); }
  Iterator end() const { return Iterator(block_.data() + block_.size()); }
  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// Octets held outside the object.
  size_t HeapOctets() const { return block_.capacity(); }

  /// Adds `rdata` at the end. Requires: at most 65,535 octets.
  void Add(world::OctetView rdata);
  /// Makes room for `count` rdatas of `octets` in all, so that adding them allocates once.
  void Reserve(size_t octets, size_t count) { block_.reserve(block_.size() + octets + 2 * count); }
  /// Returns whether `rdata` is in the list, octet by octet.
  bool Contains(world::OctetView rdata) const;
  /// Gives back what was reserved and not used.
  void ShrinkToFit() { block_.shrink_to_fit(); }

  bool operator==(const RdataList&) const = default;

 private:
  world::Octets block_;
  size_t count_ = 0;
};

/// A resource record set (RFC 2181 section 5): all records of one owner, class and type, with the RRSIGs that cover it.
struct RrSet {
  Name owner;
  RrType type = RrType::kA;
  RrClass rr_class = RrClass::kIn;
  uint32_t ttl = 0;        ///< Seconds; the least of its records and RRSIGs (RFC 2181 5.2); at most 2^31-1 (section 8).
  RdataList rdatas{};      ///< Without duplicates (RFC 2181 section 5).
  RdataList signatures{};  ///< Rdata of the RRSIGs covering it (RFC 4034 section 3.1).

  /// Octets that the set holds, itself included: what a cache is charged.
  size_t Footprint() const {
    return sizeof(*this) + owner.HeapOctets() + rdatas.HeapOctets() + signatures.HeapOctets();
  }

  bool operator==(const RrSet&) const = default;
};

/// The fields of a SOA's rdata that a resolver reads (RFC 1035 section 3.3.13).
struct Soa {
  Name primary;
  Name mailbox;
  uint32_t serial = 0;
  uint32_t refresh = 0;  ///< Seconds, like the next three.
  uint32_t retry = 0;
  uint32_t expire = 0;
  uint32_t minimum = 0;  ///< The TTL of a negative answer (RFC 2308 section 4).
};

/// Returns the one name that the rdata of an NS, CNAME, DNAME or PTR is, or the exchange of an MX; nothing for
/// malformed rdata or other types.
[[nodiscard]] std::optional<Name> TargetName(RrType type, world::OctetView rdata);

/// Returns the SOA of its uncompressed rdata.
[[nodiscard]] std::optional<Soa> SoaFromRdata(world::OctetView rdata);

/// Returns the type that an RRSIG's rdata covers (its first field), or nothing when it is too short.
[[nodiscard]] std::optional<RrType> TypeCovered(world::OctetView rrsig_rdata);

/// Returns the master-file text of one record's rdata, made by ldns; `\# ...` (RFC 3597) for what ldns does not know.
std::string RdataToText(RrType type, world::OctetView rdata);

/// Returns the rdata of its master-file text, made by ldns; for tests, the lab and files, not for packets.
[[nodiscard]] std::optional<world::Octets> RdataFromText(RrType type, const std::string& text);

/// Returns the set in master-file text, one line a record, RRSIGs last.
std::string ToText(const RrSet& rrset);

}  // namespace wire
