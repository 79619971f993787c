#include "net/fields.hpp"

#include <gtest/gtest.h>

namespace recast::net {
namespace {

TEST(Fields, HoldWholeNumbers) {
  EXPECT_EQ(whole_number("0"), 0u);
  EXPECT_EQ(whole_number("18446744073709551615"), UINT64_MAX);
  for (const auto* const text : {"", " 1", "1 ", "-1", "+1", "1.5", "0x1", "12a", "18446744073709551616"})
    EXPECT_FALSE(whole_number(text)) << text;
}

TEST(Fields, SayWhereARangeBegins) {
  EXPECT_EQ(range_start("bytes 100-199/200"), 100u);
  EXPECT_EQ(range_start("Bytes  0-0/*"), 0u);
  for (const auto* const text : {"", "bytes */200", "100-199/200", "bytes x-199/200", "bytes"})
    EXPECT_FALSE(range_start(text)) << text;
}

}  // namespace
}  // namespace recast::net
