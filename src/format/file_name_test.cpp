#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "format/format.hpp"

namespace recast::format {
namespace {

using testing::ElementsAre;

TEST(FileName, KeepsOnlyTheLastPathComponent) {
  EXPECT_EQ(clean_file_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(clean_file_name("C:\\Users\\me\\scan.pdf"), "scan.pdf");
  EXPECT_EQ(clean_file_name("folder/"), "file");
}

TEST(FileName, DropsControlAndBidiCharacters) {
  EXPECT_EQ(clean_file_name("a\r\nb\x7f.txt"), "ab.txt");
  EXPECT_EQ(clean_file_name("invoice\u202Efdp.exe"), "invoicefdp.exe");
  EXPECT_EQ(clean_file_name("\u2066x\u2069.pdf"), "x.pdf");
}

TEST(FileName, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(clean_file_name("caf\xe9.txt"), "caf_.txt");
  EXPECT_EQ(clean_file_name("\xf0\x9f\x98.txt"), "___.txt");
  EXPECT_EQ(clean_file_name("naïve ☃.txt"), "naïve ☃.txt");
}

TEST(FileName, NothingBecomesFile) {
  for (const auto* name : {"", ".", "..", "a/..", "   ", "\n"}) EXPECT_EQ(clean_file_name(name), "file") << name;
}

TEST(FileName, CutsTheStemAndKeepsTheExtension) {
  const auto cut = clean_file_name(std::string(300, 'a') + ".tar.gz");
  EXPECT_EQ(cut.size(), 255U);
  EXPECT_TRUE(cut.ends_with("aa.tar.gz"));
  std::string snowmen;
  for (int i = 0; i < 100; ++i) snowmen += "☃";
  const auto whole = clean_file_name(snowmen + ".pdf");
  EXPECT_LE(whole.size(), 255U);
  EXPECT_TRUE(is_valid_utf8(whole));
  EXPECT_EQ(clean_file_name("a." + std::string(400, 'x')).size(), 255U);
}

TEST(FileName, SplitsStemAndExtension) {
  EXPECT_EQ(stem("report.final.docx"), "report.final");
  EXPECT_EQ(extension("report.final.docx"), ".docx");
  EXPECT_EQ(stem("a.tar.gz"), "a");
  EXPECT_EQ(extension("A.TAR.BZ2"), ".TAR.BZ2");
  EXPECT_EQ(extension(".bashrc"), "");
  EXPECT_EQ(extension(".tar.gz"), ".gz");
  EXPECT_EQ(extension("dot."), "");
  EXPECT_EQ(extension(""), "");
}

TEST(OutputNames, OneOutputTakesTheStemOfTheInput) {
  EXPECT_THAT(output_names("", "report.final.docx", "pdf", 1), ElementsAre("report.final.pdf"));
  EXPECT_THAT(output_names("", "a.tar.gz", "zip", 1), ElementsAre("a.zip"));
  EXPECT_THAT(output_names("", "scan", "tar.gz", 1), ElementsAre("scan.tar.gz"));
}

TEST(OutputNames, SeveralOutputsAreNumbered) {
  EXPECT_THAT(output_names("", "doc.pdf", "png", 3), ElementsAre("doc-1.png", "doc-2.png", "doc-3.png"));
  EXPECT_THAT(output_names("shot.png", "doc.pdf", "png", 2), ElementsAre("shot-1.png", "shot-2.png"));
}

TEST(OutputNames, PlaceholdersCount) {
  EXPECT_THAT(output_names("pg-%d.png", "doc.pdf", "png", 2), ElementsAre("pg-1.png", "pg-2.png"));
  EXPECT_THAT(output_names("%03i_%%.png", "doc.pdf", "png", 2), ElementsAre("001_%.png", "002_%.png"));
  EXPECT_THAT(output_names("%3u", "doc.pdf", "png", 1), ElementsAre("  1"));
}

TEST(OutputNames, NothingElseAfterAPercentSignIsSpecial) {
  EXPECT_THAT(output_names("100%.pdf", "a.docx", "pdf", 1), ElementsAre("100%.pdf"));
  EXPECT_THAT(output_names("%s%n%p.pdf", "a.docx", "pdf", 1), ElementsAre("%s%n%p.pdf"));
  EXPECT_THAT(output_names("%999999999d.pdf", "a.docx", "pdf", 1), ElementsAre("%999999999d.pdf"));
  EXPECT_THAT(output_names("a%", "a.docx", "pdf", 2), ElementsAre("a%-1", "a%-2"));
}

TEST(OutputNames, APatternCannotLeaveTheFolder) {
  EXPECT_THAT(output_names("../../x-%d.png", "a.pdf", "png", 1), ElementsAre("x-1.png"));
  EXPECT_THAT(output_names("..", "a.pdf", "png", 1), ElementsAre("file"));
}

TEST(MakeUnique, NumbersLaterDuplicatesBeforeTheExtension) {
  std::vector<std::string> names{"a.png", "b.png", "a.png", "a.png", "a-1.png", "c", "c"};
  make_unique(names);
  EXPECT_THAT(names, ElementsAre("a.png", "b.png", "a-1.png", "a-2.png", "a-1-1.png", "c", "c-1"));
}

TEST(MakeUnique, KeepsLongNamesWithinTheLimit) {
  std::vector<std::string> names(3, std::string(251, 'x') + ".png");
  make_unique(names);
  EXPECT_NE(names[1], names[2]);
  for (const auto& name : names) EXPECT_LE(name.size(), 255U);
}

}  // namespace
}  // namespace recast::format
