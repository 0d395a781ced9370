#include "engine/daemon/secure_random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

#include "engine/world/check.h"

namespace taprootd {

SecureRandom::~SecureRandom() { OPENSSL_cleanse(block_.data(), block_.size()); }

void SecureRandom::Fill(std::span<uint8_t> out) {
  while (!out.empty()) {
    if (used_ == block_.size()) {
      // Without chance there is no resolver: better none than one whose IDs can be foretold.
      CHECK(RAND_bytes(block_.data(), static_cast<int>(block_.size())) == 1);
      used_ = 0;
    }
    const size_t count = std::min(out.size(), block_.size() - used_);
    std::memcpy(out.data(), block_.data() + used_, count);
    std::memset(block_.data() + used_, 0, count);
    used_ += count;
    out = out.subspan(count);
  }
}

}  // namespace taprootd
