#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/world/octets.h"
#include "engine/zone/builder.h"
#include "engine/zone/zone.h"

namespace zone {

/// Returns the query for a zone's SOA, or for the whole of it (RFC 5936 section 2.1).
world::Octets SoaQuery(uint16_t id, const wire::Name& origin);
world::Octets TransferQuery(uint16_t id, const wire::Name& origin);

/// Returns the SOA that a response to SoaQuery states, or nothing when it states none.
[[nodiscard]] std::optional<wire::Soa> SoaOfResponse(world::OctetView message, uint16_t id, const wire::Name& origin);

/// Makes a zone of the messages of a transfer (RFC 5936 section 2.2):
///
///     transfer = SOA *record SOA     over as many messages as it takes
///
/// The sender is not trusted: bounds are those of a zone's file.
class Transfer {
 public:
  /// Borrows `source`, which errors begin with, for its life. `id` is that of the query, `asked` its type: IXFR may be
  /// answered so too (RFC 1995 section 4).
  Transfer(std::string_view source, wire::Name origin, uint16_t id, wire::RrType asked = wire::RrType::kAxfr)
      : source_(source), origin_(origin), id_(id), asked_(asked), builder_(source, std::move(origin)) {}

  /// Takes the next message. Returns the zone with the last one and null before; or what is wrong (InvalidArgument), or
  /// too much (ResourceExhausted). Nothing more may come after either.
  [[nodiscard]] absl::StatusOr<Snapshot> Take(world::OctetView message);

  /// Returns what is wrong with the head of a message.
  absl::Status JudgeHead(world::OctetView message) const;

 private:
  /// Returns the error `source: what`.
  absl::Status Error(std::string_view what) const;

  std::string_view source_;
  wire::Name origin_;
  uint16_t id_;
  wire::RrType asked_;
  Builder builder_;
  size_t octets_ = 0;
  int records_ = 0;
};

}  // namespace zone
