#include "host/decompress.hpp"

#include <errno.h>

#include <string>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {

void target(std::string_view text) {
  constexpr std::size_t limit = 64 << 10;
  const auto unpacked = host::decompress(std::string(text), limit);
  if (!unpacked.ok()) {
    must(unpacked.error == EBADMSG || unpacked.error == EFBIG || unpacked.error == ENOMEM,
         "a failure is of the bytes, of their size or of the memory that they ask for");
    must(!unpacked.failure.empty() && unpacked.text.empty(), "a failure has its reason and no text");
    return;
  }
  const std::size_t size = unpacked.text.size();
  must(size <= limit, "no more comes out than the limit");
  must(host::decompress(std::string(text), size).text == unpacked.text, "a limit of just its size is enough");
  if (size > 0)
    must(host::decompress(std::string(text), size - 1).error == EFBIG, "a limit below its size is EFBIG");
}

}  // namespace kerneltour::fuzz
