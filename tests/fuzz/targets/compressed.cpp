#include <errno.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

#include "fuzz/target.hpp"
#include "host/decompress.hpp"

// The way there and back: what the libraries themselves packed comes out as it went in, and a part of it
// never passes for the whole.

namespace kerneltour::fuzz {
namespace {

std::string gzip(std::string text) {
  constexpr int gzip_header = 16;  // added to the window's bits (zlib.h: deflateInit2)
  std::string packed(text.size() + 1024, '\0');
  z_stream stream{};
  must(deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + gzip_header, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  must(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib packs it");
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string xz(const std::string& text) {
  std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  const auto result =
      lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const uint8_t*>(text.data()),
                              text.size(), reinterpret_cast<uint8_t*>(packed.data()), &size, packed.size());
  must(result == LZMA_OK, "liblzma packs it");
  packed.resize(size);
  return packed;
}

std::string zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1);
  must(!ZSTD_isError(size), "zstd packs it");
  packed.resize(size);
  return packed;
}

void comes_back(const std::string& packed, std::string_view text) {
  const auto unpacked = host::decompress(packed);
  must(unpacked.ok() && unpacked.text == text, "what was packed comes out as it went in");

  const std::size_t cut = 6 + text.size() % (packed.size() - 6);  // xz is known by six bytes
  must(host::decompress(packed.substr(0, cut)).error == EBADMSG, "a part of it is truncated");
}

}  // namespace

void target(std::string_view text) {
  const std::string original(text);
  comes_back(gzip(original), text);
  comes_back(xz(original), text);
  comes_back(zstd(original), text);
}

}  // namespace kerneltour::fuzz
