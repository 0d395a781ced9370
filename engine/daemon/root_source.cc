#include "engine/daemon/root_source.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "engine/daemon/clock.h"
#include "engine/daemon/https_source.h"
#include "engine/daemon/secure_random.h"
#include "engine/transport/framing.h"
#include "engine/world/limits.h"
#include "engine/zone/incremental.h"
#include "engine/zone/transfer.h"

namespace taprootd {
namespace {

/// Returns the answer that the zone is, if it proves itself.
absl::StatusOr<SourceAnswer> Proven(zone::Snapshot zone, const SourceQuery& query) {
  auto proven = ProveRootZone(std::move(zone), query.source.ToText(), query.options, ReadClocks().wall);
  if (!proven.ok()) return proven.status();
  return SourceAnswer{.zone = *std::move(proven), .etag = {}, .modified = {}};
}

/// Reads a zone that is a file of this host.
absl::StatusOr<SourceAnswer> AskFile(const SourceQuery& query) {
  auto zone = ReadRootZone(query.source.path);
  if (!zone.ok()) return zone.status();
  return Proven(*std::move(zone), query);
}

/// One conversation over TCP with a server of the zone.
class Transferrer {
 public:
  Transferrer(const SourceQuery& query, std::string name)
      : query_(query), name_(std::move(name)), stream_(query.patience) {}

  /// Asks for the SOA, and for the zone if that is newer.
  absl::StatusOr<SourceAnswer> Ask(const world::Endpoint& to) {
    if (auto status = stream_.Connect(to); !status.ok()) return Named(status);
    const auto soa = AskSoa();
    if (!soa.ok()) return Named(soa.status());
    if (query_.serial && *query_.serial == soa->serial) return SourceAnswer();
    if (query_.serial && !zone::SerialIsOlder(*query_.serial, soa->serial)) {
      return Named(absl::FailedPreconditionError(
          fmt::format("its serial {} is older than {} in use", soa->serial, *query_.serial)));
    }
    if (query_.since != nullptr) {
      if (auto changed = AskChanges(); changed.ok()) return changed;
      // What it sent is of no use, and perhaps not all of it has come: the whole zone is asked for anew.
      if (auto status = Reconnect(to); !status.ok()) return Named(status);
    }
    auto zone = AskZone();
    if (!zone.ok()) return zone.status();
    return Proven(*std::move(zone), query_);
  }

 private:
  /// Returns the error with the source's name before it.
  absl::Status Named(const absl::Status& status) const {
    return {status.code(), fmt::format("{}: {}", name_, std::string(status.message()))};
  }

  /// Returns the zone's SOA.
  absl::StatusOr<wire::Soa> AskSoa() {
    const uint16_t id = random_.Bits16();
    if (auto status = SendFramed(zone::SoaQuery(id, wire::Name())); !status.ok()) return status;
    const auto message = NextMessage();
    if (!message.ok()) return message.status();
    auto soa = zone::SoaOfResponse(*message, id, wire::Name());
    if (!soa) return absl::UnavailableError("no SOA in its response");
    return *std::move(soa);
  }

  /// Returns the newer zone by its changes (RFC 1995), or that there is none.
  absl::StatusOr<SourceAnswer> AskChanges() {
    const uint16_t id = random_.Bits16();
    if (auto status = SendFramed(zone::IncrementalQuery(id, *query_.since)); !status.ok()) return status;
    zone::IncrementalTransfer transfer(name_, *query_.since, id);
    while (true) {
      const auto message = NextMessage();
      if (!message.ok()) return message.status();
      auto taken = transfer.Take(*message);
      if (!taken.ok()) return taken.status();
      if (!taken->has_value()) continue;
      auto* const zone = std::get_if<zone::Snapshot>(&**taken);
      return zone == nullptr ? SourceAnswer() : Proven(std::move(*zone), query_);
    }
  }

  /// Begins a conversation anew.
  absl::Status Reconnect(const world::Endpoint& to) {
    stream_ = PatientStream(query_.patience);
    reader_ = transport::FrameReader(transport::kMaxMessageOctets);
    rest_ = {};
    return stream_.Connect(to);
  }

  /// Returns the whole zone.
  absl::StatusOr<zone::Snapshot> AskZone() {
    const uint16_t id = random_.Bits16();
    if (auto status = SendFramed(zone::TransferQuery(id, wire::Name())); !status.ok()) return Named(status);
    zone::Transfer transfer(name_, wire::Name(), id);
    while (true) {
      const auto message = NextMessage();
      if (!message.ok()) return Named(message.status());
      auto zone = transfer.Take(*message);
      if (!zone.ok() || *zone != nullptr) return zone;
    }
  }

  /// Sends a message with its length before it.
  absl::Status SendFramed(world::OctetView message) {
    world::Octets framed;
    transport::AppendFrame(message, framed);
    return stream_.Send(framed);
  }

  /// Returns the next message, valid until the next call.
  absl::StatusOr<world::OctetView> NextMessage() {
    while (true) {
      const transport::Cut cut = reader_.Next(rest_);
      rest_ = cut.rest;
      if (cut.message) return *cut.message;
      const auto more = stream_.Receive();
      if (!more.ok()) return more.status();
      if (more->empty()) return absl::UnavailableError("it closed the connection before the end");
      rest_ = *more;
    }
  }

  const SourceQuery& query_;
  std::string name_;
  PatientStream stream_;
  SecureRandom random_;
  transport::FrameReader reader_{transport::kMaxMessageOctets};
  world::OctetView rest_;
};

/// Asks a server over HTTPS.
absl::StatusOr<SourceAnswer> AskHttps(const SourceQuery& query, const world::Endpoint& to) {
  auto file = FetchFile({.source = query.source,
                         .etag = query.etag,
                         .modified = query.modified,
                         .authorities_file = query.options.authorities_file,
                         .patience = query.patience},
                        to);
  if (!file.ok()) return file.status();
  SourceAnswer answer;
  if (!file->is_unchanged) {
    auto zone = zone::Zone::Parse(file->octets, query.source.ToText(), zone::LoadOptions{});
    if (!zone.ok()) return zone.status();
    auto proven = Proven(*std::move(zone), query);
    if (!proven.ok()) return proven.status();
    answer = *std::move(proven);
  }
  answer.etag = std::move(file->etag);
  answer.modified = std::move(file->modified);
  return answer;
}

/// Asks the source at one address.
absl::StatusOr<SourceAnswer> AskAt(const SourceQuery& query, const world::Endpoint& to) {
  if (query.source.kind == settings::ZoneSource::Kind::kHttps) return AskHttps(query, to);
  return Transferrer(query, query.source.ToText()).Ask(to);
}

}  // namespace

absl::StatusOr<SourceAnswer> AskSource(const SourceQuery& query) {
  if (query.source.kind == settings::ZoneSource::Kind::kFile) return AskFile(query);
  absl::StatusOr<SourceAnswer> answer =
      absl::UnavailableError(fmt::format("{}: no address was found", query.source.ToText()));
  for (const world::Endpoint& to : query.at) {
    answer = AskAt(query, to);
    // What one address says of the zone the next one says too: only an address that cannot be reached is passed over.
    if (answer.ok() || !absl::IsUnavailable(answer.status())) break;
  }
  return answer;
}

}  // namespace taprootd
