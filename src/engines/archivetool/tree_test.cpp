#include <gmock/gmock.h>

#include <cstdlib>

#include "engines/archivetool/formats.hpp"
#include "engines/archivetool/sample_archives.hpp"
#include "engines/archivetool/tool_run.hpp"

namespace recast::engines::archivetool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

/// A folder with what archives have: folders, an empty one, a link, another name for a file.
class Tree : public ToolRun {
 protected:
  Tree() {
    test::output_of("cd " + temp_.path().string() +
                    " && mkdir -p tree/sub/deep tree/empty && printf one > tree/a.txt && printf two > tree/sub/ü.txt "
                    "&& head -c 300000 /dev/urandom > tree/sub/deep/random.bin && ln -s ../a.txt tree/sub/link "
                    "&& ln tree/a.txt tree/z-hard.txt && touch tree/none");
  }
  fs::path made_by(const std::string& command, const std::string& name) {
    const auto said =
        test::output_of("cd " + temp_.path().string() + " && " + command + " && test -s " + name + " || echo failed");
    EXPECT_THAT(said, testing::Not(HasSubstr("failed"))) << command;
    return temp_ / name;
  }
  /// Every format that some program here writes.
  std::vector<std::pair<std::string, fs::path>> archives() {
    return {{"zip", made_by("zip -qry a.zip tree", "a.zip")},
            {"7z", made_by("7z a -snl a.7z tree", "a.7z")},
            {"tar", made_by("tar -cf a.tar tree", "a.tar")},
            {"tar.gz", made_by("tar -czf a.tar.gz tree", "a.tar.gz")},
            {"tar.bz2", made_by("tar -cjf a.tar.bz2 tree", "a.tar.bz2")},
            {"tar.xz", made_by("tar -cJf a.tar.xz tree", "a.tar.xz")},
            {"tar.zst", made_by("tar --zstd -cf a.tar.zst tree", "a.tar.zst")},
            {"tar.z", made_by("bsdtar -cZf a.tar.z tree", "a.tar.z")},
            {"tar.lz", made_by("bsdtar -cf a.tar.lz --lzip tree", "a.tar.lz")},
            {"tar.lzma", made_by("bsdtar -cf a.tar.lzma --lzma tree", "a.tar.lzma")},
            {"gz", made_by("tar -czf b.gz tree", "b.gz")},
            {"tar.7z", made_by("tar -cf b.tar tree && 7z a b.tar.7z b.tar", "b.tar.7z")},
            {"cpio", made_by("LC_ALL=C.UTF-8 bsdtar -cf a.cpio --format newc tree", "a.cpio")},
            {"xar", made_by("LC_ALL=C.UTF-8 bsdtar -cf a.xar --format xar tree", "a.xar")},
            {"iso", made_by("LC_ALL=C.UTF-8 bsdtar -cf a.iso --format iso9660 tree", "a.iso")}};
  }
  void expect_tree(const Files& files, const std::string& from) {
    const auto random = test::read_file(temp_ / "tree/sub/deep/random.bin");
    EXPECT_THAT(files, UnorderedElementsAre(Pair("tree/a.txt", "one"), Pair("tree/sub/ü.txt", "two"),
                                            Pair("tree/sub/deep/random.bin", random), Pair("tree/z-hard.txt", "one"),
                                            Pair("tree/none", "")))
        << from << ": " << testing::PrintToString(names_of(files));
  }
};

TEST_F(Tree, ComesOutOfEveryFormat) {
  for (const auto& [from, file] : archives()) {
    const auto files = extract(file, from);
    ASSERT_TRUE(files) << from << ": " << files.error().message;
    expect_tree(*files, from);
  }
}

