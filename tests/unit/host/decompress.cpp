#include "host/decompress.hpp"

#include <doctest/doctest.h>
#include <errno.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <string>
#include <string_view>

using kerneltour::host::decompress;
using kerneltour::posix::FileText;
using namespace std::string_view_literals;

namespace {

std::string gzip(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string xz(const std::string& text, std::uint32_t preset = 6) {
  std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t used = 0;
  REQUIRE(lzma_easy_buffer_encode(
              preset, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()),
              text.size(), reinterpret_cast<std::uint8_t*>(packed.data()), &used, packed.size()) == LZMA_OK);
  packed.resize(used);
  return packed;
}

std::string zstd(const std::string& text) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);  // zstd(1) does; ZSTD_compress() does not
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  const std::size_t used = ZSTD_compress2(context, packed.data(), packed.size(), text.data(), text.size());
  ZSTD_freeCCtx(context);
  REQUIRE(!ZSTD_isError(used));
  packed.resize(used);
  return packed;
}

/// Text that does not shrink to nothing, as long as a kernel's configuration.
std::string configuration() {
  std::string text;
  for (unsigned i = 0; i < 9000; ++i) text += "CONFIG_OPTION_" + std::to_string(i * 2654435761u) + "=y\n";
  return text;
}

struct Packing {
  const char* name;
  std::string (*pack)(const std::string&);
};
const Packing packings[] = {
    {"gzip", gzip}, {"xz", [](const std::string& text) { return xz(text); }}, {"zstd", zstd}};

}  // namespace

TEST_CASE("what was packed comes out again") {
  for (const Packing& packing : packings) {
    CAPTURE(packing.name);
    for (const std::string& text : {configuration(), std::string(), std::string("\0\xff\n", 3)}) {
      const FileText plain = decompress(packing.pack(text));
      CHECK(plain.ok());
      CHECK(plain.text == text);
    }
  }
}

TEST_CASE("bytes that are not packed come as they are") {
  for (const std::string_view text : {""sv, "CONFIG_PSI=y\n"sv, "\0\1\2"sv, "\x1f"sv, "\xfd\x37z"sv,
                                      "\x28\xb5"sv, "\x50\x2a"sv, "BZh9"sv}) {
    const FileText plain = decompress(std::string(text));
    CHECK(plain.ok());
    CHECK(plain.text == text);
  }
}

TEST_CASE("a file cut anywhere behind its magic is truncated") {
  const std::string text = configuration().substr(0, 3000);
  for (const Packing& packing : packings) {
    CAPTURE(packing.name);
    const std::string whole = packing.pack(text);
    for (std::size_t length = 6; length < whole.size(); ++length) {
      CAPTURE(length);
      const FileText cut = decompress(whole.substr(0, length));
      CHECK(cut.error == EBADMSG);
      CHECK(cut.failure == "is truncated");
      CHECK(cut.text.empty());
    }
  }
  CHECK(decompress("\x1f\x8b").failure == "is truncated");
}

TEST_CASE("a large file cut in its middle is truncated") {
  for (const Packing& packing : packings) {
    CAPTURE(packing.name);
    const std::string whole = packing.pack(configuration());
    CHECK(decompress(whole.substr(0, whole.size() / 2)).failure == "is truncated");
  }
}

TEST_CASE("a file with a changed byte in its middle is damaged") {
  for (const Packing& packing : packings) {
    CAPTURE(packing.name);
    std::string bytes = packing.pack(configuration());
    char& middle = bytes[bytes.size() / 2];
    middle = static_cast<char>(middle ^ 0x55);
    const FileText damaged = decompress(bytes);
    CHECK(damaged.error == EBADMSG);
    CHECK(damaged.failure == "is damaged");
    CHECK(damaged.text.empty());
  }
}

TEST_CASE("no changed byte gives other text, hangs or crashes") {
  const std::string text = configuration().substr(0, 600);
  for (const Packing& packing : packings) {
    CAPTURE(packing.name);
    const std::string whole = packing.pack(text);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      for (const int flip : {0x01, 0x80, 0xff}) {
        CAPTURE(i);
        std::string bytes = whole;
        bytes[i] = static_cast<char>(bytes[i] ^ flip);
        const FileText outcome = decompress(bytes);
        // A change of the magic leaves bytes that are not packed; one of gzip's time stamp changes nothing.
        const bool same = outcome.ok() && (outcome.text == text || outcome.text == bytes);
        CHECK((same || outcome.error == EBADMSG || outcome.error == ENOMEM));
      }
    }
  }
}

