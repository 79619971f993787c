#include "net/decoding.hpp"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "base/text.hpp"

namespace recast::net {

/// One encoding of a body, and those that were applied before it.
class Decoding::Stage {
 public:
  enum class End { more, enough, damaged };

  virtual ~Stage() = default;
  virtual End feed(std::string_view bytes, const Take& take) = 0;
  virtual bool is_at_end() const = 0;

  bool is_whole() const { return is_at_end() && (!next_ || next_->is_whole()); }
  void set_next(std::unique_ptr<Stage> next) { next_ = std::move(next); }

 protected:
  /// Hands on what was decoded.
  End pass(std::string_view bytes, const Take& take) {
    if (bytes.empty()) return End::more;
    if (next_) return next_->feed(bytes, take);
    return take(bytes) ? End::more : End::enough;
  }
  std::span<char> room() { return buffer_; }

 private:
  std::unique_ptr<Stage> next_;
  std::array<char, 64 << 10> buffer_{};
};

namespace {

using Stage = Decoding::Stage;
using Take = Decoding::Take;

/// gzip, and deflate in both of its meanings.
class Inflate final : public Stage {
 public:
  explicit Inflate(bool gzip) : gzip_(gzip) {}
  ~Inflate() override {
    if (open_) inflateEnd(&stream_);
  }
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;

  End feed(std::string_view bytes, const Take& take) override {
    if (!open_) {
      if (!gzip_) {  // which of the two forms it is, the first two bytes say
        head_ += bytes;
        if (head_.size() < 2) return End::more;
        bytes = head_;
      }
      if (!open(bytes)) return End::damaged;
    }
    while (!bytes.empty()) {
      if (at_end_ && !next_member(bytes)) return End::more;
      if (const auto end = inflate_some(bytes, take); end != End::more) return end;
    }
    return End::more;
  }
  bool is_at_end() const override { return at_end_; }

 private:
  static constexpr int kGzip = 16 + MAX_WBITS;

  bool open(std::string_view first) {
    const auto at = [&](std::size_t index) { return static_cast<unsigned>(static_cast<unsigned char>(first[index])); };
    const bool framed = !gzip_ && (at(0) & 15) == Z_DEFLATED && (at(0) << 8 | at(1)) % 31 == 0;
    open_ = inflateInit2(&stream_, gzip_ ? kGzip : framed ? MAX_WBITS : -MAX_WBITS) == Z_OK;
    return open_;
  }

  /// After the end of one: another member of a gzip file, or bytes that mean nothing and are ignored, as by gzip
  /// itself.
  bool next_member(std::string_view bytes) {
    if (over_ || !gzip_ || bytes.front() != '\x1f' || inflateReset(&stream_) != Z_OK) {
      over_ = true;
      return false;
    }
    at_end_ = false;
    return true;
  }

  End inflate_some(std::string_view& bytes, const Take& take) {
    const auto space = room();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    for (;;) {
      stream_.next_out = reinterpret_cast<Bytef*>(space.data());
      stream_.avail_out = static_cast<uInt>(space.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return End::damaged;
      const auto end = pass({space.data(), space.size() - stream_.avail_out}, take);
      if (end != End::more) return end;
      at_end_ = status == Z_STREAM_END;
      // A full buffer may hide more.
      if (at_end_ || stream_.avail_out > 0) break;
    }
    bytes.remove_prefix(bytes.size() - stream_.avail_in);
    return End::more;
  }

  const bool gzip_;
  z_stream stream_{};
  std::string head_;
  bool open_ = false;
  bool at_end_ = false;
  bool over_ = false;
};

class Brotli final : public Stage {
 public:
  End feed(std::string_view bytes, const Take& take) override {
    if (!state_) return End::damaged;
    const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
    std::size_t left = bytes.size();
    const auto space = room();
    for (;;) {
      auto* out = reinterpret_cast<std::uint8_t*>(space.data());
      std::size_t free = space.size();
      const auto status = BrotliDecoderDecompressStream(state_.get(), &left, &in, &free, &out, nullptr);
      const auto end = pass({space.data(), space.size() - free}, take);
      if (end != End::more) return end;
      if (status == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) continue;
      if (status == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) return End::more;
      return status == BROTLI_DECODER_RESULT_SUCCESS && left == 0 ? End::more : End::damaged;
    }
  }
  bool is_at_end() const override { return BrotliDecoderIsFinished(state_.get()) != 0; }

