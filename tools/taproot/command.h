#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace taproot {

/// What the process returns to the shell.
enum class Exit : int { kGood = 0, kFailed = 1, kUsage = 2 };

/// An option of a verb.
struct Option {
  std::string_view name;   ///< `--config`.
  std::string_view value;  ///< `FILE`; empty: it takes none.
  std::string_view doc;
};

/// The words of a command line after its verb, sorted into options and the rest.
class Arguments {
 public:
  /// Returns the arguments, or in words what is wrong with them. `--name VALUE` and `--name=VALUE` are the same; after
  /// `--` nothing is an option.
  [[nodiscard]] static std::variant<Arguments, std::string> Parse(std::span<const std::string> words,
                                                                  std::span<const Option> options);

  /// Returns whether the option was given.
  bool Has(std::string_view option) const { return options_.find(option) != options_.end(); }

  /// Returns the option's value, if it was given.
  std::optional<std::string> Value(std::string_view option) const;

  /// Returns the word with this index, or an empty one.
  std::string Word(size_t index) const { return index < words_.size() ? words_[index] : std::string(); }

  const std::vector<std::string>& words() const { return words_; }

 private:
  std::map<std::string, std::string, std::less<>> options_;
  std::vector<std::string> words_;
};

/// Whether a verb is told of in the list of verbs.
enum class Audience : unsigned char { kOperators, kBuilders };

/// Something that `taproot` does: a row of the table in verbs.cc.
struct Verb {
  std::string_view name;         ///< One word or two: `root status`.
  std::string_view arguments{};  ///< For people: `NAME [TYPE]`.
  size_t least = 0;              ///< Words that it needs.
  size_t most = 0;               ///< Words that it takes.
  std::span<const Option> options{};
  std::string_view summary{};  ///< One line.
  std::string_view help{};     ///< More, for `taproot help VERB`; may be empty.
  Exit (*run)(const Arguments&) = nullptr;
  Audience audience = Audience::kOperators;
};

/// Returns the verb that the words begin with, or null. Two words go before one.
const Verb* FindVerb(std::span<const Verb> verbs, std::span<const std::string> words);

/// Returns how many words a verb's name has.
size_t NameWords(const Verb& verb);

/// Returns `taproot VERB [options] ARGUMENTS`.
std::string UsageOf(const Verb& verb);

/// Returns the page of `taproot help VERB`.
std::string HelpOf(const Verb& verb);

/// Returns the page of `taproot help`.
std::string HelpOfAll(std::span<const Verb> verbs);

/// Runs the command line's words, and says what is wrong with them where something is.
Exit Run(std::span<const Verb> verbs, std::span<const std::string> words);

}  // namespace taproot
