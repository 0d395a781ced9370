#include "engine/simulator/trace.h"

#include <span>
#include <string_view>
#include <variant>

namespace simulator {
namespace {

/// Returns an enumerator or a strong id as a number.
template <typename T>
uint64_t Number(T value) {
  return static_cast<uint64_t>(value);
}

/// Returns an instant as a number.
uint64_t Number(world::Instant at) { return static_cast<uint64_t>(at.time_since_epoch().count()); }

/// Mixes an address and a port in.
void Mix(Trace& trace, const world::Endpoint& endpoint) {
  trace.Mix(endpoint.address.octets());
  trace.Mix(uint64_t{endpoint.port});
}

/// Mixes in who asked.
void Mix(Trace& trace, const world::Client& client) {
  trace.Mix(Number(client.id.worker));
  trace.Mix(client.id.slot);
  Mix(trace, client.from);
  trace.Mix(Number(client.via));
}

/// Mixes in a client's query.
void Mix(Trace& trace, const ClientAsks& asks) { trace.Mix(asks.slot); }

/// Mixes in a packet and its source.
void Mix(Trace& trace, const PacketArrives& packet) {
  trace.Mix(Number(packet.worker));
  trace.Mix(Number(packet.id));
  Mix(trace, packet.from);
  trace.Mix(packet.message);
}

/// Mixes in a mishap.
void Mix(Trace& trace, const MishapStrikes& strike) {
  trace.Mix(Number(strike.worker));
  trace.Mix(Number(strike.id));
  trace.Mix(Number(strike.mishap));
}

/// Mixes in the end of a socket.
void Mix(Trace& trace, const SocketCloses& closes) {
  trace.Mix(Number(closes.worker));
  trace.Mix(Number(closes.id));
}

/// Mixes in a question on its way between workers.
void Mix(Trace& trace, const world::HandOver& hand_over) {
  trace.Mix(Number(hand_over.owner));
  Mix(trace, hand_over.client);
  trace.Mix(hand_over.query);
}

/// Mixes in the arrival of that question.
void Mix(Trace& trace, const HandOverArrives& arrives) { Mix(trace, arrives.hand_over); }

/// Mixes in a client's answer.
void Mix(Trace& trace, const world::Answer& answer) {
  trace.Mix(Number(answer.to.worker));
  trace.Mix(answer.to.slot);
  trace.Mix(answer.response);
}

/// Mixes in an answer on its way between workers.
void Mix(Trace& trace, const AnswerReturns& returns) { Mix(trace, returns.answer); }

/// Mixes in another root zone, by its serial.
void Mix(Trace& trace, const RootChanges& change) {
  trace.Mix(Number(change.worker));
  trace.Mix(uint64_t{change.root == nullptr ? 0 : change.root->serial()});
}

/// Mixes in a change of settings.
void Mix(Trace& trace, const SettingsChange& change) { trace.Mix(Number(change.worker)); }

/// Mixes in a query to a server.
void Mix(Trace& trace, const world::Ask& ask) {
  trace.Mix(Number(ask.id));
  Mix(trace, ask.to);
  trace.Mix(Number(ask.via));
  trace.Mix(Number(ask.deadline));
  trace.Mix(ask.query);
}

/// Mixes in the end of an exchange.
void Mix(Trace& trace, const world::Cancel& cancel) { trace.Mix(Number(cancel.id)); }

/// Mixes in a client without an answer.
void Mix(Trace& trace, const world::Drop& drop) {
  trace.Mix(Number(drop.to.worker));
  trace.Mix(drop.to.slot);
}

/// Mixes in a walk as it is told.
void Mix(Trace& trace, const world::Report& report) {
  trace.Mix(report.to.slot);
  trace.Mix(world::OctetView(reinterpret_cast<const uint8_t*>(report.json.data()), report.json.size()));
}

}  // namespace

void Trace::Mix(uint64_t number) {
  value_ = (value_ ^ number) * 0x9fb21c651e98df25;
  value_ ^= value_ >> 32;
}

void Trace::Mix(world::OctetView octets) {
  Mix(uint64_t{octets.size()});
  while (!octets.empty()) {
    const size_t part = octets.size() < 8 ? octets.size() : 8;
    uint64_t word = 0;
    for (size_t i = 0; i < part; ++i) word |= uint64_t{octets[i]} << (8 * i);
    Mix(word);
    octets = octets.subspan(part);
  }
}

void Trace::Note(world::Instant at, const Event& event) {
  Mix(Number(at));
  Mix(uint64_t{event.index()});
  std::visit([this](const auto& what) { simulator::Mix(*this, what); }, event);
}

void Trace::Note(world::Instant at, world::WorkerId worker, const world::Effect& effect) {
  Mix(Number(at));
  Mix(Number(worker));
  Mix(uint64_t{effect.index()});
  std::visit([this](const auto& what) { simulator::Mix(*this, what); }, effect);
}

void Trace::NoteTimer(world::Instant at, world::WorkerId worker) {
  Mix(Number(at));
  Mix(Number(worker));
}

}  // namespace simulator
