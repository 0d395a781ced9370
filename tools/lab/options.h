#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/simulator/internet.h"

namespace lab {

/// The command line, read.
struct Options {
  std::string verb;                                       ///< serve, truth, names, census, root-zone, anchor.
  std::vector<std::string> arguments;                     ///< What follows the verb and is no option.
  simulator::InternetOptions internet;                    ///< Loopback unless a root zone is given.
  std::string root_zone;                                  ///< The root zone's file; empty: the lab's own.
  std::string write_root_zone = "taproot-lab-root.zone";  ///< Where `serve` puts a root zone of the lab's making.
  std::string write_anchor = "taproot-lab-anchor.ds";     ///< Where `serve` puts the trust anchor of a signed one.
  std::string census_file;                                ///< Where `serve` writes the census; empty: nowhere.
  std::string questions_file;  ///< Where `serve` writes how often each question came; empty: nowhere.
  uint16_t port = 5301;        ///< 53 in a namespace.
  int threads = 1;
  uint64_t from = 0;  ///< The first of the names.
};

/// Reads the command line, the program's name not included. Errors (InvalidArgument) name the argument.
absl::StatusOr<Options> ReadOptions(std::span<const std::string> arguments);

/// The page that `taproot-lab help` prints.
std::string HelpText();

}  // namespace lab
