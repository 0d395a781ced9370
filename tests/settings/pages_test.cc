#include "engine/settings/pages.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "engine/settings/parse.h"

using settings::Settings;

TEST_CASE("Settings written as a file read back to the same") {
  Settings settings;
  settings.server.listen = settings::Endpoints("[2001:db8::1]:5300");
  settings.server.state_dir = "/tmp/a \"b\"\n";
  settings.walk.qname_minimisation = settings::QnameMinimisation::kOff;
  settings.walk.query_time = world::Milliseconds(1500);
  settings.cache.size_octets = 1'048'577;
  settings.stubs.push_back({*wire::Name::FromText("corp.example"), settings::Endpoints("10.0.0.1:5353")});
  CHECK(std::get<Settings>(settings::Parse(settings::ToToml(settings))) == settings);
  CHECK(std::get<Settings>(settings::Parse(settings::ToToml(Settings()))) == Settings());
}

TEST_CASE("The example file reads to the defaults, also with its settings uncommented") {
  const std::string example = settings::ToExample();
  CHECK(std::get<Settings>(settings::Parse(example)) == Settings());
  std::istringstream lines(example);
  std::string uncommented, line;
  while (std::getline(lines, line)) {
    if (line.starts_with("# ") && line.find(" = ") != line.npos && line[2] >= 'a' && line[2] <= 'z') line.erase(0, 2);
    const bool of_a_list = line.starts_with("zone =") || line.starts_with("servers =") || line.starts_with("name =") ||
                           line.starts_with("domains =") || line.starts_with("pool =");
    if (!of_a_list) uncommented += line + "\n";
  }
  CHECK(std::get<Settings>(settings::Parse(uncommented)) == Settings());
  CHECK(uncommented.find("\nworkers = 0\n") != uncommented.npos);
}

TEST_CASE("Changes are told by when they hold") {
  const Settings before;
  Settings after;
  after.server.workers = 3;
  after.server.allow.pop_back();
  after.log.level = settings::LogLevel::kDebug;
  after.stubs.push_back({*wire::Name::FromText("a"), settings::Endpoints("10.0.0.1")});
  const auto changes = settings::Compare(before, after);
  CHECK(changes.live == std::vector<std::string>{"server.allow", "log.level"});
  CHECK(changes.needs_restart == std::vector<std::string>{"server.workers", "stub"});
  CHECK(settings::Compare(after, after).live.empty());
}

TEST_CASE("docs/SETTINGS.md is what the table makes of it") {
  std::ifstream file(TAPROOT_SOURCE "/docs/SETTINGS.md");
  std::ostringstream text;
  text << file.rdbuf();
  CHECK(text.str() == settings::ToMarkdown());
}
