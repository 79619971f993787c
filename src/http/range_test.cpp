#include <gtest/gtest.h>

#include "http/multipart.hpp"

namespace recast::http {
namespace {

std::string read(std::string_view header, std::uint64_t size) {
  ByteRange range;
  switch (parse_range(header, size, range)) {
    case RangeOutcome::whole:
      return "whole";
    case RangeOutcome::unsatisfiable:
      return "unsatisfiable";
    case RangeOutcome::partial:
      return std::to_string(range.first) + "-" + std::to_string(range.last);
  }
  return "";
}

TEST(Range, ReadsTheThreeForms) {
  EXPECT_EQ(read("bytes=0-9", 100), "0-9");
  EXPECT_EQ(read("Bytes=10-", 100), "10-99");
  EXPECT_EQ(read("bytes=-5", 100), "95-99");
  EXPECT_EQ(read(" bytes=0-0 ", 1), "0-0");
}

TEST(Range, CutsAtTheEndOfTheFile) {
  EXPECT_EQ(read("bytes=90-1000", 100), "90-99");
  EXPECT_EQ(read("bytes=-1000", 100), "0-99");
  EXPECT_EQ(read("bytes=1-99999999999999999999999999", 100), "1-99");
}

TEST(Range, KnowsWhatLiesOutside) {
  EXPECT_EQ(read("bytes=100-", 100), "unsatisfiable");
  EXPECT_EQ(read("bytes=-0", 100), "unsatisfiable");
  EXPECT_EQ(read("bytes=0-", 0), "unsatisfiable");
  EXPECT_EQ(read("bytes=99999999999999999999999-", 100), "unsatisfiable");
}

TEST(Range, IgnoresWhatItDoesNotUnderstand) {
  for (const auto* header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=0-1,5-6", "lines=0-1",
                             "bytes=1", "bytes=--1", "bytes=+1-2", "bytes=0x1-2"}) {
    EXPECT_EQ(read(header, 100), "whole") << header;
  }
}

}  // namespace
}  // namespace recast::http
