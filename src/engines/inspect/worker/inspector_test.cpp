#include "engines/inspect/worker/inspector.hpp"

#include <gtest/gtest.h>

namespace recast::engines::inspect {
namespace {

std::string mime(const std::string& bytes) {
  static const auto inspector = Inspector::open();
  if (!inspector) return inspector.error().message;
  const auto found = inspector->look(bytes);
  return found ? std::string(found->at("mime").as_string()) : found.error().message;
}

TEST(Inspector, TellsTheTypeOfContent) {
  EXPECT_EQ(mime("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "application/pdf");
  EXPECT_EQ(mime("GIF89a\1\0\1\0\x80"), "image/gif");
  EXPECT_EQ(mime("plain words\n"), "text/plain");
  EXPECT_EQ(mime("<!DOCTYPE html><html><body>"), "text/html");
  EXPECT_EQ(mime(std::string("\1\2\3\0\xff", 5)), "application/octet-stream");
}

TEST(Inspector, AnEmptyFileIsAnAnswerToo) { EXPECT_EQ(mime(""), "application/x-empty"); }

TEST(Inspector, TellsEncodingAndDescription) {
  const auto found = Inspector::open()->look(std::string("gr\xc3\xbc\xc3\x9f\n"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at("encoding"), "utf-8");
  EXPECT_TRUE(found->at("description").as_string().starts_with("Unicode text"));
  EXPECT_TRUE(Inspector::version().starts_with("5."));
}

}  // namespace
}  // namespace recast::engines::inspect
