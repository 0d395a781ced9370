#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/world/time.h"

/// Every bound of the engine, with the attack or the RFC that is its reason. Each has a counter that says how often it
/// was hit (metrics/table.h) and a test at n and n+1. What an operator may change is a setting instead, and starts from
/// here.
namespace world::limits {

// --- Messages
// -------------------------------------------------------------------------------------------------------------

/// Records in one message. A 65,535-octet message holds at most 5,957 of the shortest; real ones stay below 500.
/// Against CPU bombs (Unbound CVE-2024-8508).
inline constexpr size_t kMaxRecordsPerMessage = 2048;

/// Compression pointers followed for one name, which has at most 127 labels (Unbound CVE-2024-8508, CVE-2026-44390).
inline constexpr size_t kMaxPointersPerName = 127;

/// EDNS options read from one OPT; more is a malformed message (Unbound CVE-2026-41292).
inline constexpr size_t kMaxEdnsOptions = 32;

/// Records in one RRset that is kept; more makes the response invalid (CVE-2024-1737: BIND max-records-per-type 100).
inline constexpr size_t kMaxRecordsPerRrset = 256;

/// Compression targets that a writer remembers; names beyond are written whole, so that writing stays linear.
inline constexpr size_t kMaxCompressionTargets = 256;

/// UDP payload that is offered and accepted (RFC 9715: what travels without fragments).
inline constexpr size_t kUdpPayloadOctets = 1232;

/// UDP payload without EDNS (RFC 1035 section 4.2.1).
inline constexpr size_t kPlainUdpOctets = 512;

// --- Work for one client query
// --------------------------------------------------------------------------------------------

/// Packets sent upstream for one client query, its sub-questions included (CAMP 2024; Unbound max-global-quota 200, and
/// 128 broke real names).
inline constexpr int kMaxPacketsPerQuery = 200;

/// Packets sent for one question at one zone cut before the walk gives up (Unbound outbound-msg-retry, max-sent-count
/// 32).
inline constexpr int kMaxPacketsPerCut = 24;

/// CNAME and DNAME steps in one answer (BIND max-query-restarts 11, Knot 13).
inline constexpr int kMaxAliases = 11;

/// Referrals that one question follows. A name has at most 127 labels, real ones less than 10 cuts (iDNS).
inline constexpr int kMaxReferrals = 30;

/// How deep questions for nameserver addresses may nest (NXNS, iDNS: BIND max-recursion-depth 7).
inline constexpr int kMaxDepth = 7;

/// Nameserver names of one delegation that are kept; the rest is left out (NXNS: 20 in Unbound and BIND).
inline constexpr size_t kMaxNameServers = 20;

/// Addresses kept for one nameserver name (BIND CVE-2026-3592: 6).
inline constexpr size_t kMaxAddressesPerServer = 8;

/// Address look-ups started for one delegation without usable glue (NXNS; Knot 5, PowerDNS 10; counted by name).
inline constexpr int kMaxGluelessPerCut = 6;

/// Address look-ups started for one client query in all (Unbound target queries 64).
inline constexpr int kMaxGluelessPerQuery = 32;

/// Time in which a client query is answered, whatever happens.
inline constexpr Duration kMaxQueryTime = Seconds(10);

/// Minimised questions for one name (RFC 9156 section 2.3 MAX_MINIMISE_COUNT), and how many of them add one label each
/// (MINIMISE_ONE_LAB).
inline constexpr int kMaxMinimiseCount = 10;
inline constexpr int kMinimiseOneLabel = 4;

// --- DNSSEC
// ---------------------------------------------------------------------------------------------------------------

/// Keys of one zone that are looked at (KeyTrap, CVE-2023-50387; Unbound CVE-2026-42923). Real zones have less than 10.
inline constexpr size_t kMaxKeysPerZone = 32;

/// Signatures of one set that are tried (Unbound 8), and the keys of one tag for each (PowerDNS 2; KeyTrap).
inline constexpr size_t kMaxSignaturesPerSet = 8;
inline constexpr size_t kMaxKeysPerSignature = 2;

/// DSs of one delegation that are looked at (KeyTrap).
inline constexpr size_t kMaxDsPerSet = 16;

/// Octets of an RSA exponent: a long one makes one verification cost as much as thousands.
inline constexpr size_t kMaxRsaExponentOctets = 8;

/// Additional NSEC3 iterations; more are insecure (RFC 9276 section 3.2, CVE-2023-50868).
inline constexpr int kMaxNsec3Iterations = 50;

/// Signatures checked for one client query, its sub-questions included (KeyTrap; PowerDNS 30 for a name). A cold name
/// in a zone four cuts deep needs 10, each alias into another zone some 4 more.
inline constexpr int kMaxSignatureChecksPerQuery = 64;

/// NSEC3 hashes made for one client query, its sub-questions included (CVE-2023-50868; PowerDNS 600).
inline constexpr int kMaxNsec3HashesPerQuery = 256;

/// DS and DNSKEY sets that one answer may want before it is judged: two for each zone on its way.
inline constexpr int kMaxTrustLookups = 48;

/// NSEC and NSEC3 sets that are kept of one response: a denial needs 3, with aliases of wildcards some more.
inline constexpr size_t kMaxProofSets = 16;

/// How often a bogus answer is asked for again at another server before it is believed to be bogus.
inline constexpr int kMaxBogusRetries = 4;

/// How long a bogus answer is kept, so that it is not fetched again for every client (RFC 4035 section 4.7).
inline constexpr Duration kBogusLife = Seconds(60);

/// NSEC and NSEC3 sets that are kept in the order of their chains, to deny other names by (RFC 8198): some 8 MiB.
inline constexpr size_t kMaxIndexedDenials = 16'384;

/// Records of a file of trust anchors.
inline constexpr size_t kMaxTrustAnchors = 256;

// --- Tables
// ---------------------------------------------------------------------------------------------------------------

/// Resolutions in flight in one engine; more clients are answered SERVFAIL (slow-path crowding).
inline constexpr size_t kMaxResolutions = 20'000;

/// Waiters of one resolution (DNSBomb CVE-2024-33655); more are turned away with SERVFAIL.
inline constexpr size_t kMaxWaiters = 5'000;

/// Queries on their way between two workers.
inline constexpr size_t kMaxHandOvers = 8'192;

/// Packets of one engine that are out to measure servers, which no client waits for.
inline constexpr size_t kMaxStragglers = 2'048;

/// Walks kept for `taproot explain`.
inline constexpr size_t kMaxRememberedWalks = 1'024;

/// Steps kept of one walk.
inline constexpr size_t kMaxWalkSteps = 256;

/// Addresses whose measurements are kept (48 octets each, about).
inline constexpr size_t kMaxMeasuredAddresses = 262'144;

/// Pairs of (address, zone) whose errors are kept.
inline constexpr size_t kMaxServerZones = 262'144;

// --- Forwarding
// -----------------------------------------------------------------------------------------------------------

/// Upstreams of all pools together. Real configurations have less than ten; each is probed and remembered.
inline constexpr size_t kMaxUpstreams = 64;

/// Packets sent upstream for one forwarded question: all servers of a parallel pool, each a few times.
inline constexpr int kMaxForwardPackets = 32;

/// Connections of one worker to one server (RFC 7766 section 6.2.2 asks for few), and questions on one of them at a
/// time.
inline constexpr size_t kMaxConnectionsPerServer = 8;
inline constexpr size_t kMaxQuestionsPerConnection = 100;

// --- Front
// ----------------------------------------------------------------------------------------------------------------

/// Client queries of one worker that wait for their answer (64 octets each); more datagrams are dropped.
inline constexpr size_t kMaxWaitingClients = 65'536;

/// The longest query that is read. Real ones stay below 512 octets; this bounds what a client can make us keep.
inline constexpr size_t kMaxQueryOctets = 4'096;

/// TCP clients of one worker, and the queries of one connection that may wait at a time (RFC 7766 section 6.2.1.1).
inline constexpr size_t kMaxTcpClients = 2'048;
inline constexpr size_t kMaxQueriesPerConnection = 128;

/// Octets waiting to be written to one TCP client that does not read.
inline constexpr size_t kMaxTcpBacklogOctets = 512 * 1024;

/// Addresses whose TLS handshakes are counted in one second.
inline constexpr size_t kMaxHandshakeSources = 4'096;

/// Streams of one HTTP/2 connection at a time (RFC 9113 section 5.1.2), the octets of one request's header fields, and
/// the streams that a client may reset in one second before it is cut off (rapid reset, CVE-2023-44487).
inline constexpr size_t kMaxHttpStreams = 128;
inline constexpr size_t kMaxHttpHeaderOctets = 16 * 1024;
inline constexpr int kMaxHttpResetsPerSecond = 200;

/// Clients of the stats and control sockets, and the octets of one request.
inline constexpr size_t kMaxOperators = 16;
inline constexpr size_t kMaxOperatorRequestOctets = 64 * 1024;

// --- Files
// ----------------------------------------------------------------------------------------------------------------

/// A zone file: the root zone has 2.2 MB signed.
inline constexpr size_t kMaxZoneOctets = 64 * 1024 * 1024;
inline constexpr size_t kMaxZoneRecords = 1'000'000;

/// Empty non-terminals of a zone: an owner of 127 labels makes 126, and 1,000,000 such would take all memory.
inline constexpr size_t kMaxEmptyNonTerminals = 100'000;

/// One record of a zone file with all its lines: what ldns takes at once (its LDNS_MAX_RDFLEN is 65,535).
inline constexpr size_t kMaxZoneEntryOctets = 60'000;

/// Signatures checked of one whole zone. The root zone needs 2,900; a hostile one is refused after 2 s of work
/// (KeyTrap).
inline constexpr int kMaxZoneSignatureChecks = 20'000;

/// Sources of the root zone that an operator may name, and the time that one of them has for its whole zone.
inline constexpr size_t kMaxRootSources = 16;
inline constexpr Duration kMaxRootFetchTime = Seconds(120);

/// A source is not polled more often than this, whatever refresh and retry its SOA states.
inline constexpr Duration kMinRootPoll = Seconds(5);

/// The head of a source's HTTP response: status and fields.
inline constexpr size_t kMaxHttpHeadOctets = 16 * 1024;

/// A settings file.
inline constexpr size_t kMaxSettingsOctets = 4 * 1024 * 1024;

}  // namespace world::limits
