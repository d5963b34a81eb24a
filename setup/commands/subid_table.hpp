#pragma once

#include <ostream>

#include "host/range_table.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {

/// How much of a table is written at a time: a pipe holds that much (pipe(7)).
inline constexpr std::size_t portion = 1 << 16;

/// What `kerneltour subid list` prints: the table, and the lines that are malformed.
void print_text(std::ostream& out, const host::Facts& facts, const host::RangeTable& table,
                const posix::Terminal& terminal);
void print_json(std::ostream& out, const host::Facts& facts, const host::RangeTable& table);

}  // namespace kerneltour::commands
