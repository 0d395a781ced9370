#pragma once

#include <cstdint>

#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/wire/types.h"
#include "engine/world/octets.h"

namespace dnssec {

/// Returns the rdata in canonical form: names of the types that RFC 4034 section 6.2 lists in lower case (RFC 6840
/// section 5.1: not NSEC's). Other rdata, and such as does not parse, stays as it is.
world::Octets CanonicalRdata(wire::RrType type, wire::RrClass rr_class, world::OctetView rdata);

/// What stands before the rdata of each canonical record.
struct CanonicalOwner {
  const wire::Name& name;  ///< Written in lower case.
  wire::RrType type;
  wire::RrClass rr_class;
  uint32_t ttl;
};

/// Returns all records of the list in canonical form and order, without duplicates (RFC 4034 sections 6.2 and 6.3),
/// each with this owner and TTL: what a signature or a digest covers.
///
///   owner | type | class | ttl | rdata length | rdata, ...
world::Octets CanonicalRecords(const CanonicalOwner& owner, const wire::RdataList& rdatas);

/// Appends a number of 16 bits in network order.
void Append16(uint16_t number, world::Octets& out);
/// Appends a number of 32 bits in network order.
void Append32(uint32_t number, world::Octets& out);
/// Appends octets.
void Append(world::OctetView octets, world::Octets& out);

}  // namespace dnssec
