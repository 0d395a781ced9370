#include "tools/taproot/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "engine/settings/nearest.h"

namespace taproot {
namespace {

constexpr std::string_view kVersion = TAPROOT_VERSION;

/// Returns the option of that name, or null.
const Option* FindOption(std::span<const Option> options, std::string_view name) {
  const auto found =
      std::find_if(options.begin(), options.end(), [&](const Option& each) { return each.name == name; });
  return found == options.end() ? nullptr : &*found;
}

/// Returns what to say of an option that the verb does not have.
std::string UnknownOption(std::string_view name, std::span<const Option> options) {
  std::vector<std::string_view> names;
  for (const Option& option : options) names.push_back(option.name);
  const std::string_view nearest = settings::Nearest(name, names);
  return fmt::format("unknown option {}{}", name,
                     nearest.empty() ? std::string() : fmt::format("; did you mean {}?", nearest));
}

/// Returns the verbs of two words that begin with `first`, quoted and separated by commas.
std::string Family(std::span<const Verb> verbs, std::string_view first) {
  std::string names;
  for (const Verb& verb : verbs) {
    if (!verb.name.starts_with(std::string(first) + " ")) continue;
    names += fmt::format("{}`{}`", names.empty() ? "" : ", ", verb.name);
  }
  return names;
}

/// Returns what to say of words that begin with no verb.
std::string UnknownVerb(std::span<const Verb> verbs, std::span<const std::string> words) {
  const std::string family = Family(verbs, words[0]);
  if (!family.empty()) return fmt::format("`{}` what? There are {}", words[0], family);
  std::vector<std::string_view> names;
  for (const Verb& verb : verbs) names.push_back(verb.name);
  const std::string two = words.size() > 1 ? words[0] + " " + words[1] : words[0];
  std::string_view nearest = settings::Nearest(two, names);
  if (nearest.empty()) nearest = settings::Nearest(words[0], names);
  return fmt::format("no verb `{}`{}", words[0],
                     nearest.empty() ? std::string() : fmt::format("; did you mean `{}`?", nearest));
}

/// Prints what is wrong with a command line, and where to read more.
Exit Misused(std::string_view why, std::string_view usage) {
  fmt::print(stderr, "taproot: {}\n{}\n", why, usage);
  return Exit::kUsage;
}

/// Runs `help`, or `help VERB`.
Exit RunHelp(std::span<const Verb> verbs, std::span<const std::string> words) {
  if (words.empty()) {
    fmt::print("{}", HelpOfAll(verbs));
    return Exit::kGood;
  }
  const Verb* verb = FindVerb(verbs, words);
  if (verb == nullptr) return Misused(UnknownVerb(verbs, words), "`taproot help` lists the verbs.");
  fmt::print("{}", HelpOf(*verb));
  return Exit::kGood;
}

}  // namespace

std::variant<Arguments, std::string> Arguments::Parse(std::span<const std::string> words,
                                                      std::span<const Option> options) {
  Arguments arguments;
  bool only_words = false;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (only_words || !word.starts_with('-') || word == "-") {
      arguments.words_.push_back(word);
      continue;
    }
    if (word == "--") {
      only_words = true;
      continue;
    }
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Option* option = FindOption(options, name);
    if (option == nullptr) return UnknownOption(name, options);
    if (option->value.empty()) {
      if (equals != word.npos) return fmt::format("{} takes no value", name);
      arguments.options_[name] = "";
    } else if (equals != word.npos) {
      arguments.options_[name] = word.substr(equals + 1);
    } else if (++i < words.size()) {
      arguments.options_[name] = words[i];
    } else {
      return fmt::format("{} wants a value: {}", name, option->value);
    }
  }
  return arguments;
}

std::optional<std::string> Arguments::Value(std::string_view option) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::nullopt : std::optional(found->second);
}

size_t NameWords(const Verb& verb) { return verb.name.find(' ') == verb.name.npos ? 1 : 2; }

const Verb* FindVerb(std::span<const Verb> verbs, std::span<const std::string> words) {
  for (size_t count : {size_t{2}, size_t{1}}) {
    if (words.size() < count) continue;
    const std::string name = count == 2 ? words[0] + " " + words[1] : words[0];
    for (const Verb& verb : verbs) {
      if (verb.name == name) return &verb;
    }
  }
  return nullptr;
}

std::string UsageOf(const Verb& verb) {
  std::string usage = fmt::format("taproot {}", verb.name);
  for (const Option& option : verb.options) {
    usage +=
        option.value.empty() ? fmt::format(" [{}]", option.name) : fmt::format(" [{} {}]", option.name, option.value);
  }
  if (!verb.arguments.empty()) usage += fmt::format(" {}", verb.arguments);
  return usage;
}

std::string HelpOf(const Verb& verb) {
  std::string page = fmt::format("{}\n\n{}\n", UsageOf(verb), verb.summary);
  if (!verb.help.empty()) page += fmt::format("\n{}\n", verb.help);
  if (verb.options.empty()) return page;
  size_t width = 0;
  for (const Option& option : verb.options) width = std::max(width, option.name.size() + 1 + option.value.size());
  page += "\n";
  for (const Option& option : verb.options) {
    page += fmt::format("  {:<{}}  {}\n", fmt::format("{} {}", option.name, option.value), width, option.doc);
  }
  return page;
}

std::string HelpOfAll(std::span<const Verb> verbs) {
  std::string page = "Taproot, a DNS resolver with its own copy of the root zone.\n\n";
  size_t width = 0;
  for (const Verb& verb : verbs) width = std::max(width, verb.name.size() + 1 + verb.arguments.size());
  for (const Verb& verb : verbs) {
    if (verb.audience == Audience::kBuilders) continue;
    page += fmt::format("  {:<{}}  {}\n", fmt::format("{} {}", verb.name, verb.arguments), width, verb.summary);
  }
  return page +
         "\n`taproot help VERB` tells more of one. Settings are read from /etc/taproot/taproot.toml, or from the file "
         "that\n"
         "--config names; docs/SETTINGS.md and docs/OPERATING.md explain them.\n";
}

Exit Run(std::span<const Verb> verbs, std::span<const std::string> words) {
  if (words.empty()) return Misused("what is to be done?", HelpOfAll(verbs));
  if (words[0] == "--version" || words[0] == "version") {
    fmt::print("taproot {}\n", kVersion);
    return Exit::kGood;
  }
  if (words[0] == "help" || words[0] == "--help" || words[0] == "-h") return RunHelp(verbs, words.subspan(1));
  const Verb* verb = FindVerb(verbs, words);
  if (verb == nullptr) return Misused(UnknownVerb(verbs, words), "`taproot help` lists the verbs.");
  const std::span<const std::string> rest = words.subspan(NameWords(*verb));
  if (std::find(rest.begin(), rest.end(), "--help") != rest.end()) {
    fmt::print("{}", HelpOf(*verb));
    return Exit::kGood;
  }
  const std::string usage = fmt::format("usage: {}", UsageOf(*verb));
  const auto parsed = Arguments::Parse(rest, verb->options);
  if (const auto* why = std::get_if<std::string>(&parsed)) return Misused(*why, usage);
  const auto& arguments = std::get<Arguments>(parsed);
  if (arguments.words().size() < verb->least) return Misused("too few words", usage);
  if (arguments.words().size() > verb->most) {
    return Misused(fmt::format("one word too many: {}", arguments.words()[verb->most]), usage);
  }
  return verb->run(arguments);
}

}  // namespace taproot
