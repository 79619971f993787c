#include "engines/exiftool/tags.hpp"

#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "base/text.hpp"

namespace recast::engines::exiftool {
namespace {

TEST(ExifToolTags, AreNamesWithKnownGroups) {
  for (const auto* const name :
       {"Title", "Author", "XMP:Title", "XMP-dc:Title", "EXIF:IFD0:Artist", "PDF:Keywords", "Title-de", "GPSLatitude",
        "Comment", "IPTC:Caption-Abstract", "exif:imagedescription"})
    EXPECT_TRUE(is_writable_tag(name)) << name;
}

TEST(ExifToolTags, AreNothingElse) {
  for (const auto* const name :
       {"",         ":",      "Title:",    ":Title",        "-Title",       "Title-",       "Title--de",
        "Title=",   "Title<", "Title+",    "Ti tle",        "Title\n",      "Title#",       "*",
        "XMP:*",    "1Title", "Foo:Title", "All:Title",     "File:Comment", "System:Title", "ExifTool:Warning",
        "-execute", "@",      "Title\r",   "T\xc3\xadtulo", "if(1)",        "mwg:Creator"})
    EXPECT_FALSE(is_writable_tag(name)) << name;
  EXPECT_FALSE(is_writable_tag(std::string(200, 'a')));
  EXPECT_FALSE(is_writable_tag(std::string_view("Title\0x", 7)));
}

TEST(ExifToolTags, NeverActOnTheFileItself) {
  for (const auto* const name :
       {"FileName", "filename", "FILENAME", "FileName-de", "XMP:FileName", "Directory", "SymLink", "HardLink",
        "TestName", "Geotag", "Geosync", "Geotime", "FileModifyDate", "FilePermissions", "TagsFromFile",
        "AllTagsFromFile", "All", "MDItemFinderComment", "XAttrQuarantine"})
    EXPECT_FALSE(is_writable_tag(name)) << name;
}

TEST(ExifToolTags, OfTheFileAsTheInstalledExifToolListsThemAreRefused) {
  const auto listed = test::output_of("exiftool -config '' -listw -File:all -System:all");
  std::size_t seen = 0;
  for (const auto line : split(listed, '\n')) {
    if (!line.starts_with("  ")) continue;
    for (const auto tag : split(trim(line), ' ')) {
      if (tag.empty() || tag == "Comment") continue;
      ++seen;
      EXPECT_FALSE(is_writable_tag(tag)) << tag;
    }
  }
  EXPECT_GT(seen, 15U) << listed;
}

TEST(ExifToolAssignment, IsOneLineWithAGroup) {
  EXPECT_EQ(assignment("Title", "Plan"), "-All:Title=Plan");
  EXPECT_EQ(assignment("XMP-dc:Title", "Größe"), "-XMP-dc:Title=Größe");
  EXPECT_EQ(assignment("Title", ""), "-All:Title=");
  EXPECT_EQ(assignment("json", "/etc/passwd"), "-All:json=/etc/passwd") << "a tag that is not defined, not an option";
}

TEST(ExifToolAssignment, WritesWhatMeansSomethingAsEntities) {
  EXPECT_EQ(assignment("Title", "<=/etc/passwd"), "-All:Title=&#60;=/etc/passwd");
  EXPECT_EQ(assignment("Title", "a\n-FileName=b"), "-All:Title=a&#10;-FileName=b");
  EXPECT_EQ(assignment("Title", "  a &amp; \"b\""), "-All:Title=&#32; a &#38;amp; &#34;b&#34;");
  EXPECT_EQ(assignment("Title", "$file @x #y \\z"), "-All:Title=&#36;file &#64;x &#35;y &#92;z");
}

TEST(ExifToolAssignment, RefusesOtherControlCharacters) {
  for (const auto& value :
       {std::string("a\0b", 3), std::string("\x1b[0m"), std::string("\x7f"), std::string("\xff\xfe")}) {
    const auto line = assignment("Title", value);
    ASSERT_FALSE(line);
    EXPECT_EQ(line.error().code, ErrorCode::invalid_data);
    EXPECT_EQ(line.error().field, "metadata");
  }
  EXPECT_FALSE(assignment("Title", std::string(100'000, 'x')));
}

}  // namespace
}  // namespace recast::engines::exiftool
