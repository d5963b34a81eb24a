#include "host/decompress.hpp"

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <utility>

namespace kerneltour::host {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view gzip_magic = "\x1f\x8b"sv;          // RFC 1952
constexpr std::string_view xz_magic = "\xfd\x37zXZ\0"sv;       // xz-file-format.txt, 2.1.1.1
constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd"sv;  // RFC 8878, 3.1.1
constexpr std::string_view zstd_skippable_magic =
    "\x2a\x4d\x18"sv;  // RFC 8878, 3.1.2: after one byte 0x50-0x5f

// What `xz -9` and `zstd --ultra -22` ask of whoever unpacks: a 64 and a 128 MiB window.
constexpr std::uint64_t most_memory = std::uint64_t{160} << 20;
constexpr int largest_window = 27;

enum class State { more, finished, truncated, damaged, too_demanding };

/// What one step made of the input: bytes put out, and whether there will be more.
struct Step {
  std::size_t produced;
  State state;
};

class Gunzip {
 public:
  explicit Gunzip(std::string_view bytes) : rest_(bytes) {
    if (inflateInit2(&stream_, MAX_WBITS + 16) != Z_OK) throw std::bad_alloc();  // 16: gzip and nothing else
  }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  ~Gunzip() { inflateEnd(&stream_); }

  Step next(char* out, std::size_t room) {
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
    stream_.avail_in = static_cast<uInt>(std::min(rest_.size(), most));
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(std::min(room, most));
    const std::size_t offered = stream_.avail_out;
    const int outcome = inflate(&stream_, Z_NO_FLUSH);
    rest_ =
        rest_.substr(static_cast<std::size_t>(reinterpret_cast<const char*>(stream_.next_in) - rest_.data()));
    return {offered - stream_.avail_out, state_after(outcome)};
  }

 private:
  State state_after(int outcome) {
    if (outcome == Z_STREAM_END) {
      // Members may follow each other; anything else behind the last one is ignored, as gzip(1) does.
      if (!rest_.starts_with(gzip_magic)) return State::finished;
      return inflateReset(&stream_) == Z_OK ? State::more : State::damaged;
    }
    if (outcome == Z_MEM_ERROR) throw std::bad_alloc();
    if (outcome != Z_OK && outcome != Z_BUF_ERROR) return State::damaged;
    return rest_.empty() && stream_.avail_out > 0 ? State::truncated : State::more;
  }

  std::string_view rest_;
  z_stream stream_{};
};

class Unxz {
 public:
  explicit Unxz(std::string_view bytes) {
    if (lzma_stream_decoder(&stream_, most_memory, LZMA_CONCATENATED) != LZMA_OK) throw std::bad_alloc();
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
    stream_.avail_in = bytes.size();
  }
  Unxz(const Unxz&) = delete;
  Unxz& operator=(const Unxz&) = delete;
  ~Unxz() { lzma_end(&stream_); }

  Step next(char* out, std::size_t room) {
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out);
    stream_.avail_out = room;
    const lzma_ret outcome = lzma_code(&stream_, LZMA_FINISH);
    return {room - stream_.avail_out, state_after(outcome)};
  }

 private:
  static State state_after(lzma_ret outcome) {
    switch (outcome) {
      case LZMA_OK:
        return State::more;
      case LZMA_STREAM_END:
        return State::finished;
      case LZMA_BUF_ERROR:
        return State::truncated;
      case LZMA_MEMLIMIT_ERROR:
        return State::too_demanding;
      case LZMA_MEM_ERROR:
        throw std::bad_alloc();
      default:
        return State::damaged;
    }
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
};

class Unzstd {
 public:
  explicit Unzstd(std::string_view bytes) : stream_(ZSTD_createDCtx()), in_{bytes.data(), bytes.size(), 0} {
    if (!stream_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, largest_window);
  }

  Step next(char* room_begin, std::size_t room) {
    ZSTD_outBuffer out{room_begin, room, 0};
    const std::size_t outcome = ZSTD_decompressStream(stream_.get(), &out, &in_);
    return {out.pos, state_after(outcome, out.pos < out.size)};
  }

 private:
  State state_after(std::size_t outcome, bool room_left) const {
    if (ZSTD_isError(outcome)) {
      const ZSTD_ErrorCode error = ZSTD_getErrorCode(outcome);
      if (error == ZSTD_error_memory_allocation) throw std::bad_alloc();
      return error == ZSTD_error_frameParameter_windowTooLarge ? State::too_demanding : State::damaged;
    }
    const bool all_read = in_.pos == in_.size;
    if (outcome == 0 && all_read) return State::finished;
    // Not even another call could put out more: the frame's end is missing.
    return outcome != 0 && all_read && room_left ? State::truncated : State::more;
  }

  struct Free {
    void operator()(ZSTD_DCtx* stream) const { ZSTD_freeDCtx(stream); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> stream_;
  ZSTD_inBuffer in_;
};

posix::FileText too_large(const std::string& what_is, std::size_t limit) {
  constexpr std::size_t mebibyte = 1 << 20;
  const std::string size =
      limit % mebibyte == 0 ? std::to_string(limit / mebibyte) + " MiB" : std::to_string(limit) + " bytes";
  return posix::FileText::failed(EFBIG, what_is + size);
}

template <class Unpacker>
posix::FileText unpack(Unpacker from, std::size_t packed, std::size_t limit) {
  posix::FileText result;
  std::string& text = result.text;
  std::size_t used = 0;
  // Room for one byte beyond the limit: whether it comes is how "just as much" is told from "more".
  const std::size_t most = std::max(limit, limit + 1);
  text.resize(std::min(most, 5 * packed + 4096));
  for (;;) {
    const Step step = from.next(text.data() + used, text.size() - used);
    used += step.produced;
    if (used > limit) return too_large("unpacks to more than ", limit);
    if (step.state == State::truncated) return posix::FileText::failed(EBADMSG, "is truncated");
    if (step.state == State::damaged) return posix::FileText::failed(EBADMSG, "is damaged");
    if (step.state == State::too_demanding)
      return posix::FileText::failed(ENOMEM, "needs too much memory to unpack");
    if (step.state == State::finished) break;
    if (used == text.size()) text.resize(std::min(most, 2 * text.size()));
  }
  text.resize(used);
  return result;
}

bool is_zstd(std::string_view bytes) {
  if (bytes.starts_with(zstd_magic)) return true;
  const bool skippable = bytes.size() >= 4 && (static_cast<unsigned char>(bytes[0]) & 0xf0) == 0x50;
  return skippable && bytes.substr(1).starts_with(zstd_skippable_magic);
}

}  // namespace

posix::FileText decompress(std::string bytes, std::size_t limit) {
  const std::size_t packed = bytes.size();
  if (bytes.starts_with(gzip_magic)) return unpack<Gunzip>(Gunzip(bytes), packed, limit);
  if (bytes.starts_with(xz_magic)) return unpack<Unxz>(Unxz(bytes), packed, limit);
  if (is_zstd(bytes)) return unpack<Unzstd>(Unzstd(bytes), packed, limit);
  if (packed > limit) return too_large("is larger than ", limit);
  posix::FileText plain;
  plain.text = std::move(bytes);
  return plain;
}

}  // namespace kerneltour::host
