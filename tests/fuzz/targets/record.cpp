#include "fixes/record.hpp"

#include <stdexcept>

#include "fuzz/target.hpp"
#include "support/tree.hpp"

namespace kerneltour::fuzz {
namespace {

bool same(const fixes::Change& a, const fixes::Change& b) {
  const auto same_edit = [](const fixes::FileEdit& x, const fixes::FileEdit& y) {
    return x.path == y.path && x.before == y.before && x.after == y.after && x.removed == y.removed &&
           x.added == y.added;
  };
  return a.number == b.number && a.kind == b.kind && a.summary == b.summary && a.when == b.when &&
         a.by == b.by &&
         std::equal(a.edits.begin(), a.edits.end(), b.edits.begin(), b.edits.end(), same_edit);
}

/// A record is read, or refused with its name in words; nothing else is thrown.
std::optional<fixes::Change> read(const tests::Tree& tree) {
  try {
    return fixes::read_record(tree.root());
  } catch (const std::runtime_error& error) {
    must(std::string_view(error.what()).starts_with(tree.real("/record.json")), "what is refused is named");
    return std::nullopt;
  }
}

}  // namespace

/// The text is record.json; two edits' files are there besides.
void target(std::string_view text) {
  static tests::Tree tree;
  for (const auto* name : {"/0.before", "/0.after", "/1.before", "/1.after"}) tree.file(name, "a\nold\n");
  tree.file("/record.json", text);
  const auto change = read(tree);
  if (!change) return;
  static const tests::Tree again;
  write_record(again.root(), *change);
  const auto second = read(again);
  must(second && same(*second, *change), "a change that was read is recorded and read again as itself");
}

}  // namespace kerneltour::fuzz
