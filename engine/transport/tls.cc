#include "engine/transport/tls.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/world/address.h"
#include "engine/world/check.h"

namespace transport {
namespace {

/// Frees the handles of OpenSSL.
struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
template <typename Handle>
using Owned = std::unique_ptr<Handle, Free>;

/// The names of protocols as ALPN lists them: each with its length before it.
constexpr auto kDnsProtocols = std::to_array<unsigned char>({3, 'd', 'o', 't'});
constexpr auto kHttpProtocols = std::to_array<unsigned char>({2, 'h', '2'});
constexpr auto kHttp1Protocols = std::to_array<unsigned char>({8, 'h', 't', 't', 'p', '/', '1', '.', '1'});
constexpr auto kHttpServerProtocols =
    std::to_array<unsigned char>({2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'});

/// Octets read from a session in one go: a whole record.
constexpr size_t kRecordOctets = 16 * 1024;

/// Sessions of servers that are kept to be resumed; the first in order goes.
constexpr size_t kMostSessions = 256;

/// What callbacks of OpenSSL have to know of a session.
struct SessionNotes {
  Inside inside = Inside::kDns;
  std::string key;  // Under which a client keeps it.
};

/// Returns the notes of a session.
const SessionNotes& NotesOf(const SSL* ssl) { return *static_cast<const SessionNotes*>(SSL_get_ex_data(ssl, 0)); }

/// Returns the reason of the last error, and forgets all.
std::string LastError() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  return reason == nullptr ? "no reason given" : reason;
}

/// Returns octets as something that OpenSSL reads.
Owned<BIO> Reader(world::OctetView octets) {
  return Owned<BIO>(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));
}

/// Returns what a client offers to speak.
std::span<const unsigned char> OfferOf(Inside inside) {
  switch (inside) {
    case Inside::kDns:
      return kDnsProtocols;
    case Inside::kHttp2:
      return kHttpProtocols;
    case Inside::kHttp1:
      break;
  }
  return kHttp1Protocols;
}

/// Chooses what is spoken with a client: the first protocol of ours that it offers. Without any in common a client of
/// DNS is served all the same (RFC 7858 asks for no ALPN).
int ChooseProtocol(SSL* ssl, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                   unsigned int offered_octets, void*) {
  const bool http = NotesOf(ssl).inside == Inside::kHttp2;
  const unsigned char* ours = http ? kHttpServerProtocols.data() : kDnsProtocols.data();
  const auto ours_octets = static_cast<unsigned int>(http ? kHttpServerProtocols.size() : kDnsProtocols.size());
  unsigned char* match = nullptr;
  const int found = SSL_select_next_proto(&match, length, ours, ours_octets, offered, offered_octets);
  *chosen = match;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

/// Sets what both sides have in common.
void Prepare(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);  // RFC 8996.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

/// Adds the certificates of a PEM text after the first to the chain that is shown.
void AddChain(SSL_CTX* context, BIO* pem) {
  while (X509* link = PEM_read_bio_X509(pem, nullptr, nullptr, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, link) != 1) X509_free(link);
  }
  ERR_clear_error();  // The end of the text is told as an error.
}

/// Returns the SHA-256 of a certificate's public key.
std::optional<world::KeyPin> PinOf(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return std::nullopt;
  world::KeyPin pin{};
  unsigned int length = 0;
  const int done = EVP_Digest(der, static_cast<size_t>(size), pin.data(), &length, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  return done == 1 ? std::optional(pin) : std::nullopt;
}

/// Returns under which key a server's session is kept: whoever has to be proven is part of it.
std::string SessionKey(const world::Identity& identity, Inside inside) {
  std::string key =
      fmt::format("{} {} {}", identity.name, static_cast<int>(identity.authentication), static_cast<int>(inside));
  for (const world::KeyPin& pin : identity.pins) key.append(pin.begin(), pin.end());
  return key;
}

}  // namespace

/// The context's handle.
struct TlsServerContext::State {
  Owned<SSL_CTX> context;
};

TlsServerContext::TlsServerContext(Token, std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsServerContext::~TlsServerContext() = default;

absl::StatusOr<std::shared_ptr<const TlsServerContext>> TlsServerContext::Make(world::OctetView certificate_pem,
                                                                               world::OctetView key_pem) {
  const auto certificates = Reader(certificate_pem);
  const Owned<X509> certificate(PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
  if (!certificate) return absl::InvalidArgumentError("no certificate in PEM: " + LastError());
  const auto keys = Reader(key_pem);
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(keys.get(), nullptr, nullptr, nullptr));
  if (!key) return absl::InvalidArgumentError("no private key in PEM: " + LastError());
  auto state = std::make_unique<State>();
  state->context.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = state->context.get();
  CHECK(context != nullptr);
  Prepare(context);
  if (SSL_CTX_use_certificate(context, certificate.get()) != 1) return absl::InvalidArgumentError(LastError());
  AddChain(context, certificates.get());
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return absl::InvalidArgumentError("the key is not that of the certificate: " + LastError());
  }
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // Tickets do without.
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  return std::make_shared<const TlsServerContext>(Token{}, std::move(state));
}

/// The context's handle and the sessions to resume.
struct TlsClientContext::State {
  State() : context(SSL_CTX_new(TLS_client_method())) {
    CHECK(context != nullptr);
    Prepare(context.get());
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context.get(), Keep);
    SSL_CTX_set_ex_data(context.get(), 0, this);
  }

