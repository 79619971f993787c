#include "engines/archivetool/worker/arc_writer.hpp"

#include <gtest/gtest.h>

namespace recast::engines::archivetool {
namespace {

TEST(DosName, HasEightLettersAndThree) {
  std::set<std::string, std::less<>> taken;
  const auto take = [&](std::string_view path) {
    const auto name = dos_name(path, taken);
    taken.insert(name);
    return name;
  };
  EXPECT_EQ(take("folder/readme.txt"), "README.TXT");
  EXPECT_EQ(take("other/readme.txt"), "README~1.TXT");
  EXPECT_EQ(take("a long name.html"), "ALONGNAM.HTM");
  EXPECT_EQ(take("a long named.html"), "ALONGN~1.HTM") << "the first eight letters are taken";
  EXPECT_EQ(take("Makefile"), "MAKEFILE");
  EXPECT_EQ(take(".hidden"), "HIDDEN");
  EXPECT_EQ(take("\xc3\xa4\xc3\xb6.a+b"), "__.A_B");
  EXPECT_EQ(take("..."), "FILE");
}

}  // namespace
}  // namespace recast::engines::archivetool
