#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/wire/message.h"

namespace policy {

/// Names that are answered here and never asked upstream: the special-use names (RFC 6761, 6303, 7686, 8375, 9476; RFC
/// 9462's resolver.arpa), from zones/special-use.names (built in). An explicit stub or route for a name at or above the
/// question, more specific than the special-use name, or equal to it, beats them.
class LocalNames {
 public:
  /// Takes the zones of `[[stub]]` (and later of routes) that switch built-in names off.
  explicit LocalNames(const std::vector<wire::Name>& routed);
  ~LocalNames();
  LocalNames(LocalNames&&) noexcept;
  LocalNames& operator=(LocalNames&&) noexcept;

  /// Returns the response to the question (rcode, answer and authority sections; AA clear, as a resolver's), or nothing
  /// when the name is no special one, is routed, or the question is one that the parent answers: the DS of the special
  /// name itself. Cheap for other names: one look-up of their TLD.
  std::optional<wire::Message> Answer(const wire::Question& question) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace policy
