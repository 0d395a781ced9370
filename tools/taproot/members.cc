#include "tools/taproot/members.h"

#include <fmt/format.h>

#include "tools/taproot/terminal.h"

namespace taproot {
namespace {

/// Returns the member, or null where there is none or `object` is no object.
const Json* Find(const Json& object, std::string_view member) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(member);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

std::string TextIn(const Json& object, std::string_view member) {
  const auto* found = Find(object, member);
  return found != nullptr && found->is_string() ? Harmless(found->get<std::string>()) : std::string();
}

std::optional<int64_t> NumberIn(const Json& object, std::string_view member) {
  const auto* found = Find(object, member);
  if (found == nullptr || !found->is_number_integer()) return std::nullopt;
  return found->get<int64_t>();
}

uint64_t CountIn(const Json& object, std::string_view member) {
  const auto* found = Find(object, member);
  if (found == nullptr || !found->is_number_integer()) return 0;
  return found->is_number_unsigned() || found->get<int64_t>() >= 0 ? found->get<uint64_t>() : 0;
}

bool TruthIn(const Json& object, std::string_view member) {
  const auto* found = Find(object, member);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

Json ListIn(const Json& object, std::string_view member) {
  const auto* found = Find(object, member);
  return found != nullptr && found->is_array() ? *found : Json::array();
}

Json ObjectIn(const Json& object, std::string_view member) {
  const auto* found = Find(object, member);
  return found != nullptr && found->is_object() ? *found : Json::object();
}

void PrintJson(const Json& answer) { fmt::print("{}\n", answer.dump(2, ' ', false, Json::error_handler_t::replace)); }

}  // namespace taproot