TEST_F(Tree, KeepsItsShapeInEveryConversion) {
  const auto all = archives();
  for (const auto to : writable()) {
    if (to == "arc") continue;  // has names of its own kind: BecomesAnArcOfFiles
    for (const auto& [from, file] : {all[0], all[1], all[3], all[12]}) {  // zip, 7z, tar.gz, cpio
      if (from == to || to == "cbz") continue;                            // which has pictures only
      const auto made = repack(file, from, std::string(to));
      ASSERT_TRUE(made) << from << " to " << to << ": " << made.error().message;
      const auto files = extract(*made, std::string(to));
      ASSERT_TRUE(files) << from << " to " << to << ": " << files.error().message;
      expect_tree(*files, from + " to " + std::string(to));
    }
  }
}

TEST_F(Tree, KeepsLinksAndEmptyFolders) {
  const auto made = repack(made_by("tar -cf a.tar tree", "a.tar"), "tar", "tar.gz");
  ASSERT_TRUE(made) << made.error().message;
  const auto listed = test::output_of("tar -tvzf " + made->string());
  EXPECT_THAT(listed, HasSubstr("tree/sub/link -> ../a.txt"));
  EXPECT_THAT(listed, HasSubstr("tree/empty/"));
  // Whichever of the two came first.
  EXPECT_TRUE(listed.contains("tree/z-hard.txt link to tree/a.txt") ||
              listed.contains("tree/a.txt link to tree/z-hard.txt"))
      << listed;
}

TEST_F(Tree, PicksFilesByPattern) {
  const auto zip = made_by("zip -qry a.zip tree", "a.zip");
  const auto names = [&](const std::string& pattern) {
    const auto files = extract(zip, "zip", {{"pattern", pattern}});
    return files ? names_of(*files) : std::vector<std::string>{files.error().message};
  };
  EXPECT_THAT(names("*.txt"), ElementsAre("tree/a.txt", "tree/sub/ü.txt", "tree/z-hard.txt"));
  EXPECT_THAT(names("?.txt"), ElementsAre("tree/a.txt", "tree/sub/ü.txt"));
  EXPECT_THAT(names("tree/sub/*"), ElementsAre("tree/sub/deep/random.bin", "tree/sub/ü.txt"));
  EXPECT_THAT(names("nothing"), ElementsAre());
}

/// ARC has files only, by names of DOS; its own program is the judge.
TEST_F(Tree, BecomesAnArcOfFiles) {
  if (execution::find_program("arc", {}).empty()) GTEST_SKIP() << "arc is not installed";
  const auto made = repack(made_by("tar -cf a.tar tree", "a.tar"), "tar", "arc");
  ASSERT_TRUE(made) << made.error().message;
  const auto arc = temp_ / "made.arc";
  fs::copy_file(*made, arc);
  const auto told = test::output_of("cd " + temp_.path().string() + " && arc t made.arc 2>&1");
  EXPECT_NE(told.find("No errors detected"), std::string::npos) << told;
  const auto count =
      test::output_of("cd " + temp_.path().string() + " && arc l made.arc 2>&1 | grep -c '[A-Z0-9~]  *[0-9]'");
  EXPECT_GE(std::atoi(count.c_str()), 5) << told;
}

/// Formats of which a program does the outer layer.
TEST_F(Tree, GoesThroughFormatsThatWantAProgram) {
  const auto tar = made_by("tar -cf a.tar tree", "a.tar");
  for (const auto& layer : wrapped()) {
    if (layer.inner != "tar") continue;
    if (execution::find_program(std::string(layer.program), {}).empty())
      GTEST_SKIP() << layer.program << " is not installed";
    const std::string to(layer.name);
    const auto made = repack(tar, "tar", to);
    ASSERT_TRUE(made) << to << ": " << made.error().message;
    const auto list = to == "tar.lzo" ? test::output_of("lzop -dc " + made->string() + " | tar -t | wc -l")
                                      : test::output_of("7z x -so " + made->string() + " | tar -t | wc -l");
    EXPECT_EQ(std::atoi(list.c_str()), 10) << to << ": four folders, five files and a link";
    const auto files = extract(*made, to);
    ASSERT_TRUE(files) << to << ": " << files.error().message;
    expect_tree(*files, to);
  }
}

}  // namespace
}  // namespace recast::engines::archivetool
