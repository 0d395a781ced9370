#pragma once

#include <string_view>

namespace dnssec_test {

/// An RSA key of 1,024 bits that protects nothing.
inline constexpr std::string_view kRsaPem = R"(-----BEGIN PRIVATE KEY-----
MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAM+wondK0NwcpDoD
3RhFGHkyiqzqsU96aSxIT+JdJMoopXwamxVMMNuuLIj1oN6XR4tGixgSebl94L7l
8fEWK9V5ba1pWr/RC8lBKFNhiiYwPd8AV/S8ng5w4WFMseACNLcSAvVtcpbbfFA3
WIDLFceWV/USmHY/AX1qYIJu/c8lAgMBAAECgYBN+kWlgGOWoPJQDe9PE3Iy3vUO
IzfbXVxrkeLcXJhZhpVLWTns7yRQ9r4l1gNGT4o/EodazGUDbe2Z/v+twuNFn5JH
CrXLiNvjSfNwIVGrbixcKwRV5rSSAy2bd47q3PAIBuGqvlau5idY9T6OZlhdlXTl
DoW1wvLmyghBOaFbwQJBAPnk3gcynXruu2gfbfFirjf6JbgSsEGMLM957GIgOtqR
MUKj3gNjr6JLrwOt76kt3nhS2M17aRi/e7Hl802bJW0CQQDUw8X9ICQudacZksoh
Vfdw2UROfKYPIlqRnWermaGJJ/8sWC/nuSliSHbKAjaxGR9C6E6RncQrTqkhrDxA
7JWZAkAKi/xK9XnsDFNgi6MKQw3zUt1wrWk++vmRMCYn5hBV1TbtBxmBrx1kjiku
0JKC42q2TVjVI1ZGMx63XWstZVTpAkAyvUFhHSIjxkEEU0JK8uJgkh+9C/LaFxo8
MaqAfNHOELDE1X8PJtQcsSVLBX4fe9s9rILYLSSUI10oP5fa79C5AkEA2ivdTHhs
3NBE7PDEshtV838aTQDjI7dmnMEVjyDtpdWiFs/JZYWfIq9wCljm23jDaq3LwkRR
O8zBRPhW7e9DHw==
-----END PRIVATE KEY-----
)";

}  // namespace dnssec_test