TEST_CASE("magic followed by anything else is damaged") {
  CHECK(decompress("\x1f\x8b" + std::string(100, '\xff')).failure == "is damaged");
  CHECK(decompress(std::string("\xfd\x37zXZ\0", 6) + std::string(100, '\xff')).failure == "is damaged");
  CHECK(decompress("\x28\xb5\x2f\xfd" + std::string(100, '\xff')).failure == "is damaged");
}

TEST_CASE("a small file that holds gigabytes is refused without unpacking them") {
  const std::string zeros(64 << 20, '\0');
  for (const Packing& packing : packings) {
    CAPTURE(packing.name);
    const std::string bomb = packing.pack(zeros);
    CHECK(bomb.size() < 100'000);
    const FileText refused = decompress(bomb);
    CHECK(refused.error == EFBIG);
    CHECK(refused.failure == "unpacks to more than 8 MiB");
    CHECK(refused.text.capacity() < 100);
  }
}

TEST_CASE("as much as the limit may come out, and not a byte more") {
  const std::string text = configuration();
  for (const Packing& packing : packings) {
    CAPTURE(packing.name);
    const std::string packed = packing.pack(text);
    CHECK(decompress(packed, text.size()).text == text);
    CHECK(decompress(packed, text.size() - 1).error == EFBIG);
    CHECK(decompress(packing.pack("x"), 0).error == EFBIG);
    CHECK(decompress(packing.pack(""), 0).ok());
    CHECK(decompress(packed, SIZE_MAX).text == text);
  }
  CHECK(decompress("abc", 3).text == "abc");
  CHECK(decompress("abcd", 3).failure == "is larger than 3 bytes");
}

TEST_CASE("packed files behind each other are one file") {
  for (const Packing& packing : packings) {
    CAPTURE(packing.name);
    const std::string both = packing.pack("CONFIG_PSI=y\n") + packing.pack("CONFIG_USER_NS=y\n");
    CHECK(decompress(both).text == "CONFIG_PSI=y\nCONFIG_USER_NS=y\n");
  }
}

TEST_CASE("gzip ignores what follows its last member, as gzip(1) does; xz and zstd do not") {
  CHECK(decompress(gzip("abc") + std::string(512, '\0')).text == "abc");
  CHECK(decompress(gzip("abc") + "rest").text == "abc");
  CHECK(decompress(xz("abc") + "rest").error == EBADMSG);
  CHECK(decompress(zstd("abc") + "rest").error == EBADMSG);
}

TEST_CASE("the frames that zstd may skip are skipped") {
  const std::string frame("\x50\x2a\x4d\x18\3\0\0\0abc", 11);
  CHECK(decompress(frame + zstd("text")).text == "text");
  CHECK(decompress(frame.substr(0, 9)).failure == "is truncated");
}

TEST_CASE("xz -9 is unpacked, and what asks for gigabytes of memory is not") {
  const std::string text = configuration();
  CHECK(decompress(xz(text, 9 | LZMA_PRESET_EXTREME)).text == text);

  lzma_options_lzma options;
  REQUIRE(!lzma_lzma_preset(&options, 6));
  options.dict_size = 1u << 30;
  lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  // The dictionary size stands in the block header, behind the filter's id (0x21) and the length of its
  // properties (1); the header ends in a checksum of its own.
  std::string greedy = xz(text);
  std::uint8_t property = 0;
  REQUIRE(lzma_properties_encode(filters, &property) == LZMA_OK);
  const std::size_t at = greedy.find(std::string_view("\x21\x01", 2), 12) + 2;
  greedy[at] = static_cast<char>(property);
  const std::size_t header = (std::size_t{static_cast<unsigned char>(greedy[12])} + 1) * 4;
  const std::uint32_t sum =
      lzma_crc32(reinterpret_cast<const std::uint8_t*>(greedy.data()) + 12, header - 4, 0);
  for (unsigned i = 0; i < 4; ++i) greedy[12 + header - 4 + i] = static_cast<char>(sum >> (8 * i));
  const FileText refused = decompress(greedy);
  CHECK(refused.error == ENOMEM);
  CHECK(refused.failure == "needs too much memory to unpack");
}
