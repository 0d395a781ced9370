#include <fmt/format.h>

#include "engine/metrics/pages.h"
#include "engine/settings/pages.h"
#include "tools/taproot/verbs.h"

namespace taproot {
namespace {

/// Returns the words of `verbs` that may stand first or, after `first`, second; separated by spaces.
std::string WordsAfter(std::string_view first) {
  std::string words;
  for (const Verb& verb : Verbs()) {
    if (verb.audience == Audience::kBuilders) continue;
    const size_t space = verb.name.find(' ');
    const std::string_view head = verb.name.substr(0, space);
    std::string_view word = head;
    if (!first.empty()) word = head == first && space != verb.name.npos ? verb.name.substr(space + 1) : "";
    if (!word.empty() && !words.ends_with(word)) words += fmt::format("{}{}", words.empty() ? "" : " ", word);
  }
  return words;
}

/// Returns the options of a verb, separated by spaces.
std::string OptionsOf(const Verb& verb) {
  std::string names;
  for (const Option& option : verb.options) names += fmt::format("{} ", option.name);
  return names + "--help";
}

/// Returns text as troff takes it: no line begins with a control character, backslashes and hyphens are themselves.
std::string Troff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n')) escaped += "\\&";
    if (c == '\\') escaped += '\\';
    escaped += c == '-' ? std::string("\\-") : std::string(1, c);
  }
  return escaped;
}

/// Returns the manual page taproot(1).
std::string ManualPage() {
  std::string page =
      ".TH TAPROOT 1\n.SH NAME\ntaproot \\- a DNS resolver with its own copy of the root zone\n"
      ".SH SYNOPSIS\n.B taproot\n.I VERB\n[options] [words]\n.SH VERBS\n";
  for (const Verb& verb : Verbs()) {
    if (verb.audience == Audience::kBuilders) continue;
    page += fmt::format(".TP\n.B {}\n{}\n{}\n", Troff(UsageOf(verb)), Troff(verb.summary), Troff(verb.help));
    for (const Option& option : verb.options) {
      page += fmt::format(".RS\n.TP\n.B {}\n{}\n.RE\n", Troff(fmt::format("{} {}", option.name, option.value)),
                          Troff(option.doc));
    }
  }
  return page +
         ".SH EXIT STATUS\n0 when all is well, 1 when something failed, 2 when the command line is wrong.\n"
         ".SH FILES\n.I /etc/taproot/taproot.toml\n\\- the settings\n";
}

}  // namespace

Exit RunDocs(const Arguments& arguments) {
  const std::string page = arguments.Word(0);
  if (page == "settings") {
    fmt::print("{}", settings::ToMarkdown());
  } else if (page == "metrics") {
    fmt::print("{}", metrics::ToMarkdown());
  } else if (page == "example") {
    fmt::print("{}", settings::ToExample());
  } else if (page == "man") {
    fmt::print("{}", ManualPage());
  } else {
    fmt::print(stderr, "taproot: no page {}; there are settings, metrics, example and man\n", page);
    return Exit::kUsage;
  }
  return Exit::kGood;
}

Exit RunCompletion(const Arguments&) {
  std::string script =
      "_taproot() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} words=\n"
      "  case ${COMP_WORDS[COMP_CWORD-1]} in\n"
      "    --config|--socket) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
      "  esac\n"
      "  case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n";
  for (const Verb& verb : Verbs()) {
    const bool is_two = NameWords(verb) == 2;
    script += fmt::format("    '{}'{}) words='{}' ;;\n", verb.name, is_two ? "*" : "\\ *", OptionsOf(verb));
  }
  script += "  esac\n";
  script += fmt::format("  [ \"$COMP_CWORD\" != 1 ] || words='{} help --version'\n", WordsAfter(""));
  for (const std::string_view family : {"root", "cache"}) {
    script +=
        fmt::format("  [ \"$COMP_CWORD ${{COMP_WORDS[1]}}\" != '2 {}' ] || words='{}'\n", family, WordsAfter(family));
  }
  script +=
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "}\n"
      "complete -o default -F _taproot taproot\n";
  fmt::print("{}", script);
  return Exit::kGood;
}

}  // namespace taproot
