#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/world/random.h"

namespace taprootd {

/// The real Random: OpenSSL's CSPRNG, drawn in blocks, since a message ID is two octets and a call costs as much as for
/// a thousand. What was handed out is wiped.
class SecureRandom final : public world::Random {
 public:
  SecureRandom() = default;
  ~SecureRandom() override;

  void Fill(std::span<uint8_t> out) override;

 private:
  static constexpr size_t kBlockOctets = 1024;
  std::array<uint8_t, kBlockOctets> block_{};
  size_t used_ = kBlockOctets;
};

}  // namespace taprootd
