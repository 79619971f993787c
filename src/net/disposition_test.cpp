#include "net/disposition.hpp"

#include <gtest/gtest.h>

namespace recast::net {
namespace {

TEST(Disposition, ReadsPlainAndQuotedNames) {
  EXPECT_EQ(disposition_file_name("attachment; filename=report.pdf"), "report.pdf");
  EXPECT_EQ(disposition_file_name("attachment;filename=\"my report; v2.pdf\" ; size=3"), "my report; v2.pdf");
  EXPECT_EQ(disposition_file_name("inline; FileName = \"a \\\"b\\\".pdf\""), "a \"b\".pdf");
  EXPECT_EQ(disposition_file_name("filename=x.pdf"), "x.pdf");
  EXPECT_EQ(disposition_file_name("attachment; filename=my report.pdf"), "my report.pdf");
  EXPECT_EQ(disposition_file_name("attachment; filename=\"C:\\dir\\x.pdf\""), "C:\\dir\\x.pdf");
}

TEST(Disposition, PrefersTheExtendedName) {
  EXPECT_EQ(disposition_file_name("attachment; filename=\"na_ve.pdf\"; filename*=UTF-8''na%C3%AFve.pdf"), "naïve.pdf");
  EXPECT_EQ(disposition_file_name("attachment; filename*=UTF-8'en'na%C3%AFve.pdf; filename=x"), "naïve.pdf");
  EXPECT_EQ(disposition_file_name("attachment; filename*=iso-8859-1''na%EFve.pdf"), "naïve.pdf");
}

TEST(Disposition, FallsBackWhenTheExtendedNameIsUnreadable) {
  EXPECT_EQ(disposition_file_name("attachment; filename=x.pdf; filename*=klingon''%FF.pdf"), "x.pdf");
  EXPECT_EQ(disposition_file_name("attachment; filename=x.pdf; filename*=UTF-8''%FF.pdf"), "x.pdf");
  EXPECT_EQ(disposition_file_name("attachment; filename=x.pdf; filename*=y.pdf"), "x.pdf");
}

TEST(Disposition, TakesForeignBytesForLatin1) {
  EXPECT_EQ(disposition_file_name("attachment; filename=\"na\xefve.pdf\""), "naïve.pdf");
  EXPECT_EQ(disposition_file_name("attachment; filename=\"naïve.pdf\""), "naïve.pdf");
}

TEST(Disposition, IsEmptyWithoutAName) {
  EXPECT_EQ(disposition_file_name(""), "");
  EXPECT_EQ(disposition_file_name("attachment"), "");
  EXPECT_EQ(disposition_file_name("attachment; filename"), "");
  EXPECT_EQ(disposition_file_name("attachment; filename=; size=1"), "");
  EXPECT_EQ(disposition_file_name("attachment; filename=\"unterminated"), "unterminated");
  EXPECT_EQ(disposition_file_name(";;;=;\"=\";"), "");
}

}  // namespace
}  // namespace recast::net
