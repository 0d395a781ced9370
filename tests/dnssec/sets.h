#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/dnssec/sign.h"
#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/world/time.h"
#include "engine/zone/record_reader.h"

namespace dnssec_test {

/// Returns the octets of text.
inline world::OctetView Octets(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// Returns the name of its text. Requires: it is one.
inline wire::Name N(std::string_view text) { return *wire::Name::FromText(text); }

/// Returns the set that the records of a master-file text are; all of one owner and type.
inline wire::RrSet Set(const std::string& text) {
  const std::string lines = text + "\n";
  zone::RecordReader reader(Octets(lines), "test", wire::Name());
  wire::RrSet rrset;
  while (auto record = *reader.Next()) {
    rrset.owner = record->owner;
    rrset.type = record->type;
    rrset.ttl = record->ttl;
    rrset.rdatas.Add(record->rdata);
  }
  return rrset;
}

/// Returns the time of seconds since 1970.
inline world::WallTime At(int64_t seconds) { return world::WallTime(world::Seconds(seconds)); }

/// Sets that a proof borrows.
class Sets {
 public:
  Sets(std::initializer_list<std::string> texts) {
    for (const std::string& text : texts) sets_.push_back(Set(text));
    for (const wire::RrSet& rrset : sets_) views_.push_back(&rrset);
  }
  const std::vector<const wire::RrSet*>& views() const { return views_; }

 private:
  std::vector<wire::RrSet> sets_;
  std::vector<const wire::RrSet*> views_;
};

}  // namespace dnssec_test
