#include "tools/lab/serve.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "tools/lab/tally.h"
#include "tools/lab/worker.h"

namespace lab {
namespace {

/// The workers with their threads and tallies.
class Crew {
 public:
  /// Opens all sockets; tells of the first that fails.
  absl::Status Open(const Options& options, const simulator::Internet& internet) {
    std::vector<Door> doors = {{world::Family::kIpv4, options.port, options.internet.loopback}};
    if (!options.internet.loopback) doors.push_back({world::Family::kIpv6, options.port, false});
    for (int i = 0; i < options.threads; ++i) {
      tallies_.push_back(std::make_unique<Tally>(!options.questions_file.empty()));
      const uint64_t seed = options.internet.seed * 64 + static_cast<uint64_t>(i);
      absl::StatusOr<std::unique_ptr<Worker>> worker = Worker::Open({internet, *tallies_.back(), seed, doors});
      if (!worker.ok()) return worker.status();
      workers_.push_back(*std::move(worker));
    }
    return absl::OkStatus();
  }

  /// Starts a thread for each worker.
  void Start() {
    for (const auto& worker : workers_) threads_.emplace_back([this, &worker] { worker->Run(stop_); });
  }

  /// Ends all threads.
  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  /// Returns what all have met so far.
  Summary Sum() {
    Summary summary;
    for (const auto& tally : tallies_) summary.Add(*tally);
    return summary;
  }

 private:
  std::atomic<bool> stop_ = false;
  std::vector<std::unique_ptr<Tally>> tallies_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
};

/// Writes the files that were asked for.
void WriteFiles(const Options& options, const Summary& summary) {
  if (!options.census_file.empty()) WriteFile(options.census_file, summary.CensusText());
  if (!options.questions_file.empty()) WriteFile(options.questions_file, summary.QuestionsText());
}

/// Returns what an operator has to know: the settings of the resolver, and where the root zone is.
std::string Advice(const Options& options) {
  const bool is_signed = options.internet.signing.on;
  const bool is_made = options.root_zone.empty() || is_signed;
  const std::string file = std::filesystem::absolute(is_made ? options.write_root_zone : options.root_zone).string();
  std::string text;
  if (options.internet.loopback) {
    text += fmt::format("[upstream]\nport = {}\nallow = [\"127.0.0.0/8\"]\n", options.port);
  }
  text += fmt::format("[root]\nzone-file = \"{}\"\n", file);
  if (!is_signed) return text + "zonemd = \"off\"\n";
  return text + fmt::format("[dnssec]\ntrust-anchors-file = \"{}\"\n",
                            std::filesystem::absolute(options.write_anchor).string());
}

}  // namespace

bool WriteFile(const std::string& path, std::string_view text) {
  // Readers wait for the file to appear: so it appears whole.
  const std::string draft = path + ".part";
  FILE* file = std::fopen(draft.c_str(), "w");
  bool is_good = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file != nullptr) is_good = std::fclose(file) == 0 && is_good;
  is_good = is_good && std::rename(draft.c_str(), path.c_str()) == 0;
  if (!is_good) fmt::print(stderr, "taproot-lab: cannot write {}\n", path);
  return is_good;
}

int Serve(const Options& options, const simulator::Internet& internet) {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // Before the threads, which take it over.
  Crew crew;
  if (absl::Status status = crew.Open(options, internet); !status.ok()) {
    fmt::print(stderr, "taproot-lab: {}\n", std::string(status.message()));
    return 1;
  }
  crew.Start();
  fmt::print("{}taproot-lab: ready on {}, port {}\n", Advice(options),
             options.internet.loopback ? "127.0.0.0/8" : "every address", options.port);
  std::fflush(stdout);
  for (int signal = 0; sigwait(&signals, &signal) == 0 && signal == SIGUSR1;) WriteFiles(options, crew.Sum());
  crew.Stop();
  const Summary summary = crew.Sum();
  fmt::print("{}", summary.CensusText());
  WriteFiles(options, summary);
  return 0;
}

}  // namespace lab
