#include "engine/zone/hints.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/wire/rrset.h"
#include "engine/world/check.h"
#include "engine/world/limits.h"
#include "engine/zone/record_reader.h"

namespace zone {

/// The text of zones/root.hints.
extern const std::string_view kRootHintsText;

namespace {

/// Gathers the records of a hints file.
class HintsBuilder {
 public:
  /// Borrows the reader, for errors, for its life.
  explicit HintsBuilder(const RecordReader& reader) : reader_(reader) {}

  /// Adds a record, or says why it is none of a hints file.
  absl::Status Add(Record record) {
    if (record.type == wire::RrType::kNs) return AddServer(record);
    if (record.type != wire::RrType::kA && record.type != wire::RrType::kAaaa) {
      return reader_.ErrorAt(
          record.line, fmt::format("type {}: a hints file holds NS, A and AAAA alone", wire::ToText(record.type)));
    }
    addresses_.push_back(std::move(record));
    return absl::OkStatus();
  }

  /// Returns the hints of all records, or says what is missing.
  absl::StatusOr<SharedRootHints> Finish() {
    if (hints_.empty()) return reader_.ErrorAt(reader_.line(), "no NS of the root");
    for (const Record& record : addresses_) {
      if (absl::Status status = AddAddress(record); !status.ok()) return status;
    }
    if (addresses_.empty()) return reader_.ErrorAt(reader_.line(), "no server has an address");
    return std::make_shared<const RootHints>(std::move(hints_));
  }

 private:
  /// Adds a root server that an NS names.
  absl::Status AddServer(const Record& record) {
    if (!record.owner.IsRoot()) {
      return reader_.ErrorAt(record.line, fmt::format("an NS of {}, not of the root", record.owner.ToText()));
    }
    std::optional<wire::Name> name = wire::TargetName(record.type, record.rdata);
    if (!name) return reader_.ErrorAt(record.line, "an NS that cannot be read");
    if (Find(*name) != hints_.end()) return absl::OkStatus();
    if (hints_.size() == world::limits::kMaxNameServers) {
      return reader_.ErrorAt(record.line, fmt::format("more than {} servers", world::limits::kMaxNameServers));
    }
    hints_.push_back({.name = *std::move(name), .addresses = {}});
    return absl::OkStatus();
  }

  /// Adds an address to its server.
  absl::Status AddAddress(const Record& record) {
    const auto server = Find(record.owner);
    if (server == hints_.end()) {
      return reader_.ErrorAt(record.line, fmt::format("{} is no root server of this file", record.owner.ToText()));
    }
    const std::optional<world::Address> address = world::Address::FromOctets(record.rdata);
    if (!address) return reader_.ErrorAt(record.line, "an address that cannot be read");
    if (std::ranges::find(server->addresses, *address) != server->addresses.end()) return absl::OkStatus();
    if (server->addresses.size() == world::limits::kMaxAddressesPerServer) {
      return reader_.ErrorAt(record.line, fmt::format("more than {} addresses", world::limits::kMaxAddressesPerServer));
    }
    server->addresses.push_back(*address);
    return absl::OkStatus();
  }

  /// Returns the server of the name, or the end.
  RootHints::iterator Find(const wire::Name& name) { return std::ranges::find(hints_, name, &RootHint::name); }

  const RecordReader& reader_;
  RootHints hints_;
  std::vector<Record> addresses_;  // Judged at the end: an address may stand before the NS of its server.
};

}  // namespace

absl::StatusOr<SharedRootHints> ParseRootHints(world::OctetView text, std::string_view file_name) {
  RecordReader reader(text, file_name, wire::Name());
  HintsBuilder builder(reader);
  while (true) {
    absl::StatusOr<std::optional<Record>> record = reader.Next();
    if (!record.ok()) return record.status();
    if (!record->has_value()) return builder.Finish();
    if (absl::Status status = builder.Add(**std::move(record)); !status.ok()) return status;
  }
}

SharedRootHints BuiltInRootHints() {
  const auto* const octets = reinterpret_cast<const uint8_t*>(kRootHintsText.data());
  absl::StatusOr<SharedRootHints> hints = ParseRootHints({octets, kRootHintsText.size()}, "zones/root.hints");
  CHECK(hints.ok());
  return *std::move(hints);
}

}  // namespace zone
