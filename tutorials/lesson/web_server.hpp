#pragma once

#include <string>

#include "lesson/container.hpp"
#include "lesson/step.hpp"

namespace kerneltour::lesson {

/// Makes and starts the container with a web server as its first process, and returns when that listens: the
/// host's apache2, else its busybox. It has one page, /index.html, as long as the one that Debian's apache2
/// comes with. Returns the server's name. Skips the step, with the remedy, where the host has neither.
std::string serve_page(Step& step, Container& container);

}  // namespace kerneltour::lesson
