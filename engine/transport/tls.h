#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/world/identity.h"
#include "engine/world/octets.h"

namespace transport {

/// What is spoken inside TLS, told by ALPN (RFC 7301).
enum class Inside : uint8_t {
  kDns,    ///< `dot` (RFC 7858).
  kHttp2,  ///< `h2` (RFC 9113).
  kHttp1,  ///< `http/1.1` (RFC 9112), as a client alone.
};

/// The certificate and key that sessions of a server show. Immutable, shared by threads; sessions that stand keep what
/// they began with.
class TlsServerContext {
 public:
  /// Makes the context of a certificate chain and a key in PEM; an error's text says what is wrong with them.
  [[nodiscard]] static absl::StatusOr<std::shared_ptr<const TlsServerContext>> Make(world::OctetView certificate_pem,
                                                                                    world::OctetView key_pem);
  struct State;
  /// Keeps the constructor, which make_shared has to reach, to Make.
  struct Token {};
  TlsServerContext(Token, std::unique_ptr<State> state);
  ~TlsServerContext();
  TlsServerContext(const TlsServerContext&) = delete;
  TlsServerContext& operator=(const TlsServerContext&) = delete;

  State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Whom clients' sessions trust, and the sessions that can be resumed. Not thread-safe.
class TlsClientContext {
 public:
  /// Trusts the authorities of the system.
  TlsClientContext();
  /// Trusts those of a PEM text alone.
  explicit TlsClientContext(world::OctetView authorities_pem);
  ~TlsClientContext();
  TlsClientContext(const TlsClientContext&) = delete;
  TlsClientContext& operator=(const TlsClientContext&) = delete;

  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// One TLS session without a socket: octets of the network go in and out, and so do those inside.
class TlsSession {
 public:
  /// Where a session stands.
  enum class Phase : uint8_t {
    kHandshake,
    kOpen,
    kEnded,   ///< The other side has said that nothing more comes.
    kFailed,  ///< The handshake or a record is bad, or the other side is not who it has to be.
  };

  /// Begins a session as a server, which will speak `inside`.
  TlsSession(const TlsServerContext& context, Inside inside);
  /// Begins a session as a client with a server that has to be `identity`.
  TlsSession(TlsClientContext& context, const world::Identity& identity, Inside inside);
  ~TlsSession();
  TlsSession(TlsSession&&) noexcept;
  TlsSession& operator=(TlsSession&&) = delete;

  /// Takes what came from the network; returns what was inside of it, valid until the next call.
  world::OctetView Receive(world::OctetView octets);

  /// Sends octets, as one record as long as they are at most 16 KiB; held back while the handshake goes on.
  void Send(world::OctetView octets);
  /// Says that nothing more comes (RFC 8446 section 6.1).
  void End();

  /// What is to go to the network: the caller takes it away.
  world::Octets& output() { return output_; }

  Phase phase() const { return phase_; }
  bool resumed() const { return resumed_; }
  /// Returns what the two agreed to speak; empty: nothing was agreed.
  std::string_view protocol() const { return protocol_; }
  /// Returns why the session failed, for a person.
  const std::string& fault() const { return fault_; }

 private:
  struct State;
  /// Goes on with the handshake.
  void Shake();
  /// Takes in that the handshake is complete.
  void Open();
  /// Moves what OpenSSL has written to the output.
  void Drain();
  /// Ends the session for a fault.
  void Fail(std::string why);

  std::unique_ptr<State> state_;
  Phase phase_ = Phase::kHandshake;
  bool resumed_ = false;
  std::string protocol_;
  std::string fault_;
  world::Octets output_;
  world::Octets held_;  // Sent before the handshake was complete.
  world::Octets inside_;
};

}  // namespace transport
