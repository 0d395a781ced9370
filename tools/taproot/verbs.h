#pragma once

#include <span>

#include "tools/taproot/command.h"

namespace taproot {

/// Everything that `taproot` does, in the order in which it is listed.
std::span<const Verb> Verbs();

// One function a verb; each prints what it finds.
Exit RunServe(const Arguments& arguments);
Exit RunCheck(const Arguments& arguments);
Exit RunResolve(const Arguments& arguments);
Exit RunExplain(const Arguments& arguments);
Exit RunNameservers(const Arguments& arguments);
Exit RunUpstreams(const Arguments& arguments);
Exit RunRootStatus(const Arguments& arguments);
Exit RunRootReload(const Arguments& arguments);
Exit RunRootFetch(const Arguments& arguments);
Exit RunRootVerify(const Arguments& arguments);
Exit RunStats(const Arguments& arguments);
Exit RunCacheStats(const Arguments& arguments);
Exit RunCacheFlush(const Arguments& arguments);
Exit RunReload(const Arguments& arguments);
Exit RunDocs(const Arguments& arguments);
Exit RunCompletion(const Arguments& arguments);

}  // namespace taproot
