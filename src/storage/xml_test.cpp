#include "storage/xml.hpp"

#include <gtest/gtest.h>

namespace recast::storage {
namespace {

TEST(Xml, ReadsWhatStoresSay) {
  const auto read = parse_xml(
      "\n  <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s3:List xmlns:s3=\"http://x/\"><Key a:b=\"c\">a&amp;b &#228;"
      "</Key><Key>second</Key><Empty/></s3:List>");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "List");
  ASSERT_EQ(read->children.size(), 3u);
  EXPECT_EQ(read->text_of("Key"), "a&b \u00e4");
  EXPECT_EQ(read->find("Key")->attributes.at(0).first, "b");
  EXPECT_EQ(read->text_of("Empty"), "");
  EXPECT_EQ(read->find("None"), nullptr);
}

TEST(Xml, RefusesWhatIsNone) {
  for (const auto* const text : {"", "x", "<a>", "<a></b>", "<a/><b/>", "{\"a\":1}"})
    EXPECT_FALSE(parse_xml(text)) << text;
}

TEST(Xml, RefusesEntitiesOfItsOwn) {
  EXPECT_FALSE(parse_xml("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"));
  EXPECT_FALSE(parse_xml("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"));
}

TEST(Xml, IsBounded) {
  std::string deep;
  for (int i = 0; i < 17; ++i) deep += "<a>";
  for (int i = 0; i < 17; ++i) deep += "</a>";
  EXPECT_FALSE(parse_xml(deep));
  std::string many = "<a>";
  for (int i = 0; i < 100'000; ++i) many += "<b/>";
  EXPECT_FALSE(parse_xml(many + "</a>"));
}

}  // namespace
}  // namespace recast::storage
