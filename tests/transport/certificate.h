#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace transport {

/// A certificate of dns.example and 192.0.2.1, signed by itself and good for a hundred years; for tests alone.
inline constexpr std::string_view kCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBojCCAUegAwIBAgIUHt1mQ17Si7Tne7GETQzX9vIk4PcwCgYIKoZIzj0EAwIw\n"
    "FjEUMBIGA1UEAwwLZG5zLmV4YW1wbGUwIBcNMjYxMTIxMTUzNjIzWhgPMjEyNjEw\n"
    "MjgxNTM2MjNaMBYxFDASBgNVBAMMC2Rucy5leGFtcGxlMFkwEwYHKoZIzj0CAQYI\n"
    "KoZIzj0DAQcDQgAEqL/0kDImSVjXWuaEM1hbZptRnxHPaFF3Zcz05udxeFt0FQe3\n"
    "SbMGbqmWJqGhusAObv9AdaWwrPA8LPq7ojYOKqNxMG8wHQYDVR0OBBYEFBi2cNZ+\n"
    "nRLICFxODCw+RF7revfzMB8GA1UdIwQYMBaAFBi2cNZ+nRLICFxODCw+RF7revfz\n"
    "MA8GA1UdEwEB/wQFMAMBAf8wHAYDVR0RBBUwE4ILZG5zLmV4YW1wbGWHBMAAAgEw\n"
    "CgYIKoZIzj0EAwIDSQAwRgIhAKES6nJRKiFnM8X0Fd1QGvwdOCX/kp0sNfuVO9vF\n"
    "QoO9AiEA9/2i6+lPn0zyM6dd4/tUI8XQWPfBEteEaaSR8u/990w=\n"
    "-----END CERTIFICATE-----\n";

/// Its key, which protects nothing.
inline constexpr std::string_view kKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOcQn39lqByyvW1Dn\n"
    "SIHkyUfAjTcpNIG6DX0zZSw6UROhRANCAASov/SQMiZJWNda5oQzWFtmm1GfEc9o\n"
    "UXdlzPTm53F4W3QVB7dJswZuqZYmoaG6wA5u/0B1pbCs8Dws+ruiNg4q\n"
    "-----END PRIVATE KEY-----\n";

/// The SHA-256 of its public key.
inline constexpr auto kPin = std::to_array<uint8_t>({0xb4, 0x7f, 0xc1, 0x89, 0x25, 0xdc, 0x8d, 0x3c, 0xf7, 0xab, 0xb1,
                                                     0xbe, 0x9b, 0x5c, 0xb2, 0x0f, 0xb2, 0x5e, 0xe3, 0x62, 0x55, 0x01,
                                                     0x67, 0x36, 0xd9, 0xaa, 0xc9, 0x8b, 0xb6, 0x2a, 0xba, 0x99});

}  // namespace transport
