#include "engines/pdf2office/worker/xml_cleaner.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "engines/pdf2office/worker/xml_reader.hpp"

namespace recast::engines::pdf2office {
namespace {

std::string cleaned(std::string_view text, std::size_t piece) {
  XmlCleaner cleaner;
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) cleaner.feed(text.substr(0, piece), out);
  cleaner.finish(out);
  return out;
}

TEST(XmlCleaner, DropsWhatXmlForbidsWhereverThePiecesEnd) {
  const std::string dirty =
      "<a b=\"&#x1;x&#65;&lt;&#xfffe;\x01&#31;&#10;\xC3\xA4\xFF\xE2\x82\xAC\">\xEF\xBF\xBE&</a>\xC3";
  const std::string clean = "<a b=\"x&#65;&lt;&#10;\xC3\xA4\xEF\xBF\xBD\xE2\x82\xAC\">&amp;</a>\xEF\xBF\xBD";
  for (std::size_t piece = 1; piece <= dirty.size(); ++piece) EXPECT_EQ(cleaned(dirty, piece), clean) << piece;
}

TEST(XmlCleaner, KnowsOverlongLettersAndHalvesOfPairs) {
  EXPECT_EQ(cleaned("\xE0\x80\xAF", 9), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(cleaned("a\xED\xA0\x80z", 9), "az");
}

struct Counter final : ElementHandler {
  int elements = 0;
  double sum = 0;
  void start(std::string_view, const Attributes& attributes) override {
    ++elements;
    sum += attributes.number("x", 100);
    if (elements == 3) failed = Error{ErrorCode::page_limit, "enough", {}};
  }
  void end(std::string_view) override {}
};

TEST(XmlReader, TellsOfElementsUntilItIsEnough) {
  Counter counter;
  const auto result = read_xml(pieces_of("<a x='1'><b x='nan'/><c x='.5'/></a>"), counter);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::page_limit);
  EXPECT_EQ(counter.elements, 3);
  EXPECT_DOUBLE_EQ(counter.sum, 101.5);  // 1, 100 for what is no number, .5
}

TEST(XmlReader, SaysWhenADocumentBreaksOff) {
  Counter counter;
  const auto result = read_xml(pieces_of("<a><b/>"), counter);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::open_failed);
  EXPECT_EQ(counter.elements, 2);
}

}  // namespace
}  // namespace recast::engines::pdf2office
