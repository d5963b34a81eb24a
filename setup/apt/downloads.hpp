#pragma once

#include <string>
#include <vector>

#include "apt/download.hpp"
#include "apt/observer.hpp"
#include "apt/session.hpp"

namespace kerneltour::apt {

/// A Fetch of this session. Files whose SHA-256 is known are gone on with where a part of them is there; the
/// others are fetched anew. Directories have to be there. Throws Error with the first reason where one could
/// not be had, whole and with the right hash; a part that may be gone on with stays. Throws Interrupted where
/// the person stops it by SIGINT (Ctrl-C) or SIGTERM.
Fetch fetch_by_apt(const Session& session, Observer& observer);

}  // namespace kerneltour::apt
