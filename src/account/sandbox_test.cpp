#include "account/sandbox.hpp"

#include <gtest/gtest.h>

namespace recast::account {
namespace {

TEST(Sandbox, ReadsAnMd5InAnyCase) {
  EXPECT_EQ(read_md5(" 53D6FE6B688C31C565907C81DE625046\n", "md5"), "53d6fe6b688c31c565907c81de625046");
}

TEST(Sandbox, NamesWhatIsNoMd5) {
  for (const auto* const text : {"", "53d6fe6b688c31c565907c81de62504", "53d6fe6b688c31c565907c81de6250466",
                                 "53d6fe6b688c31c565907c81de62504g", "53d6fe6b688c31c5 5907c81de625046"}) {
    const auto md5 = read_md5(text, "files.0.md5");
    ASSERT_FALSE(md5) << text;
    EXPECT_EQ(md5.error().code, ErrorCode::invalid_data);
    EXPECT_EQ(md5.error().field, "files.0.md5");
  }
}

TEST(Sandbox, ReadsTheWhitelistOfTheSettings) {
  EXPECT_EQ(whitelist_of({.whitelist = {"99D4C165F77AF02015AA647770286CF9"}}),
            std::vector<std::string>{"99d4c165f77af02015aa647770286cf9"});
  const auto wrong = whitelist_of({.whitelist = {"99d4c165f77af02015aa647770286cf9", "input.pdf"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().field, "sandbox.whitelist");
  EXPECT_NE(wrong.error().message.find("input.pdf"), std::string::npos);
}

}  // namespace
}  // namespace recast::account
