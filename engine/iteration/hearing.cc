#include "engine/iteration/hearing.h"

namespace iteration {

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
