#include "format/format.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace recast::format {
namespace {

TEST(Format, KnowsEveryTokenOfTheService) {
  std::istringstream tokens(
      "3fr 3g2 3gp 3gpp 7z aac abw ac3 ace ai aif aifc aiff alz amr arc arj arw au avi avif azw azw3 azw4 bmp "
      "bz bz2 cab caf cavs cbc cbr cbz cdr cgm chm cpio cr2 cr3 crw csv dcr deb djvu dmg dng doc docm docx dot "
      "dotx dps dss dv dvr dwf dwg dxf emf eml eot eps epub erf et fb2 flac flv gif gz heic heif htm html "
      "htmlz hwp hwpx icns ico img iso jar jfif jpeg jpg key lha lit lrf lwp lz lzma lzo m2ts m4a m4b m4v md "
      "mkv mobi mod mos mov mp3 mp4 mpeg mpg mrw mts mxf nef numbers odd odg odp ods odt oeb oga ogg ogv opus "
      "orf otf pages pdb pdf pef pml png pot potx ppm pps ppsx ppt pptm pptx prc ps psb psd pub raf rar raw rb "
      "rm rmvb rpm rst rtf rw2 rz sda sdc sdw sf2 sfark sk sk1 snb svg svgz swf tar tar.7z tar.bz tar.bz2 "
      "tar.gz tar.lzo tar.xz tar.z tbz tbz2 tcr tex tga tgz tif tiff ts ttf txt txtz tz tzo vob voc vsd vtt "
      "wav weba webm webp wma wmf wmv woff woff2 wpd wps wtv x3f xcf xls xlsm xlsx xps xz z zabw zip");
  int count = 0;
  for (std::string token; tokens >> token; ++count) {
    const auto* const format = find(token);
    ASSERT_NE(format, nullptr) << token;
    EXPECT_NE(format->mime.find('/'), std::string_view::npos) << token;
    EXPECT_FALSE(format->group.empty()) << token;
  }
  EXPECT_EQ(count, 213);
}

TEST(Format, EveryNameIsItsOwnCanonicalToken) {
  std::set<std::string_view> names;
  for (const auto& format : all()) {
    EXPECT_EQ(canonical(format.name), format.name);
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_EQ(find(from_mime(format.mime))->mime, format.mime);
  }
}

TEST(Format, TakesOtherSpellings) {
  EXPECT_EQ(canonical("JPEG"), "jpg");
  EXPECT_EQ(canonical("jfif"), "jpg");
  EXPECT_EQ(canonical("tif"), "tiff");
  EXPECT_EQ(canonical("htm"), "html");
  EXPECT_EQ(canonical("tgz"), "tar.gz");
  EXPECT_EQ(canonical("NoSuchThing"), "nosuchthing");
  EXPECT_EQ(find(""), nullptr);
  EXPECT_EQ(find("nosuchthing"), nullptr);
}

TEST(Format, ReadsTheExtensionOfAFileName) {
  EXPECT_EQ(of_file_name("a.tar.gz"), "tar.gz");
  EXPECT_EQ(of_file_name("report.final.DOCX"), "docx");
  EXPECT_EQ(of_file_name("photo.jpeg"), "jpg");
  EXPECT_EQ(of_file_name("data.xyz"), "xyz");
  EXPECT_EQ(of_file_name("README"), "");
  EXPECT_EQ(of_file_name(".profile"), "");
  EXPECT_EQ(of_file_name("trailing."), "");
}

TEST(Format, KnowsMediaTypesBothWays) {
  EXPECT_EQ(mime_of_file_name("a.png"), "image/png");
  EXPECT_EQ(mime_of_file_name("a.unknown"), "application/octet-stream");
  EXPECT_EQ(from_mime("image/jpeg"), "jpg");
  EXPECT_EQ(from_mime("Text/HTML; charset=utf-8"), "html");
  EXPECT_EQ(from_mime("application/x-zip-compressed"), "zip");
  EXPECT_EQ(from_mime("application/octet-stream"), "");
  EXPECT_EQ(from_mime(""), "");
}

}  // namespace
}  // namespace recast::format
