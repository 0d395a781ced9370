#include "engine/daemon/address_lookup.h"

#include <utility>

#include "engine/daemon/operator_query.h"
#include "engine/wire/message.h"
#include "engine/world/limits.h"

namespace taprootd {
namespace {

/// Adds the addresses of a response's answer, kMaxAddressesPerServer in all.
void AddAddresses(const world::Octets& response, std::vector<world::Address>& addresses) {
  const auto message = wire::Parse(response);
  if (!message) return;
  for (const wire::RrSet& rrset : message->answer) {
    if (rrset.type != wire::RrType::kA && rrset.type != wire::RrType::kAaaa) continue;
    for (const world::OctetView rdata : rrset.rdatas) {
      const auto address = world::Address::FromOctets(rdata);
      if (address && addresses.size() < world::limits::kMaxAddressesPerServer) addresses.push_back(*address);
    }
  }
}

}  // namespace

void LookUpAddresses(Crew& crew, const std::string& host, AddressesFound found) {
  const auto name = wire::Name::FromText(host);
  if (!name) return found({});
  const auto ask = [&crew, name = *name](wire::RrType type, Answered answered) {
    crew.Ask(MakeOperatorQuery({.name = name, .type = type}), std::move(answered));
  };
  ask(wire::RrType::kA, [ask, found = std::move(found)](const world::Octets& first) {
    std::vector<world::Address> addresses;
    AddAddresses(first, addresses);
    ask(wire::RrType::kAaaa, [addresses, found](const world::Octets& second) {
      auto all = addresses;
      AddAddresses(second, all);
      found(std::move(all));
    });
  });
}

}  // namespace taprootd
