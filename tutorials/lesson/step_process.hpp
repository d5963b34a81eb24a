#pragma once

#include <functional>
#include <string>

#include "lesson/event.hpp"
#include "lesson/lesson.hpp"
#include "lesson/stop_signals.hpp"

namespace kerneltour::lesson {

/// How a step ended.
enum class StepStatus { passed, failed, skipped, stopped };

/// "passed"
std::string_view name_of(StepStatus status);

/// Runs the step in a process group of its own, and hands on what it tells as it comes. Afterwards every
/// process that descends from it is gone, however it ended. StepStatus::stopped where one of the signals
/// came. Throws posix::SystemError where no process can be made.
StepStatus run_step(const StepCode& code, const StopSignals& signals,
                    const std::function<void(const Event&)>& show);

}  // namespace kerneltour::lesson
