#include <gtest/gtest.h>

#include "format/format.hpp"

namespace recast::format {
namespace {

using namespace std::string_literals;

const std::string kPng = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s;
const std::string kOle = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0"s;

std::string zip_of(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string bytes;
  for (const auto& [name, content] : members) {
    const auto size = [](std::size_t value) {
      return std::string{static_cast<char>(value & 0xFF), static_cast<char>(value >> 8)};
    };
    bytes += "PK\3\4\x14\0\0\0\0\0\0\0\0\0\0\0\0\0"s + size(content.size()) + "\0\0"s + size(content.size()) + "\0\0"s;
    bytes += size(name.size()) + "\0\0"s + name + content;
  }
  return bytes;
}

const std::string kDocx =
    zip_of({{"[Content_Types].xml", "<Types/>"}, {"_rels/.rels", ""}, {"word/document.xml", "x"}});
const std::string kOdt = zip_of({{"mimetype", "application/vnd.oasis.opendocument.text"}, {"content.xml", ""}});

std::string of(std::string_view token, const std::string& bytes) {
  switch (check(token, bytes, bytes.size())) {
    case Verdict::agrees:
      return "agrees";
    case Verdict::contradicts:
      return "contradicts";
    case Verdict::unknown:
      return "unknown";
  }
  return "?";
}

TEST(Sniff, KnowsContentByItsFirstBytes) {
  EXPECT_EQ(sniff(kPng), "png");
  EXPECT_EQ(sniff("\xff\xd8\xff\xe0"), "jpg");
  EXPECT_EQ(sniff("RIFF\x10\0\0\0WEBPVP8 "s), "webp");
  EXPECT_EQ(sniff("\0\0\0\x18"
                  "ftypavif\0\0\0\0"s),
            "avif");
  EXPECT_EQ(sniff("\0\0\0\x18"
                  "ftypmif1\0\0\0\0heic"s),
            "heic");
  EXPECT_EQ(sniff("\0\0\0\x18"
                  "ftypisom\0\0\0\0"s),
            "mp4");
  EXPECT_EQ(sniff("\x1a\x45\xdf\xa3....webm"), "webm");
  EXPECT_EQ(sniff("%PDF-1.7\n"), "pdf");
  EXPECT_EQ(sniff("\x1b%-12345X@PJL\n%PDF-1.4"), "text");
  EXPECT_EQ(sniff("{\\rtf1\\ansi"), "rtf");
  EXPECT_EQ(sniff(kOle), "ole");
  EXPECT_EQ(sniff(kDocx), "docx");
  EXPECT_EQ(sniff(kOdt), "odt");
  EXPECT_EQ(sniff(zip_of({{"a.txt", "hello"}})), "zip");
  EXPECT_EQ(sniff("PK\5\6"s + std::string(18, '\0')), "zip");
}

TEST(Sniff, TellsMarkupFromPlainText) {
  EXPECT_EQ(sniff("Hello\n"), "text");
  EXPECT_EQ(sniff("\xef\xbb\xbf<!-- c --><!DOCTYPE html>"), "html");
  EXPECT_EQ(sniff("<?xml version='1.0'?><svg/>"), "svg");
  EXPECT_EQ(sniff("<?xml version='1.0'?><data/>"), "xml");
  EXPECT_EQ(sniff("\xff\xfe<\0h\0t\0m\0l\0>\0"s), "html");
  EXPECT_EQ(sniff("\x01\x02\x03"), "");
  EXPECT_EQ(sniff(""), "");
}

TEST(Sniff, WordsThatLookLikeASignatureStayText) {
  EXPECT_EQ(sniff("BMW,3 series\n"), "text");
  EXPECT_EQ(sniff("MZ is the signature of DOS programs"), "text");
  EXPECT_EQ(sniff("070701,12,8\n"), "text");
  EXPECT_EQ(sniff("Hello, **ACE** of spades"), "text");
  EXPECT_EQ(sniff("How to find %PDF- in a file"), "text");
  EXPECT_EQ(sniff("AC10 is a version of a drawing"), "text");
}

TEST(Check, AgreesWithFilesThatAreWhatTheySay) {
  EXPECT_EQ(of("png", kPng), "agrees");
  EXPECT_EQ(of("docx", kDocx), "agrees");
  EXPECT_EQ(of("docm", kDocx), "agrees");
  EXPECT_EQ(of("odt", kOdt), "agrees");
  EXPECT_EQ(of("doc", kOle), "agrees");
  EXPECT_EQ(of("pdf", std::string(900, '\n') + "%PDF-1.3"), "agrees");
  EXPECT_EQ(of("csv", "a,b\n1,2\n"), "agrees");
  EXPECT_EQ(of("txt", "\xff\xfeh\0i\0"s), "agrees");
}

TEST(Check, ContradictsWhenSure) {
  EXPECT_EQ(of("docx", kPng), "contradicts");
  EXPECT_EQ(of("docx", "just some text"), "contradicts");
  EXPECT_EQ(of("docx", "\x01\x02\x03\x04"), "contradicts");
  EXPECT_EQ(of("docx", zip_of({{"[Content_Types].xml", ""}, {"xl/workbook.xml", ""}})), "contradicts");
  EXPECT_EQ(of("doc", kPng), "contradicts");
  EXPECT_EQ(of("xls", "\x05\x06\x07\x08"), "contradicts");
  EXPECT_EQ(of("pdf", std::string(2000, '\n') + "%PDF-1.3"), "contradicts");
  EXPECT_EQ(of("png", "<svg xmlns='x'/>"), "contradicts");
  EXPECT_EQ(of("mp4", "#EXTM3U\nfile:///etc/passwd"), "contradicts");
  EXPECT_EQ(of("mp4", kPng), "contradicts");
  for (const auto* token : {"txt", "csv", "html", "md"}) {
    EXPECT_EQ(of(token, kPng), "contradicts") << token;
    EXPECT_EQ(of(token, kDocx), "contradicts") << token;
    EXPECT_EQ(of(token, "%PDF-1.5\n"), "contradicts") << token;
    EXPECT_EQ(of(token,
                 "\x7f"
                 "ELF\2\1\1\0\0"s),
              "contradicts")
        << token;
    EXPECT_EQ(of(token, "abc\0def\0"s), "contradicts") << token;
  }
}

TEST(Check, LeavesDoubtfulFilesToTheEngine) {
  EXPECT_EQ(of("docx", kOle), "unknown");  // encrypted
  EXPECT_EQ(of("doc", "{\\rtf1}"), "unknown");
  EXPECT_EQ(of("xls", "<html><table>"), "unknown");
  EXPECT_EQ(of("doc", kDocx), "unknown");
  EXPECT_EQ(of("jpg", kPng), "unknown");  // image readers go by content
  EXPECT_EQ(of("mp3", "\x01\x02\x03\x04"), "unknown");
  EXPECT_EQ(of("nosuchformat", kPng), "unknown");
}

TEST(Check, AnEmptyFileIsOnlyText) {
  EXPECT_EQ(of("png", ""), "contradicts");
  EXPECT_EQ(of("docx", ""), "contradicts");
  EXPECT_EQ(of("zip", ""), "contradicts");
  EXPECT_NE(of("txt", ""), "contradicts");
  EXPECT_NE(of("csv", ""), "contradicts");
  EXPECT_NE(of("html", ""), "contradicts");
}

}  // namespace
}  // namespace recast::format
