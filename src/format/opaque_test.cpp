#include <gtest/gtest.h>

#include "format/format.hpp"

namespace recast::format {
namespace {

using namespace std::string_literals;

/// The begin of a PNG file: 1 x 1, of a colour type, with chunks before its pixels.
std::string png(char type, const std::string& chunks = {}) {
  return "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\1\0\0\0\1\x08"s + type + "\0\0\0CRC."s + chunks + "\0\0\0\x0aIDAT"s;
}

TEST(SurelyOpaque, IsWhatHasNoAlpha) {
  EXPECT_TRUE(surely_opaque("jpg", ""));
  EXPECT_TRUE(surely_opaque("ppm", ""));
  for (const char type : {'\0', '\2', '\3'}) EXPECT_TRUE(surely_opaque("png", png(type))) << int{type};
  EXPECT_TRUE(surely_opaque("png", png('\2', "\0\0\0\4gAMAabcdCRC."s)));
}

TEST(SurelyOpaque, IsNothingThatMayBeTransparent) {
  for (const char type : {'\4', '\6', '\7'}) EXPECT_FALSE(surely_opaque("png", png(type))) << int{type};
  EXPECT_FALSE(surely_opaque("png", png('\3', "\0\0\0\1tRNS\0CRC."s))) << "a palette with transparent colours";
  EXPECT_FALSE(surely_opaque("png", png('\2', "\0\0\0\4gAMAabcdCRC.\0\0\0\6tRNSabcdefCRC."s)));
  EXPECT_FALSE(surely_opaque("png", png('\2', "\0\0\x40\0iCCP"s))) << "the pixels are not in sight";
  EXPECT_FALSE(surely_opaque("png", png('\2', "\xff\xff\xff\xffiCCP"s)));
  EXPECT_FALSE(surely_opaque("png", png('\2').substr(0, 25)));
  for (const auto* const other : {"gif", "webp", "tiff", "avif", "ico", ""})
    EXPECT_FALSE(surely_opaque(other, "GIF89a")) << other;
}

}  // namespace
}  // namespace recast::format
