#include "engine/iteration/hearing.h"

namespace iteration {

bool IsResponseTo(const wire::Opening& opening, uint16_t id, const wire::Question& asked) {
  if (!opening.header.qr || opening.header.id != id) return false;
  if (opening.header.opcode != wire::Opcode::kQuery) return false;
  if (opening.question) return *opening.question == asked;
  // A server that cannot read the query may leave the question out, but only to say so (RFC 1035 section 4.1.1,
  // FORMERR).
  const bool error = opening.header.rcode != wire::Rcode::kNoError && opening.header.rcode != wire::Rcode::kNxDomain;
  return opening.question_count == 0 && error;
}

servers::Report ReportOf(const Verdict& verdict) {
  if (std::holds_alternative<EdnsRefused>(verdict)) return servers::Report::kNoEdns;
  if (!IsUseless(verdict)) return servers::Report::kValid;
  const auto* error = std::get_if<ServerError>(&verdict);
  if (error == nullptr) return servers::Report::kLame;
  if (error->rcode == wire::Rcode::kRefused) return servers::Report::kRefused;
  if (error->rcode == wire::Rcode::kFormErr || error->rcode == wire::Rcode::kNotImp) return servers::Report::kFormErr;
  return servers::Report::kServFail;
}

}  // namespace iteration