  /// Keeps a session that a server offers to resume. Returns 1: it is ours from here on.
  static int Keep(SSL* ssl, SSL_SESSION* session) {
    auto* state = static_cast<State*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0));
    if (state->sessions.size() >= kMostSessions) state->sessions.erase(state->sessions.begin());
    state->sessions[NotesOf(ssl).key] = Owned<SSL_SESSION>(session);
    return 1;
  }

  Owned<SSL_CTX> context;
  std::map<std::string, Owned<SSL_SESSION>> sessions;
};

TlsClientContext::TlsClientContext() : state_(std::make_unique<State>()) {
  SSL_CTX_set_default_verify_paths(state_->context.get());
}

TlsClientContext::TlsClientContext(world::OctetView authorities_pem) : state_(std::make_unique<State>()) {
  const auto pem = Reader(authorities_pem);
  X509_STORE* store = SSL_CTX_get_cert_store(state_->context.get());
  while (X509* authority = PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)) {
    X509_STORE_add_cert(store, authority);
    X509_free(authority);
  }
  ERR_clear_error();
}

TlsClientContext::~TlsClientContext() = default;

/// The session's handle and who the other side has to be.
struct TlsSession::State {
  State(SSL_CTX* context, SessionNotes what)
      : notes(std::move(what)), ssl(SSL_new(context)), in(BIO_new(BIO_s_mem())), out(BIO_new(BIO_s_mem())) {
    CHECK(ssl != nullptr && in != nullptr && out != nullptr);
    SSL_set_ex_data(ssl.get(), 0, &notes);
    SSL_set_bio(ssl.get(), in, out);  // Owned by the session from here on.
  }

  /// Returns whether the other side has one of the keys that are asked for.
  bool HasPinnedKey() const {
    const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl.get());
    // A resumed session shows no chain: its ticket was made with who had the key.
    if (chain == nullptr) return SSL_session_reused(ssl.get()) == 1;
    for (int i = 0; i < sk_X509_num(chain); ++i) {
      const auto pin = PinOf(sk_X509_value(chain, i));
      if (pin && std::ranges::find(pins, *pin) != pins.end()) return true;
    }
    return false;
  }

  SessionNotes notes;
  Owned<SSL> ssl;
  BIO* in;
  BIO* out;
  std::vector<world::KeyPin> pins;
};

TlsSession::TlsSession(const TlsServerContext& context, Inside inside)
    : state_(std::make_unique<State>(context.state().context.get(), SessionNotes{inside, {}})) {
  SSL_set_accept_state(state_->ssl.get());
}

