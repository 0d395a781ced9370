#pragma once

#include <cstdint>
#include <optional>

#include "engine/world/address.h"
#include "engine/world/octets.h"
#include "engine/world/random.h"

namespace simulator {

/// How a forgery fails to be the answer. Each is wrong in this one thing and else perfect.
enum class ForgeryKind : uint8_t {
  kWrongId,
  kWrongAddress,   ///< From another address than was asked.
  kWrongPort,      ///< From another port than was asked.
  kWrongQuestion,  ///< To the question for a name beside the one that was asked.
  kNotAResponse,   ///< The query itself, sent back.
  kMalformed,      ///< A header that promises a record, and no record.
  kShort,          ///< Less than a header.
};
inline constexpr size_t kForgeryKinds = 7;

/// Returns what a forger sends for `query`: for an address its own (kPoison), for any other type NXDOMAIN. Nothing when
/// `query` is not a query.
std::optional<world::Octets> MakeForgery(ForgeryKind kind, world::OctetView query, world::Random& random);

/// Returns where the forgery seems to come from, the server asked being `asked`.
world::Endpoint ForgedSource(ForgeryKind kind, const world::Endpoint& asked, world::Random& random);

/// The IPv4 address to which a forger leads: 192.0.2.66 (RFC 5737), which the model gives to no name.
world::Address PoisonAddress();

}  // namespace simulator
