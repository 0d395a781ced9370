#pragma once

#include <absl/container/inlined_vector.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/world/octets.h"

namespace wire {

/// Writes names into a message with compression (RFC 1035 section 4.1.4). Remembers labels, each by what stands behind
/// it, so that a name is looked up label by label from the root, and each label is compared with few others.
class NameWriter {
 public:
  /// Writes into the message that begins at `message`, which outlives the writer.
  explicit NameWriter(uint8_t* message) : message_(message) {}

  /// Writes `name` at `at`; returns where it ends. Requires: `name` is uncompressed and well-formed, and as many octets
  /// as it has are free at `at`.
  size_t Write(world::OctetView name, size_t at);

  /// Writes again the name that was written at `earlier`. Requires: as for Write().
  size_t Repeat(world::OctetView name, size_t earlier, size_t at);

  /// Forgets what was written at `at` and after it.
  void Forget(size_t at);

 private:
  /// The number of a remembered label.
  using LabelId = uint16_t;
  static constexpr LabelId kRoot = 0;

  /// A label in the message, and the remembered one behind it.
  struct Target {
    uint32_t hash = 0;
    uint16_t at = 0;
    LabelId parent = kRoot;
    LabelId next = kRoot;  // The one before it in its bucket; kRoot ends the chain.
  };
  static constexpr size_t kBuckets = 128;
  /// Labels compared in one look-up, so that labels made to collide cost compression and not time.
  static constexpr int kMostLookedAt = 16;

  /// Returns the remembered label `label` before `parent`, or kRoot when there is none.
  LabelId Find(world::OctetView label, LabelId parent, uint32_t hash) const;
  /// Remembers the label at `at`; returns kRoot where no pointer can lead there or the table is full.
  LabelId Remember(size_t at, LabelId parent, uint32_t hash);
  /// Writes a pointer to `target` at `at`; returns where it ends.
  size_t WritePointer(size_t target, size_t at);

  uint8_t* message_;
  std::array<LabelId, kBuckets> last_of_bucket_{};
  absl::InlinedVector<Target, 64> targets_;  // The label with id n is targets_[n - 1].
};

}  // namespace wire
