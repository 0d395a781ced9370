#include "engine/resolver/admission.h"

#include <algorithm>
#include <utility>

#include "engine/world/limits.h"

namespace resolver {
namespace {

namespace limits = world::limits;

using wire::EdeCode;
using wire::ExtendedError;
using wire::Opcode;
using wire::Rcode;
using wire::RrType;

/// Returns an immediate answer without records.
Immediate Reject(Asking asking, Rcode rcode, std::optional<ExtendedError> error = std::nullopt) {
  return {std::move(asking), rcode, {}, std::move(error), true};
}

/// Returns the answer to ANY: one HINFO that says why (RFC 8482 section 4.2).
Immediate AnswerAny(Asking asking) {
  static constexpr uint8_t kRdata[] = {7, 'R', 'F', 'C', '8', '4', '8', '2', 0};
  wire::RrSet hinfo{asking.question.name, RrType::kHinfo, wire::RrClass::kIn, 3'600, {}, {}};
  hinfo.rdatas.Add(kRdata);
  return {std::move(asking), Rcode::kNoError, {std::move(hinfo)}, std::nullopt, true};
}

/// Judges what is asked, once the message is known to be a plain query with one question.
Admission AdmitQuestion(Asking asking) {
  if (asking.question.rr_class != wire::RrClass::kIn) {
    return Reject(std::move(asking), Rcode::kRefused,
                  ExtendedError{EdeCode::kNotSupported, "only class IN is resolved"});
  }
  if (asking.question.type == RrType::kAxfr || asking.question.type == RrType::kIxfr) {
    return Reject(std::move(asking), Rcode::kRefused, ExtendedError{EdeCode::kProhibited, "zones are not transferred"});
  }
  if (!asking.header.rd) {
    return Reject(std::move(asking), Rcode::kRefused,
                  ExtendedError{EdeCode::kNotAuthoritative, "a recursive resolver: set RD"});
  }
  if (asking.question.type == RrType::kAny) return AnswerAny(std::move(asking));
  if (wire::IsMetaType(asking.question.type)) return Reject(std::move(asking), Rcode::kNotImp);
  return Admitted{std::move(asking)};
}

/// Returns the code for a message that has not the one question of a query.
Rcode WithoutQuestion(const wire::Header& header) {
  return header.opcode == Opcode::kQuery ? Rcode::kFormErr : Rcode::kNotImp;
}

/// Takes what the client's OPT says.
void ReadEdns(const wire::Edns& edns, world::Protocol via, const settings::Settings& settings, Asking& asking) {
  asking.edns = true;
  asking.dnssec_ok = edns.dnssec_ok;
  asking.limit = ResponseLimit(via, edns.payload_octets, settings);
}

}  // namespace

size_t ResponseLimit(world::Protocol via, std::optional<uint16_t> offered_octets, const settings::Settings& settings) {
  if (world::IsStream(via)) return 65'535;
  if (!offered_octets) return limits::kPlainUdpOctets;
  // A payload below 512 counts as 512 (RFC 6891 section 6.2.3).
  return std::clamp<size_t>(*offered_octets, limits::kPlainUdpOctets, settings.server.udp_payload_octets);
}

Admission Admit(world::OctetView query, world::Protocol via, Access access, const settings::Settings& settings) {
  const auto opening = wire::ParseOpening(query);
  if (!opening || opening->header.qr) return NotAQuery{};
  Asking asking{opening->header, opening->question.value_or(wire::Question{}), false, false,
                ResponseLimit(via, std::nullopt, settings)};
  if (!opening->question)
    return Immediate{std::move(asking), WithoutQuestion(opening->header), {}, std::nullopt, false};
  const auto message = wire::Parse(query);
  if (!message) return Reject(std::move(asking), Rcode::kFormErr);
  if (message->edns) ReadEdns(*message->edns, via, settings, asking);
  if (access == Access::kRefused) {
    return Reject(std::move(asking), Rcode::kRefused,
                  ExtendedError{EdeCode::kProhibited, "this address may not ask here"});
  }
  if (opening->header.opcode != Opcode::kQuery) return Reject(std::move(asking), Rcode::kNotImp);
  if (message->edns && message->edns->version != 0) return Reject(std::move(asking), Rcode::kBadVers);
  return AdmitQuestion(std::move(asking));
}

}  // namespace resolver
