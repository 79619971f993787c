#include "storages/s3/multipart.hpp"

#include <gtest/gtest.h>

namespace recast::storages::s3 {
namespace {

// MD5 of nothing, and of "x"; the whole tags are computed by another program.
constexpr auto kEmpty = "\"d41d8cd98f00b204e9800998ecf8427e\"";
constexpr auto kLetter = "9dd4e461268c8034f5c8564e155c67a6";

TEST(Multipart, ListsThePartsInOrder) {
  EXPECT_EQ(part_list({"\"a\"", "b"}),
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>b</ETag></Part></CompleteMultipartUpload>");
}

TEST(Multipart, KnowsTheTagOfTheWhole) {
  EXPECT_EQ(whole_tag({kEmpty}), "59adb24ef3cdbe0297f05b395827453f-1");
  EXPECT_EQ(whole_tag({kEmpty, kLetter}), "d51f9af2410063de2829bf49ea3b18d8-2");
  EXPECT_NE(whole_tag({kLetter, kEmpty}), whole_tag({kEmpty, kLetter}));
}

TEST(Multipart, ClaimsNothingOfTagsThatAreNoMd5) {
  for (const auto* const tag :
       {"", "\"\"", "abc", "zz1d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e-2"})
    EXPECT_FALSE(whole_tag({kEmpty, tag})) << tag;
}

}  // namespace
}  // namespace recast::storages::s3