TlsSession::TlsSession(TlsClientContext& context, const world::Identity& identity, Inside inside)
    : state_(
          std::make_unique<State>(context.state().context.get(), SessionNotes{inside, SessionKey(identity, inside)})) {
  SSL* ssl = state_->ssl.get();
  const bool is_address = world::Address::FromText(identity.name).has_value();
  if (!is_address) SSL_set_tlsext_host_name(ssl, identity.name.c_str());
  state_->pins = identity.pins;
  // A pinned key says who it is without any authority (RFC 7858 section 4.2).
  if (identity.authentication == world::Authentication::kRequired && identity.pins.empty()) {
    SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
    if (is_address) {
      X509_VERIFY_PARAM_set1_ip_asc(param, identity.name.c_str());
    } else {
      X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
      X509_VERIFY_PARAM_set1_host(param, identity.name.c_str(), identity.name.size());
    }
  }
  const std::span<const unsigned char> offered = OfferOf(inside);
  SSL_set_alpn_protos(ssl, offered.data(), static_cast<unsigned int>(offered.size()));
  const auto known = context.state().sessions.find(state_->notes.key);
  if (known != context.state().sessions.end()) {
    SSL_set_session(ssl, known->second.get());
    context.state().sessions.erase(known);  // A ticket is used once (RFC 8446 appendix C.4).
  }
  SSL_set_connect_state(ssl);
  Shake();
}

TlsSession::~TlsSession() {
  if (state_ == nullptr || phase_ == Phase::kFailed) return;
  // OpenSSL takes a session that was not shut down for a bad one, and would not resume it.
  SSL_set_shutdown(state_->ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}
TlsSession::TlsSession(TlsSession&&) noexcept = default;

world::OctetView TlsSession::Receive(world::OctetView octets) {
  inside_.clear();
  if (phase_ == Phase::kFailed || phase_ == Phase::kEnded) return {};
  BIO_write(state_->in, octets.data(), static_cast<int>(octets.size()));
  if (phase_ == Phase::kHandshake) Shake();
  if (phase_ != Phase::kOpen) return {};
  for (;;) {
    const size_t had = inside_.size();
    inside_.resize(had + kRecordOctets);
    ERR_clear_error();
    const int read = SSL_read(state_->ssl.get(), inside_.data() + had, static_cast<int>(kRecordOctets));
    inside_.resize(had + static_cast<size_t>(std::max(read, 0)));
    if (read > 0) continue;
    const int why = SSL_get_error(state_->ssl.get(), read);
    if (why == SSL_ERROR_ZERO_RETURN) phase_ = Phase::kEnded;
    if (why == SSL_ERROR_SSL || why == SSL_ERROR_SYSCALL) Fail(LastError());
    break;
  }
  Drain();
  return inside_;
}

void TlsSession::Shake() {
  ERR_clear_error();
  const int done = SSL_do_handshake(state_->ssl.get());
  Drain();
  if (done == 1) return Open();
  const int why = SSL_get_error(state_->ssl.get(), done);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return;
  const long verdict = SSL_get_verify_result(state_->ssl.get());
  Fail(verdict != X509_V_OK ? X509_verify_cert_error_string(verdict) : LastError());
}

void TlsSession::Open() {
  if (!state_->pins.empty() && !state_->HasPinnedKey()) return Fail("the key is none of those that are pinned");
  phase_ = Phase::kOpen;
  resumed_ = SSL_session_reused(state_->ssl.get()) == 1;
  const unsigned char* name = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(state_->ssl.get(), &name, &length);
  protocol_.assign(name, name + length);
  if (!held_.empty()) Send(std::exchange(held_, {}));
}

void TlsSession::Send(world::OctetView octets) {
  if (phase_ == Phase::kHandshake) {
    held_.insert(held_.end(), octets.begin(), octets.end());
    return;
  }
  if (phase_ == Phase::kFailed || octets.empty()) return;
  ERR_clear_error();
  // Into memory everything can be written at once.
  if (SSL_write(state_->ssl.get(), octets.data(), static_cast<int>(octets.size())) <= 0) return Fail(LastError());
  Drain();
}

void TlsSession::End() {
  if (phase_ != Phase::kOpen && phase_ != Phase::kEnded) return;
  ERR_clear_error();
  SSL_shutdown(state_->ssl.get());
  Drain();
}

void TlsSession::Drain() {
  char* octets = nullptr;
  const long size = BIO_get_mem_data(state_->out, &octets);
  if (size <= 0) return;
  const auto* begin = reinterpret_cast<const uint8_t*>(octets);
  output_.insert(output_.end(), begin, begin + size);
  BIO_reset(state_->out);
}

void TlsSession::Fail(std::string why) {
  phase_ = Phase::kFailed;
  fault_ = std::move(why);
  Drain();  // The alert that says so.
}

}  // namespace transport
