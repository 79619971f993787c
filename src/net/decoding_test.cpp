#include "net/decoding.hpp"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace recast::net {
namespace {

constexpr int kGzip = 16 + MAX_WBITS, kZlib = MAX_WBITS, kRaw = -MAX_WBITS;

std::string deflated(std::string_view text, int window) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstandard(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

/// "brotli " 200 times, packed by the reference encoder.
std::string brotli() { return *from_base64("G3cF+I1Utb8GEZOjk2lsb2FbJHAl+wA="); }

/// Longer than any buffer, and not the same everywhere.
std::string long_text() {
  std::string text;
  for (int i = 0; text.size() < 300'000; ++i) text += std::to_string(i * 7919) + ",";
  return text;
}

struct Decoded {
  std::string text;
  bool whole = false;
  bool damaged = false;
  bool unknown = false;
};

Decoded decode(std::string_view names, std::string_view bytes, std::size_t piece = 1000) {
  auto decoding = Decoding::of(names);
  Decoded result;
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    const auto take = [&](std::string_view plain) {
      result.text += plain;
      return true;
    };
    if (!decoding.feed(part, take)) break;
  }
  result.whole = decoding.is_whole();
  result.damaged = decoding.is_damaged();
  result.unknown = decoding.is_unknown();
  return result;
}

struct Sample {
  std::string names;
  std::string bytes;
  std::string text;
};

std::vector<Sample> samples() {
  const auto text = long_text();
  return {{"gzip", deflated(text, kGzip), text},
          {"X-GZip", deflated("x", kGzip), "x"},
          {"gzip", deflated("", kGzip), ""},
          {"gzip", deflated("one ", kGzip) + deflated(text, kGzip) + deflated("", kGzip), "one " + text},
          {"deflate", deflated(text, kZlib), text},
          {"deflate", deflated(text, kRaw), text},
          {"zstd", zstandard(text), text},
          {"zstd", zstandard("one ") + zstandard("two"), "one two"},
          {"identity, gzip, ,zstd", zstandard(deflated(text, kGzip)), text}};
}

TEST(Decoding, UndoesEachEncodingHoweverItsBytesArrive) {
  for (const auto& [names, bytes, text] : samples()) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, bytes.size()}) {
      const auto result = decode(names, bytes, piece);
      EXPECT_TRUE(result.text == text) << names << " " << piece;
      EXPECT_TRUE(result.whole) << names << " " << piece;
      EXPECT_FALSE(result.damaged) << names << " " << piece;
    }
  }
}

TEST(Decoding, MissesTheEndOfWhateverIsCutAnywhere) {
  for (const auto& [names, bytes, text] :
       std::vector<Sample>{{"gzip", deflated("hello, hello", kGzip), ""},
                           {"deflate", deflated("hello, hello", kZlib), ""},
                           {"deflate", deflated("hello, hello", kRaw), ""},
                           {"zstd", zstandard("hello, hello"), ""},
                           {"gzip, zstd", zstandard(deflated("hello, hello", kGzip)), ""},
                           {"br", brotli(), ""}}) {
    for (std::size_t length = 1; length < bytes.size(); ++length)
      EXPECT_FALSE(decode(names, bytes.substr(0, length)).whole) << names << " " << length;
    EXPECT_TRUE(decode(names, bytes).whole) << names;
  }
  // Also inside: what zstd carries is a gzip file without its end.
  const auto packed = deflated("hello", kGzip);
  const auto inner = decode("gzip, zstd", zstandard(packed.substr(0, packed.size() - 1)));
  EXPECT_FALSE(inner.whole);
  EXPECT_FALSE(inner.damaged);
  // And of a second member.
  EXPECT_FALSE(decode("gzip", packed + packed.substr(0, 12)).whole);
}

TEST(Decoding, Brotli) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "brotli ";
  for (const std::size_t piece : {1, 7, 1000}) {
    const auto result = decode("br", brotli(), piece);
    EXPECT_EQ(result.text, text);
    EXPECT_TRUE(result.whole);
  }
  EXPECT_TRUE(decode("br", brotli() + "x").damaged);
}

TEST(Decoding, SeesDamage) {
  for (const auto* const names : {"gzip", "deflate", "br", "zstd"})
    EXPECT_TRUE(decode(names, std::string(64, '\xee')).damaged) << names;
  auto packed = deflated("hello, hello", kGzip);
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);  // of the checksum
  EXPECT_TRUE(decode("gzip", packed).damaged);
}

TEST(Decoding, IgnoresWhatFollowsTheLastMember) {
  const auto result = decode("gzip", deflated("hello", kGzip) + std::string(2000, '\0') + "\x1f\x8b", 10);
  EXPECT_EQ(result.text, "hello");
  EXPECT_TRUE(result.whole);
  EXPECT_FALSE(result.damaged);
}

TEST(Decoding, LeavesWordsOfNoEncodingAlone) {
  for (const auto* const names : {"", "identity", "aws-chunked", "utf-8", "aws-chunked,gzip"}) {
    const auto result = decode(names, "as it is");
    EXPECT_EQ(result.text, "as it is") << names;
    EXPECT_TRUE(result.whole) << names;
    EXPECT_FALSE(result.unknown) << names;
  }
}

TEST(Decoding, NamesNoEncodingItCannotUndo) {
  for (const auto* const names : {"compress", "X-Compress", "gzip, dcz", "gzip,gzip,gzip,gzip,gzip,gzip"}) {
    const auto result = decode(names, "as it is");
    EXPECT_TRUE(result.unknown) << names;
    EXPECT_EQ(result.text, "") << names;
  }
  EXPECT_FALSE(decode("gzip,gzip,gzip,gzip,gzip", "").unknown);
}

TEST(Decoding, AnEmptyBodyIsWhole) { EXPECT_TRUE(decode("gzip", "").whole); }

TEST(Decoding, StopsWhenNoMoreIsWanted) {
  auto decoding = Decoding::of("gzip");
  std::size_t taken = 0;
  const auto packed = deflated(std::string(10'000'000, 'a'), kGzip);  // some 10 KB
  EXPECT_FALSE(decoding.feed(packed, [&](std::string_view plain) {
    taken += plain.size();
    return taken < 100'000;
  }));
  EXPECT_LT(taken, 300'000u);
  EXPECT_FALSE(decoding.is_damaged());
}

}  // namespace
}  // namespace recast::net