 private:
  struct Free {
    void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
  };
  std::unique_ptr<BrotliDecoderState, Free> state_{BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)};
};

class Zstandard final : public Stage {
 public:
  Zstandard() {
    // RFC 9659: nobody who sends "zstd" over HTTP may use a window over 8 MiB.
    if (state_) ZSTD_DCtx_setParameter(state_.get(), ZSTD_d_windowLogMax, 23);
  }
  End feed(std::string_view bytes, const Take& take) override {
    if (!state_) return End::damaged;
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    const auto space = room();
    for (;;) {
      ZSTD_outBuffer out{space.data(), space.size(), 0};
      const auto status = ZSTD_decompressStream(state_.get(), &out, &in);
      if (ZSTD_isError(status) != 0) return End::damaged;
      at_end_ = status == 0;  // of a frame; more may follow
      const auto end = pass({space.data(), out.pos}, take);
      if (end != End::more) return end;
      if (in.pos == in.size && out.pos < out.size) return End::more;
      if (in.pos == in.size && at_end_) return End::more;
    }
  }
  bool is_at_end() const override { return at_end_; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* state) const { ZSTD_freeDCtx(state); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> state_{ZSTD_createDCtx()};
  bool at_end_ = false;
};

/// The encodings that IANA has registered and nobody here can undo.
bool is_foreign(std::string_view name) {
  static constexpr std::array<std::string_view, 7> names{"aes128gcm", "compress",     "dcb",       "dcz",
                                                         "exi",       "pack200-gzip", "x-compress"};
  return std::ranges::find(names, name) != names.end();
}

std::unique_ptr<Stage> stage_of(std::string_view name) {
  if (name == "gzip" || name == "x-gzip") return std::make_unique<Inflate>(true);
  if (name == "deflate") return std::make_unique<Inflate>(false);
  if (name == "br") return std::make_unique<Brotli>();
  if (name == "zstd") return std::make_unique<Zstandard>();
  return nullptr;
}

}  // namespace

Decoding::Decoding() = default;
Decoding::~Decoding() = default;
Decoding::Decoding(Decoding&& other) noexcept = default;
Decoding& Decoding::operator=(Decoding&& other) noexcept = default;

Decoding Decoding::of(std::string_view names) {
  constexpr std::size_t kMost = 5;  // more than anyone has a use for, each with memory of its own
  Decoding decoding;
  std::size_t count = 0;
  bool plain = false;
  for (const auto part : split(names, ',')) {  // in the order in which they were applied
    const auto name = lower(trim(part));
    if (name.empty() || name == "identity") continue;
    auto stage = stage_of(name);
    decoding.unknown_ = decoding.unknown_ || is_foreign(name) || ++count > kMost;
    plain = plain || !stage;
    if (!stage) continue;
    stage->set_next(std::move(decoding.first_));
    decoding.first_ = std::move(stage);
  }
  if (plain || decoding.unknown_) decoding.first_.reset();
  return decoding;
}

bool Decoding::feed(std::string_view bytes, const Take& take) {
  if (unknown_ || damaged_) return false;
  if (!first_) return take(bytes);
  begun_ = begun_ || !bytes.empty();
  const auto end = first_->feed(bytes, take);
  damaged_ = end == Stage::End::damaged;
  return end == Stage::End::more;
}

bool Decoding::is_whole() const { return !first_ || !begun_ || first_->is_whole(); }

}  // namespace recast::net
