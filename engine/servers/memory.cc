#include "engine/servers/memory.h"

#include <algorithm>
#include <concepts>
#include <string_view>

namespace servers {
namespace {

using world::Duration;
using world::Instant;
using world::Octets;
using world::OctetView;

/// How a file begins: its kind, and the version of all that follows.
constexpr std::string_view kMagic = "taproot servers 4\n";

/// No time that means anything is longer: older measurements are as good as none.
constexpr Duration kLongestAge = world::Seconds(30 * 86'400);

/// Silences in a row that are kept; all from the seventh on mean the same.
constexpr uint32_t kMostTimeoutsInRow = 64;

/// As what all packets lost are kept.
constexpr double kWholeLoss = 65'535;

/// Returns FNV-1a of the octets: against damage, not against people.
uint64_t Checksum(OctetView octets) {
  uint64_t sum = 0xcbf29ce484222325;
  for (const uint8_t octet : octets) sum = (sum ^ octet) * 0x100000001b3;
  return sum;
}

/// Puts fields behind each other, numbers with the most significant octet first.
class Writer {
 public:
  /// Puts a number.
  template <std::unsigned_integral Number>
  void Put(Number number) {
    for (size_t i = sizeof(Number); i-- > 0;) octets_.push_back(static_cast<uint8_t>(uint64_t{number} >> (8 * i)));
  }
  /// Puts octets as they are.
  void Put(OctetView octets) { octets_.insert(octets_.end(), octets.begin(), octets.end()); }
  /// Puts octets with their count, at most 255.
  void PutCounted(OctetView octets) {
    Put(static_cast<uint8_t>(octets.size()));
    Put(octets);
  }
  void Put(Duration duration) { Put(static_cast<uint64_t>(std::clamp(duration, -kLongestAge, kLongestAge).count())); }

  /// Returns what was put.
  Octets& octets() { return octets_; }

 private:
  Octets octets_;
};

/// Takes fields off the front. Past the end there are zeros, and ok() is false.
class Reader {
 public:
  explicit Reader(OctetView octets) : left_(octets) {}

  /// Takes a number.
  template <std::unsigned_integral Number>
  Number Take() {
    uint64_t number = 0;
    for (const uint8_t octet : Take(sizeof(Number))) number = number << 8 | octet;
    return static_cast<Number>(number);
  }
  /// Takes so many octets.
  OctetView Take(size_t count) {
    if (count > left_.size()) {
      ok_ = false;
      left_ = {};
      return {};
    }
    const OctetView taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }
  /// Takes octets with their count.
  OctetView TakeCounted() { return Take(Take<uint8_t>()); }
  /// Takes a time; one that is longer than any is an error.
  Duration TakeDuration() {
    const Duration duration(static_cast<int64_t>(Take<uint64_t>()));
    if (duration < -kLongestAge || duration > kLongestAge) ok_ = false;
    return ok_ ? duration : Duration(0);
  }

  bool ok() const { return ok_; }
  /// Notes that what was taken means nothing.
  void Fail() { ok_ = false; }
  bool empty() const { return left_.empty(); }

 private:
  OctetView left_;
  bool ok_ = true;
};

/// Returns how long ago something was; more than anything for never.
Duration AgeOf(Instant instant, Instant now) { return instant == kNeverBefore ? kLongestAge : now - instant; }

/// Returns the instant that was so long ago, `asleep` before `now`; never for what is as old as can be.
Instant Ago(Duration age, Duration asleep, Instant now) {
  return age >= kLongestAge ? kNeverBefore : now - age - asleep;
}

/// Puts what is kept of an address.
void Put(const AddressRecord& record, Instant now, Writer& writer) {
  writer.Put(static_cast<uint8_t>(record.rtt.measured));
  writer.Put(record.rtt.smoothed);
  writer.Put(record.rtt.variance);
  writer.Put(AgeOf(record.sent_at, now));
  writer.Put(AgeOf(record.answered_at, now));
  writer.Put(AgeOf(record.rests_until, now));
  writer.Put(AgeOf(record.plain_until, now));
  writer.Put(static_cast<uint32_t>(record.timeouts_in_row));
  writer.Put(record.explorations);
  writer.Put(record.asked);
  writer.Put(record.answered);
  writer.Put(record.timeouts);
  writer.Put(record.won);
  writer.Put(static_cast<uint16_t>(record.loss * kWholeLoss));
}

/// Takes it back.
AddressRecord TakeAddressRecord(Reader& reader, Duration asleep, Instant now) {
  AddressRecord record;
  record.rtt.measured = reader.Take<uint8_t>() != 0;
  record.rtt.smoothed = reader.TakeDuration();
  record.rtt.variance = reader.TakeDuration();
  if (record.rtt.smoothed < Duration(0) || record.rtt.variance < Duration(0)) reader.Fail();
  record.sent_at = Ago(reader.TakeDuration(), asleep, now);
  record.answered_at = Ago(reader.TakeDuration(), asleep, now);
  record.rests_until = std::min(Ago(reader.TakeDuration(), asleep, now), now + kLongestRest);
  record.plain_until = std::min(Ago(reader.TakeDuration(), asleep, now), now + kPlainTime);
  record.timeouts_in_row = static_cast<int32_t>(std::min<uint32_t>(reader.Take<uint32_t>(), kMostTimeoutsInRow));
  record.explorations = reader.Take<uint32_t>();
  record.asked = reader.Take<uint64_t>();
  record.answered = reader.Take<uint64_t>();
  record.timeouts = reader.Take<uint64_t>();
  record.won = reader.Take<uint64_t>();
  record.loss = reader.Take<uint16_t>() / kWholeLoss;
  return record;
}

/// Puts what is kept of an address in its zone.
void Put(const ServerInZone& server, Instant now, Writer& writer) {
  writer.PutCounted(server.address.octets());
  writer.Put(server.asked);
  writer.Put(server.errors);
  writer.Put(AgeOf(server.erred_at, now));
  writer.Put(static_cast<uint8_t>(server.last_error ? static_cast<uint8_t>(*server.last_error) + 1 : 0));
}

/// Takes an address; the reader fails where it is none.
world::Address TakeAddress(Reader& reader) {
  const auto address = world::Address::FromOctets(reader.TakeCounted());
  if (!address) reader.Fail();
  return address.value_or(world::Address());
}

/// Takes back an address in its zone.
ServerInZone TakeServer(Reader& reader, Duration asleep, Instant now) {
  ServerInZone server;
  server.address = TakeAddress(reader);
  server.asked = reader.Take<uint64_t>();
  server.errors = reader.Take<uint64_t>();
  server.erred_at = std::min(Ago(reader.TakeDuration(), asleep, now), now);
  const auto error = reader.Take<uint8_t>();
  if (error > static_cast<uint8_t>(Report::kNoEdns) + 1) reader.Fail();
  if (error > 0) server.last_error = static_cast<Report>(error - 1);
  return server;
}

/// Returns how long nobody was awake since `saved`, which may be any number: nothing where the clock has gone back.
Duration AsleepSince(world::WallTime saved, world::WallTime now) {
  if (saved >= now) return Duration(0);
  return saved <= now - kLongestAge ? kLongestAge : Duration(now - saved);
}

/// Returns the error of a memory that is not used.
absl::Status Damaged(const char* what) { return absl::DataLossError(what); }

}  // namespace

Octets Encode(const Memory& memory, const world::Now& now) {
  Writer writer;
  writer.Put(OctetView(reinterpret_cast<const uint8_t*>(kMagic.data()), kMagic.size()));
  writer.Put(static_cast<uint64_t>(now.wall.time_since_epoch().count()));
  writer.Put(static_cast<uint32_t>(memory.addresses.size()));
  for (const Memory::OfAddress& entry : memory.addresses) {
    writer.PutCounted(entry.address.octets());
    Put(entry.record, now.mono, writer);
  }
  writer.Put(static_cast<uint32_t>(memory.zones.size()));
  for (const Memory::OfZone& entry : memory.zones) {
    writer.PutCounted(entry.zone.octets());
    writer.Put(static_cast<uint32_t>(entry.record.servers.size()));
    for (const ServerInZone& server : entry.record.servers) Put(server, now.mono, writer);
  }
  writer.Put(Checksum(writer.octets()));
  return std::move(writer.octets());
}

absl::StatusOr<Memory> Decode(OctetView octets, const world::Now& now) {
  const auto begins = [&](std::string_view text) {
    return octets.size() >= text.size() && std::equal(text.begin(), text.end(), octets.begin());
  };
  if (!begins(kMagic)) {
    return Damaged(begins("taproot servers ") ? "it is of another version" : "it is no memory of nameservers");
  }
  if (octets.size() < kMagic.size() + sizeof(uint64_t)) return Damaged("it is cut off");
  const OctetView body = octets.first(octets.size() - sizeof(uint64_t));
  if (Reader(octets.subspan(body.size())).Take<uint64_t>() != Checksum(body)) return Damaged("its checksum is wrong");
  Reader reader(body.subspan(kMagic.size()));
  const world::WallTime saved{world::WallTime::duration(static_cast<int64_t>(reader.Take<uint64_t>()))};
  const Duration asleep = AsleepSince(saved, now.wall);
  Memory memory;
  for (auto left = reader.Take<uint32_t>(); left > 0 && reader.ok(); --left) {
    const world::Address address = TakeAddress(reader);
    memory.addresses.push_back({address, TakeAddressRecord(reader, asleep, now.mono)});
  }
  for (auto left = reader.Take<uint32_t>(); left > 0 && reader.ok(); --left) {
    const auto zone = wire::Name::FromWire(reader.TakeCounted());
    if (!zone) return Damaged("a zone's name in it is none");
    ZoneRecord record;
    for (auto servers = reader.Take<uint32_t>(); servers > 0 && reader.ok(); --servers) {
      record.servers.push_back(TakeServer(reader, asleep, now.mono));
    }
    memory.zones.push_back({*zone, std::move(record)});
  }
  if (!reader.ok() || !reader.empty()) return Damaged("its records are not whole");
  return memory;
}

}  // namespace servers
