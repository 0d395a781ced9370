#include "engine/daemon/service.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>
#include <variant>

#include "engine/daemon/clock.h"
#include "engine/daemon/file.h"
#include "engine/daemon/listening.h"
#include "engine/daemon/notify.h"
#include "engine/daemon/root_report.h"
#include "engine/daemon/store_options.h"
#include "engine/daemon/system_limits.h"
#include "engine/daemon/trust_anchors.h"
#include "engine/settings/pages.h"
#include "engine/settings/parse.h"

namespace taprootd {
namespace {

using nlohmann::ordered_json;

/// Time that queries in flight have when the daemon is told to stop.
constexpr world::Duration kStopTime = world::Seconds(2);

/// How often it is looked whether the certificate's files have changed.
constexpr world::Duration kLookPeriod = world::Seconds(2);

/// How often a stopping daemon looks whether all is answered.
constexpr world::Duration kStopPeriod = world::Milliseconds(10);

/// Descriptors that are none of a worker's: logs, loops, files, operators.
constexpr size_t kOtherFiles = 128;

/// Returns how many workers there are to be.
size_t WorkerCount(const settings::Settings& settings) {
  if (settings.server.workers > 0) return settings.server.workers;
  return std::clamp<size_t>(std::thread::hardware_concurrency(), 1, 256);
}

/// Returns a line that is an error.
std::string ErrorLine(std::string_view why) { return ordered_json({{"error", why}}).dump(); }

/// Returns how the socket at `path` is opened.
OperatorSocketOptions SocketOptions(std::string path, unsigned mode) {
  return {.path = std::move(path),
          .mode = mode,
          .busy_line = ErrorLine("too many operators"),
          .too_long_line = ErrorLine("a request is at most 64 KiB long")};
}

}  // namespace

Service::Service(const ServeOptions& options)
    : options_(options),
      settings_(std::make_shared<const settings::Settings>(options.settings)),
      store_(StoreOptionsOf(*settings_)),
      book_({.exploration_percent = settings_->upstream.exploration_percent}),
      ranking_(log_, book_, *settings_, [this](std::unique_ptr<Errand> errand) { loop_.RunAside(std::move(errand)); }),
      root_(log_, RootOptionsOf(*settings_, nullptr)),
      loop_(*this),
      crew_(loop_),
      fetcher_(
          log_, root_,
          [this](const std::string& host, AddressesFound found) { LookUpAddresses(crew_, host, std::move(found)); }),
      anchors_(
          log_, ReadClocks,
          [this](world::Octets query, KeysFound found) { crew_.Ask(std::move(query), std::move(found)); },
          [this](const validation::SharedAnchors& anchors) { PublishAnchors(anchors); }),
      uplink_reporter_(log_, book_.uplink()),
      desk_({.crew = crew_,
             .root = root_,
             .fetcher = fetcher_,
             .anchors = anchors_,
             .store = store_,
             .book = book_,
             .plan = forwarding::MakePlan(*settings_),
             .reload = [this] { return ReloadSettings(); },
             .counters = [this] { return MainCounters(); },
             .version = options.version}),
      stats_(
          loop_.poller(), SocketOptions(settings::StatsSocketPath(*settings_), settings_->stats.everyone ? 0666 : 0660),
          [this](const std::string& line, LineReply reply) { desk_.Handle(Authority::kLook, line, std::move(reply)); }),
      control_(loop_.poller(), SocketOptions(settings::ControlSocketPath(*settings_), 0600),
               [this](const std::string& line, LineReply reply) {
                 desk_.Handle(Authority::kChange, line, std::move(reply));
               }) {
  log_.Adopt(settings_->log.level, settings_->log.format);
  fetcher_.Attach(loop_);
  root_.Attach(loop_,
               [this](const zone::Snapshot& zone, std::function<void()> done) { PublishRoot(zone, std::move(done)); });
}

Service::~Service() {
  root_.Detach();
  fetcher_.Detach();
  anchors_.Detach();
}

absl::Status Service::Open() {
  std::vector<std::string> errors;
  auto anchors = LoadAnchors(*settings_);
  if (!anchors.ok()) errors.emplace_back(anchors.status().message());
  const validation::SharedAnchors trusted = anchors.ok() ? anchors_.Begin(*anchors, *settings_) : nullptr;
  if (trusted != nullptr) root_.Adopt(RootOptionsOf(*settings_, trusted));
  if (const auto status = root_.LoadFirst(); !status.ok()) errors.emplace_back(status.message());
  certificate_.Adopt(settings_->server.certificate, settings_->server.key);
  if (const auto status = certificate_.Read(); !status.ok()) errors.emplace_back(status.message());
  const size_t workers = WorkerCount(*settings_);
  auto listening = OpenListening(settings_->server, workers);
  if (!listening.ok()) errors.emplace_back(listening.status().message());
  OpenOperatorSockets(errors);
  if (!errors.empty()) return absl::UnavailableError(fmt::format("{}", fmt::join(errors, "\n")));
  for (const auto& warning : listening->warnings) log_.Warn(warning);
  ranking_.Begin(ReadClocks());
  HireWorkers(std::move(listening->workers), trusted);
  WatchSignals();
  LogStart(workers);
  return absl::OkStatus();
}

void Service::OpenOperatorSockets(std::vector<std::string>& errors) {
  const std::string& folder = settings_->server.state_dir;
  if (!folder.empty() && mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
    errors.push_back(fmt::format("{}: {} (server.state-dir)", folder, std::strerror(errno)));
    return;
  }
  for (OperatorServer* server : {&stats_, &control_}) {
    if (const auto status = server->Listen(); !status.ok()) errors.emplace_back(status.message());
  }
}

void Service::HireWorkers(std::vector<WorkerSockets> sockets, const validation::SharedAnchors& anchors) {
  for (size_t i = 0; i < sockets.size(); ++i) {
    crew_.Hire({.place = {.self = static_cast<world::WorkerId>(i), .workers = static_cast<uint16_t>(sockets.size())},
                .shared = {.store = store_, .book = book_},
                .settings = settings_,
                .root = root_.snapshot(),
                .root_proven_until = root_.status().evidence.proven_until,
                .hints = root_.hints(),
                .anchors = anchors,
                .sockets = std::move(sockets[i]),
                .certificate = certificate_.context(),
                .operators = crew_});
  }
}

void Service::WatchSignals() {
  signal(SIGPIPE, SIG_IGN);
  loop_.OnSignal(SIGTERM, [this] { Stop(); });
  loop_.OnSignal(SIGINT, [this] { Stop(); });
  loop_.OnSignal(SIGHUP, [this] { ReloadRoot(); });
}

void Service::LogStart(size_t workers) {
  std::vector<std::string> addresses;
  for (const auto& endpoint : settings_->server.listen) addresses.push_back(endpoint.ToText());
  log_.Info(
      fmt::format("taproot {}: {} workers, listening on {}", options_.version, workers, fmt::join(addresses, ", ")));
  LogRoot();
  WarnOfMissingRoutes();
  const size_t wanted = workers * (settings_->upstream.max_sockets + settings_->server.max_tcp_clients) + kOtherFiles;
  if (const size_t files = RaiseFileLimit(); files < wanted) {
    log_.Warn(
        fmt::format("only {} open files are allowed: upstream.max-sockets and server.max-tcp-clients of {} "
                    "workers may need {} (ulimit -n, LimitNOFILE)",
                    files, workers, wanted));
  }
}

void Service::LogRoot() {
  const RootStatus& status = root_.status();
  const zone::Snapshot& zone = root_.snapshot();
  if (zone == nullptr) {
    const std::string servers = status.file.empty() ? "built in" : "from " + status.file;
    log_.Warn(fmt::format("no root zone: the root servers {} are asked{}", servers,
                          root_.HasSources() ? " until a source gives one (root.sources)" : ""));
    return;
  }
  log_.Info(fmt::format("root zone: serial {} from {}, {} delegations, verified by {}", zone->serial(), status.file,
                        zone->delegation_count(), status.evidence.verified_by));
  if (settings_->dnssec.validation && !zone->IsSigned()) {
    log_.Warn(
        fmt::format("{} has no signatures: nothing leads from the trust anchor to any zone, so all answers "
                    "are insecure",
                    status.file));
  }
}

void Service::WarnOfMissingRoutes() {
  const bool ipv4 = settings_->upstream.ipv4 && HasRoute(world::Family::kIpv4);
  const bool ipv6 = settings_->upstream.ipv6 && HasRoute(world::Family::kIpv6);
  if (!ipv4 && !ipv6) {
    log_.Error("no usable upstream transport: neither an IPv4 nor an IPv6 route to the Internet");
  } else if (settings_->upstream.ipv4 && !ipv4) {
    log_.Info("no IPv4 route to the Internet: nameservers are asked over IPv6");
  } else if (settings_->upstream.ipv6 && !ipv6) {
    log_.Info("no IPv6 route to the Internet: nameservers are asked over IPv4");
  }
}

void Service::Run() {
  crew_.Start();
  NotifyManager(options_.notify_socket, "READY=1");
  loop_.Wake();
  loop_.Run();
  const size_t waiting = crew_.StillWaiting();
  crew_.Dismiss();
  ranking_.End(ReadClocks());
  log_.Info(waiting == 0 ? "stopped" : fmt::format("stopped; clients that still waited for an answer: {}", waiting));
}

void Service::OnTurn() {
  crew_.TakeMail();
  loop_.poller().Dispatch();
  if (!stopping_) return KeepFresh();
  const world::Instant now = ReadClocks().mono;
  if (now >= stop_by_ || (drained_ && crew_.StillWaiting() == 0)) {
    loop_.Stop();
  } else {
    loop_.SetAlarm(now + kStopPeriod, now);
  }
}

void Service::KeepFresh() {
  const world::Now now = ReadClocks();
  fetcher_.OnTurn(now);
  anchors_.OnTurn(now);
  ranking_.OnTurn(now);
  uplink_reporter_.OnTurn(now);
  const world::Instant next =
      std::min({fetcher_.NextTurn(now), anchors_.NextTurn(), ranking_.NextTurn(), uplink_reporter_.NextTurn()});
  loop_.SetAlarm(std::min(next, RenewCertificate(now.mono)), now.mono);
}

world::Instant Service::RenewCertificate(world::Instant now) {
  if (certificate_.context() == nullptr) return world::kNever;
  if (look_at_ != world::kNever && now < look_at_) return look_at_;
  const bool first = look_at_ == world::kNever;
  look_at_ = now + kLookPeriod;
  if (first || !certificate_.HasChanged()) return look_at_;
  if (const auto status = certificate_.Read(); !status.ok()) {
    log_.Error(fmt::format("certificate not taken: {}", std::string(status.message())));
    return look_at_;
  }
  log_.Info("certificate read again");
  crew_.Tell([context = certificate_.context()](Worker& worker) { worker.Adopt(context); });
  return look_at_;
}

void Service::Stop() {
  NotifyManager(options_.notify_socket, "STOPPING=1");
  stop_by_ = stopping_ ? world::Instant{} : ReadClocks().mono + kStopTime;
  if (stopping_) return;
  stopping_ = true;
  fetcher_.Detach();
  log_.Info("stopping");
  const Look drain = [](Worker& worker) {
    worker.Drain();
    return WorkerView{};
  };
  crew_.Gather(drain, [this](const std::vector<WorkerView>&) { drained_ = true; });
}

void Service::ReloadRoot() {
  root_.Reload({}, [](const RootResult&) {});
}

void Service::PublishAnchors(const validation::SharedAnchors& anchors) {
  root_.Adopt(RootOptionsOf(*settings_, anchors));
  crew_.Tell([anchors](Worker& worker) { worker.engine().Adopt(anchors); });
}

void Service::PublishRoot(const zone::Snapshot& zone, std::function<void()> done) {
  const Look adopt = [zone, until = root_.status().evidence.proven_until](Worker& worker) {
    worker.engine().Adopt(zone, until);
    return WorkerView{};
  };
  crew_.Gather(adopt, [done = std::move(done)](const std::vector<WorkerView>&) { done(); });
}

ordered_json Service::ReloadSettings() {
  const std::string& file = options_.settings_file;
  if (file.empty()) return {{"error", "the daemon runs without a settings file"}};
  const auto text = ReadFile(file, world::limits::kMaxSettingsOctets);
  if (!text.ok()) return {{"error", std::string(text.status().message())}};
  auto parsed = settings::Parse({reinterpret_cast<const char*>(text->data()), text->size()});
  if (const auto* mistakes = std::get_if<settings::Mistakes>(&parsed)) {
    ordered_json lines = ordered_json::array();
    for (const auto& mistake : *mistakes) lines.push_back(settings::ToText(mistake, file));
    const std::string count = fmt::format("{} mistake{}", lines.size(), lines.size() == 1 ? "" : "s");
    log_.Error(fmt::format("settings refused: {} in {}", count, file));
    return {{"error", count}, {"mistakes", std::move(lines)}};
  }
  auto& wanted = std::get<settings::Settings>(parsed);
  const auto anchors = LoadAnchors(wanted);
  if (!anchors.ok()) return {{"error", std::string(anchors.status().message())}};
  const auto changed = settings::Compare(*settings_, wanted).live;
  const auto needs_restart = settings::Compare(options_.settings, wanted).needs_restart;
  settings_ = std::make_shared<const settings::Settings>(std::move(wanted));
  log_.Adopt(settings_->log.level, settings_->log.format);
  const validation::SharedAnchors trusted = anchors_.Begin(*anchors, *settings_);
  root_.Adopt(RootOptionsOf(*settings_, trusted));
  crew_.Tell([settings = settings_, anchors = trusted](Worker& worker) {
    worker.Adopt(settings);
    worker.engine().Adopt(anchors);
  });
  certificate_.Adopt(settings_->server.certificate, settings_->server.key);
  log_.Info(
      fmt::format("settings read again: {} changed, {} wait for a restart", changed.size(), needs_restart.size()));
  return {{"changed", changed}, {"needs_restart", needs_restart}};
}

metrics::Counters Service::MainCounters() {
  using metrics::Metric;
  metrics::Counters counters;
  const cache::StoreStats stats = store_.Stats();
  counters.Set(Metric::kCacheOctets, stats.octets);
  counters.Set(Metric::kCacheLimitOctets, stats.limit_octets);
  counters.Add(Metric::kCacheEvictions, stats.evictions);
  CountRoot(root_, fetcher_, ReadClocks(), counters);
  counters.Set(Metric::kUpstreamsDown, book_.upstreams().CountDown());
  uplink_reporter_.Count(ReadClocks(), counters);
  counters.Add(Metric::kRankingsKept, ranking_.tally().kept);
  counters.Add(Metric::kRankingsNotKept, ranking_.tally().not_kept);
  counters.Add(Metric::kRankingsRefused, ranking_.tally().refused);
  counters.Add(Metric::kLimitKeysPerZone, anchors_.turned_away());
  counters.Add(Metric::kLimitOperators, stats_.turned_away() + control_.turned_away());
  return counters;
}

int Serve(const ServeOptions& options) {
  Service service(options);
  if (const auto status = service.Open(); !status.ok()) {
    Log log;
    log.Adopt(settings::LogLevel::kError, options.settings.log.format);
    log.Error(std::string(status.message()));
    return 1;
  }
  service.Run();
  return 0;
}

}  // namespace taprootd
