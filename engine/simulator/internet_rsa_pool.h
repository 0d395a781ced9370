#pragma once

#include <cstdint>
#include <string_view>

namespace simulator {

/// How long a modulus is.
enum class RsaLength : uint8_t { kShort, kLong };

/// Returns one of the RSA keys of the pocket internet, as PKCS #8 in PEM. RSA keys cannot be derived from a name in
/// bearable time; keys of neighbouring indices differ.
std::string_view RsaKeyPem(RsaLength length, uint64_t index);

}  // namespace simulator
