#pragma once

#include <string>

#include "engine/wire/message.h"

namespace forwarding {

/// What an upstream's response is worth, while others may come.
enum class Worth : uint8_t {
  kGood,
  kEmpty,    ///< NOERROR without data: true as far as it goes, unless another has data.
  kUseless,  ///< No answer: another upstream is asked.
};

/// A response, appraised.
struct Appraisal {
  Worth worth = Worth::kUseless;
  std::string what;  ///< For people: `answer`, `SERVFAIL`, `referral`.
};

/// Appraises a response to a forwarded question. Pure.
Appraisal Appraise(const wire::Question& question, const wire::Message& response);

}  // namespace forwarding
