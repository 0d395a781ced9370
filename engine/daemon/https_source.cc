#include "engine/daemon/https_source.h"

#include <fmt/format.h>

#include <memory>
#include <string_view>
#include <utility>

#include "engine/daemon/file.h"
#include "engine/transport/http1.h"
#include "engine/transport/tls.h"
#include "engine/world/limits.h"

namespace taprootd {
namespace {

using transport::Http1Reader;
using transport::TlsSession;

constexpr uint16_t kHttpsPort = 443;

/// Returns whom servers are trusted by.
absl::StatusOr<std::unique_ptr<transport::TlsClientContext>> ContextOf(const std::string& authorities_file) {
  if (authorities_file.empty()) return std::make_unique<transport::TlsClientContext>();
  const auto text = ReadFile(authorities_file, world::limits::kMaxSettingsOctets);
  if (!text.ok()) return text.status();
  return std::make_unique<transport::TlsClientContext>(*text);
}

/// Returns the request for the file.
std::string RequestText(const FileQuery& query) {
  const settings::ZoneSource& source = query.source;
  return transport::ToText(
      {.host = source.port == kHttpsPort ? source.name : fmt::format("{}:{}", source.name, source.port),
       .path = source.path,
       .etag = query.etag,
       .modified = query.modified});
}

/// Sends the request and reads the response, whole or not at all.
absl::Status Converse(const std::string& request, PatientStream& stream, TlsSession& session, Http1Reader& reader) {
  session.Send({reinterpret_cast<const uint8_t*>(request.data()), request.size()});
  while (reader.state() == Http1Reader::State::kHead || reader.state() == Http1Reader::State::kBody) {
    if (auto status = stream.Send(std::exchange(session.output(), {})); !status.ok()) return status;
    const auto octets = stream.Receive();
    if (!octets.ok()) return octets.status();
    reader.Take(session.Receive(*octets));
    if (session.phase() == TlsSession::Phase::kFailed) return absl::UnavailableError(session.fault());
    // RFC 9112 section 9.8: an end that TLS does not vouch for may be anybody's, and tells nothing of the whole.
    if (session.phase() == TlsSession::Phase::kEnded) reader.End();
    const bool goes_on = reader.state() == Http1Reader::State::kHead || reader.state() == Http1Reader::State::kBody;
    if (octets->empty() && goes_on) return absl::UnavailableError("it closed the connection before the end");
  }
  if (reader.state() == Http1Reader::State::kWhole) return absl::OkStatus();
  if (reader.state() == Http1Reader::State::kBroken) return absl::UnavailableError("its response is not HTTP/1.1");
  return absl::ResourceExhaustedError("its response is longer than a zone may be");
}

/// Returns the error with the source's name before it.
absl::Status Named(const settings::ZoneSource& source, const absl::Status& status) {
  return {status.code(), fmt::format("{}: {}", source.ToText(), std::string(status.message()))};
}

}  // namespace

absl::StatusOr<FileAnswer> FetchFile(const FileQuery& query, const world::Endpoint& from) {
  const auto context = ContextOf(query.authorities_file);
  if (!context.ok()) return context.status();
  PatientStream stream(query.patience);
  if (auto status = stream.Connect(from); !status.ok()) return Named(query.source, status);
  TlsSession session(**context, world::Identity{.name = query.source.name}, transport::Inside::kHttp1);
  Http1Reader reader(world::limits::kMaxZoneOctets);
  if (auto status = Converse(RequestText(query), stream, session, reader); !status.ok()) {
    return Named(query.source, status);
  }
  const bool is_conditional = !query.etag.empty() || !query.modified.empty();
  if (reader.status() == 304 && is_conditional) {
    return FileAnswer{.is_unchanged = true, .octets = {}, .etag = query.etag, .modified = query.modified};
  }
  if (reader.status() != 200) {
    return Named(query.source, absl::UnavailableError(fmt::format("HTTP status {}", reader.status())));
  }
  return FileAnswer{.is_unchanged = false,
                    .octets = std::move(reader.body()),
                    .etag = std::string(reader.Field("etag")),
                    .modified = std::string(reader.Field("last-modified"))};
}

}  // namespace taprootd
