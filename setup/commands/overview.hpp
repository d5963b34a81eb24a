#pragma once

namespace kerneltour::commands {

/// What `kerneltour` says by itself: where the reader and the host stand, and what to type next. One screen.
int overview();

}  // namespace kerneltour::commands
