#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "engines/archivetool/formats.hpp"
#include "engines/archivetool/sample_archives.hpp"
#include "engines/archivetool/sample_rars.hpp"
#include "engines/archivetool/tool_run.hpp"

/// Real archives, looked at with other programs.
namespace recast::engines::archivetool {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

using JailedArchiveTool = ToolRun;

std::string bytes_of(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  return bytes;
}

constexpr auto* kUnicode = "größe/日本 🎵.txt";

TEST_F(JailedArchiveTool, HasTheVersionThatTheApiExpects) { EXPECT_EQ(tool().version(), "1.0"); }

TEST_F(JailedArchiveTool, ConvertsItsProbe) {
  const auto file = temp_.write("probe.cpio", tool().engine().info().probe.content);
  const auto zip = repack(file, "cpio", "zip");
  ASSERT_TRUE(zip) << zip.error().message;
  EXPECT_EQ(test::output_of("unzip -p " + zip->string()), "Recast\n");
}

TEST_F(JailedArchiveTool, WhatItPacksOtherProgramsUnpack) {
  const std::string large(3'000'000, 'x');
  const std::vector<fs::path> files{temp_.write("1", "one"), temp_.write("2", large), temp_.write("3", "")};
  for (const auto to : writable()) {
    if (to == "arc") continue;  // has names of its own kind: BecomesAnArcOfFiles
    const auto made = pack(files, {"a.txt", kUnicode, "empty"}, std::string(to));
    ASSERT_TRUE(made) << to << ": " << made.error().message;
    const auto folder = temp_ / ("unpacked-" + std::string(to));
    fs::create_directory(folder);
    const bool seven = to == "7z";
    const auto said = test::output_of(seven ? "7z x -o" + folder.string() + " " + made->string()
                                            : "LC_ALL=C.UTF-8 bsdtar -xf " + made->string() + " -C " + folder.string());
    EXPECT_EQ(test::read_file(folder / "a.txt"), "one") << to << ": " << said;
    EXPECT_EQ(test::read_file(folder / kUnicode), large) << to << ": " << said;
    EXPECT_TRUE(fs::exists(folder / "empty") && fs::file_size(folder / "empty") == 0) << to;
  }
}

TEST_F(JailedArchiveTool, ZipSaysThatNamesAreUtf8) {
  const auto made = pack({temp_.write("1", "one"), temp_.write("2", "two")}, {kUnicode, "plain.txt"}, "zip");
  ASSERT_TRUE(made) << made.error().message;
  const auto bytes = test::read_file(*made);
  EXPECT_EQ(bytes.substr(0, 4), "PK\3\4");
  EXPECT_TRUE(static_cast<unsigned char>(bytes.at(7)) & 0x08) << "bit 11 of the flags";
  EXPECT_THAT(test::output_of("unzip -t " + made->string()), HasSubstr("No errors detected"));
}

TEST_F(JailedArchiveTool, CompressesAsAsked) {
  const auto text = temp_.write("1", std::string(1'000'000, 'a'));
  for (const auto* const to : {"zip", "7z", "tar.gz", "tar.bz2", "tar.xz", "tar.zst"}) {
    const auto small = pack({text}, {"a.txt"}, to, {{"compression_level", 9}});
    const auto fast = pack({text}, {"a.txt"}, to, {{"compression_level", 0}});
    ASSERT_TRUE(small) << to << ": " << small.error().message;
    ASSERT_TRUE(fast) << to << ": " << fast.error().message;
    EXPECT_LT(fs::file_size(*small), 20'000U) << to;
    const bool stores = std::string_view(to) == "zip" || std::string_view(to) == "7z";
    EXPECT_EQ(fs::file_size(*fast) > 1'000'000U, stores || std::string_view(to) == "tar.gz") << to;
  }
}

TEST_F(JailedArchiveTool, StoresInAZipWhatIsCompressedAlready) {
  const auto text = temp_.write("1", std::string(100'000, 'a'));
  const auto made = pack({text}, {"a.jpg"}, "zip");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_GT(fs::file_size(*made), 100'000U);
}

TEST_F(JailedArchiveTool, PacksMoreFilesThanThereAreDescriptors) {
  const auto file = temp_.write("1", "content");
  std::vector<fs::path> files(1500, file);
  std::vector<std::string> names;
  for (int i = 0; i < 1500; ++i) names.push_back("folder/page-" + std::to_string(i) + ".txt");
  const auto made = pack(files, names, "zip");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(test::output_of("unzip -t " + made->string() + " | tail -1"), HasSubstr("No errors detected"));
  const auto back = extract(*made, "zip");
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->size(), 1500U);
  EXPECT_THAT(back->at(1234), Pair("folder/page-1234.txt", "content"));
}

/// The child's own /tmp is smaller than this, and memory.
TEST_F(JailedArchiveTool, GathersLargeArchivesOnTheDisk) {
  test::output_of("head -c 40000000 /dev/urandom > " + (temp_ / "large").string());
  for (const auto* const to : {"7z", "iso"}) {
    const auto made = pack({temp_ / "large"}, {"large.bin"}, to, {{"compression_level", 1}});
    ASSERT_TRUE(made) << to << ": " << made.error().message;
    EXPECT_GT(fs::file_size(*made), 40'000'000U) << to;
  }
}

TEST_F(JailedArchiveTool, EndsInTheMiddleOfTheStreamWhenTimeIsOver) {
  test::output_of("head -c 60000000 /dev/urandom > " + (temp_ / "large").string());
  const auto began = std::chrono::steady_clock::now();
  const auto done = tool().run({.operation = "archive",
                                .from = {},
                                .to = "tar.xz",
                                .files = {temp_ / "large", temp_ / "large"},
                                .deadline = Deadline::in(std::chrono::milliseconds(500))});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

TEST_F(JailedArchiveTool, GivesEqualNamesASuffix) {
  const auto file = temp_.write("1", "content");
  const auto made = pack({file, file, file}, {"a.txt", "a.txt", "b/a.txt"}, "tar");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(test::output_of("tar -tf " + made->string()), "a.txt\na-1.txt\nb/a.txt\n");
}

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

TEST_F(JailedArchiveTool, ReportsHowFarItIs) {
  const auto file = temp_.write("1", std::string(5'000'000, 'x'));
  std::vector<int> percents;
  ASSERT_TRUE(
      tool().run({.operation = "archive", .from = {}, .to = "zip", .files = {file, file}, .percents = &percents}));
  EXPECT_THAT(percents, testing::Contains(testing::AllOf(testing::Gt(10), testing::Lt(90))));
}

TEST_F(JailedArchiveTool, ASingleCompressedFileIsAnArchiveOfOne) {
  for (const auto* const command : {"gzip -c", "bzip2 -c", "xz -c", "zstd -qc", "xz --format=lzma -c"}) {
    const std::string tool = command;
    const std::string from = tool.starts_with("gzip")    ? "gz"
                             : tool.starts_with("bzip2") ? "bz2"
                             : tool.starts_with("zstd")  ? "zst"
                             : tool.contains("lzma")     ? "lzma"
                                                         : "xz";
    const auto packed = temp_ / ("packed." + from);
    test::output_of("printf content | " + tool + " > " + packed.string());
    const auto files = extract(packed, from, {}, "reports/report.txt." + from);
    ASSERT_TRUE(files) << from << ": " << files.error().message;
    EXPECT_THAT(*files, ElementsAre(Pair("report.txt", "content"))) << from;
    const auto tar = repack(packed, from, "tar");  // whose headers need the size first
    ASSERT_TRUE(tar) << from << ": " << tar.error().message;
    EXPECT_THAT(test::output_of("tar -xOf " + tar->string()), "content") << from;
  }
}

/// What each format of one file is opened with by other programs.
constexpr std::array<std::pair<const char*, const char*>, 9> kOpeners{{{"gz", "gzip -dc"},
                                                                       {"bz2", "bzip2 -dc"},
                                                                       {"xz", "xz -dc"},
                                                                       {"lzma", "xz --format=lzma -dc"},
                                                                       {"z", "gzip -dc"},
                                                                       {"zst", "zstd -qdc"},
                                                                       {"lz", "lzip -dc"},
                                                                       {"lzo", "lzop -dc"},
                                                                       {"rz", "rzip -d -k -o /dev/stdout"}}};

TEST_F(JailedArchiveTool, MakesASingleCompressedFileOfOneMember) {
  const std::string content = "content of the one file " + std::string(100'000, 'a');
  const auto text = temp_.write("report.txt", content);
  const auto zip = pack({text}, {"folder/report.txt"}, "zip");
  ASSERT_TRUE(zip) << zip.error().message;
  for (const auto& [to, opener] : kOpeners) {
    const std::string program(opener, std::strcspn(opener, " "));
    if (execution::find_program(program, {}).empty()) continue;
    for (const auto& made : {repack(*zip, "zip", to), pack({text}, {"report.txt"}, to)}) {
      ASSERT_TRUE(made) << to << ": " << made.error().message;
      EXPECT_LT(fs::file_size(*made), content.size() / 2) << to;
      const auto opened = temp_ / "opened";
      fs::remove(opened);
      const bool seeks = program == "rzip";
      test::output_of(seeks ? "rzip -d -k -o " + opened.string() + " " + made->string()
                            : std::string(opener) + " < " + made->string() + " > " + opened.string());
      EXPECT_EQ(test::read_file(opened), content) << to;
      const auto back = extract(*made, to, {}, "reports/report.txt." + std::string(to));
      ASSERT_TRUE(back) << to << ": " << back.error().message;
      EXPECT_THAT(*back, ElementsAre(Pair("report.txt", content))) << to;
    }
  }
}

TEST_F(JailedArchiveTool, ASingleCompressedFileHoldsOneFileOnly) {
  const auto text = temp_.write("1", "one");
  for (const auto* const to : {"gz", "bz2", "xz"}) {
    const auto two = pack({text, text}, {"a.txt", "b.txt"}, to);
    ASSERT_FALSE(two) << to;
    EXPECT_EQ(two.error().code, ErrorCode::conversion_failed);
    EXPECT_THAT(two.error().message, HasSubstr("tar.gz, zip and 7z hold many"));
  }
  const auto none = repack(temp_.write("empty.tar", std::string(10240, '\0')), "tar", "gz");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("no file"));
}

TEST_F(JailedArchiveTool, AComicIsThePicturesOfAnArchive) {
  const auto page = temp_.write("1", "a picture");
  const auto tar = pack({page, page, page, page}, {"a/2.png", "a/1.jpg", "a/ComicInfo.xml", "a/setup.exe"}, "tar");
  ASSERT_TRUE(tar) << tar.error().message;
  const auto comic = repack(*tar, "tar", "cbz");
  ASSERT_TRUE(comic) << comic.error().message;
  EXPECT_EQ(test::output_of("unzip -Z1 " + comic->string() + " | sort"), "a/1.jpg\na/2.png\na/ComicInfo.xml\n");
  const auto text = pack({page}, {"a.txt"}, "tar");
  const auto none = repack(*text, "tar", "cbz");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "There is no picture in the archive, so it is no comic.");
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

TEST_F(JailedArchiveTool, SaysThatALayerIsDamaged) {
  for (const auto* const from : {"lzo", "tar.lzo", "rz"}) {
    if (execution::find_program(std::string(find_wrapped(from)->program), {}).empty()) continue;
    for (const auto* const content : {"This is no such file at all.", ""}) {
      const auto files = extract(temp_.write("a", content), from);
      ASSERT_FALSE(files) << from;
      EXPECT_EQ(files.error().code, ErrorCode::open_failed) << from << ": " << files.error().message;
    }
  }
}

TEST_F(JailedArchiveTool, OpensEncryptedZipsWithThePassword) {
  temp_.write("secret.txt", "the secret");
  for (const auto* const command :
       {"zip -q -P pass e.zip secret.txt", "7z a -ppass -mem=AES256 -tzip e.zip secret.txt"}) {
    const auto zip = temp_ / "e.zip";
    fs::remove(zip);
    test::output_of("cd " + temp_.path().string() + " && " + command);
    const auto files = extract(zip, "zip", {{"password", "pass"}});
    ASSERT_TRUE(files) << command << ": " << files.error().message;
    EXPECT_THAT(*files, ElementsAre(Pair("secret.txt", "the secret")));
    const auto without = extract(zip, "zip");
    ASSERT_FALSE(without);
    EXPECT_EQ(without.error().code, ErrorCode::open_failed);
    EXPECT_EQ(without.error().field, "password");
    EXPECT_THAT(without.error().message, HasSubstr("password"));
    const auto wrong = extract(zip, "zip", {{"password", "guess"}});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::open_failed);
    EXPECT_EQ(wrong.error().field, "password");
  }
}

TEST_F(JailedArchiveTool, OpensEncryptedRarsWithThePassword) {
  for (const auto digits :
       {sample::kRar4Headers, sample::kRar4Data, sample::kRar5Headers, sample::kRar5Data, sample::kRar5Unproven}) {
    const auto rar = temp_.write("e.rar", bytes_of(digits));
    const auto files = extract(rar, "rar", {{"password", "pass"}});
    ASSERT_TRUE(files) << digits << ": " << files.error().message;
    EXPECT_THAT(*files, ElementsAre(Pair("secret.txt", "the secret")));
    for (const auto* const wrong : {"guess", "pas", "passs"}) {
      const auto closed = extract(rar, "rar", {{"password", wrong}});
      ASSERT_FALSE(closed) << digits;
      EXPECT_EQ(closed.error().code, ErrorCode::open_failed);
      EXPECT_EQ(closed.error().field, "password");
    }
  }
}

TEST_F(JailedArchiveTool, SaysThatAnEncryptedRarIsDamaged) {
  for (const auto digits :
       {sample::kRar4Headers, sample::kRar4Data, sample::kRar5Headers, sample::kRar5Data, sample::kRar5Unproven}) {
    const auto whole = bytes_of(digits);
    for (std::size_t end = 9; end + 1 < whole.size(); end += 5) {
      const auto files = extract(temp_.write("e.rar", whole.substr(0, end)), "rar", {{"password", "pass"}});
      EXPECT_THAT(files.value_or(Files()), AnyOf(IsEmpty(), ElementsAre(Pair("secret.txt", "the secret"))))
          << digits << end;
    }
    auto changed = whole;
    changed[whole.size() - (digits == sample::kRar4Headers || digits == sample::kRar5Headers ? 40 : 12)] ^= 1;
    const auto files = extract(temp_.write("e.rar", changed), "rar", {{"password", "pass"}});
    EXPECT_FALSE(files && !files->empty() && files->begin()->second != "the secret") << digits;
  }
}

TEST_F(JailedArchiveTool, SaysThatAnEncrypted7zCannotBeOpened) {
  temp_.write("secret.txt", "the secret");
  for (const auto* const more : {"", "-mhe=on"}) {
    const auto file = temp_ / "e.7z";
    fs::remove(file);
    test::output_of("cd " + temp_.path().string() + " && 7z a -ppass " + more + " e.7z secret.txt");
    const auto files = extract(file, "7z", {{"password", "pass"}});
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
    EXPECT_THAT(files.error().message, HasSubstr("encrypted"));
  }
}

/// Every sample that libarchive is to read gives at least one file, and can be repacked.
TEST_F(JailedArchiveTool, ReadsTheCorpus) {
  const auto* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  const std::map<std::string, std::string> samples{
      {"documents.zip", "zip"},    {"bzip2-method.zip", "zip"},   {"data-descriptor.zip", "zip"},
      {"tika.jar", "jar"},         {"documents.7z", "7z"},        {"solid-lzma2.7z", "7z"},
      {"weird-names.7z", "7z"},    {"documents.rar", "rar"},      {"rar5-solid.rar", "rar"},
      {"documents.tar", "tar"},    {"winxp-antgnu.tar", "tar"},   {"pax-posix.tar", "tar"},
      {"documents.tgz", "tar.gz"}, {"documents.tbz2", "tar.bz2"}, {"tree.tar.xz", "tar.xz"},
      {"tree.tar.z", "tar.z"},     {"tree.tar.7z", "tar.7z"},     {"tree.tar.bz", "tar.bz"},
      {"tar.lzma", "lzma"},        {"sample.tar.lz", "tar.lz"},   {"rake.1.gz", "gz"},
      {"text.bz2", "bz2"},         {"compiler.js.xz", "xz"},      {"tr2tex.z", "z"},
      {"readme.txt.lz", "lz"},     {"documents.cpio", "cpio"},    {"newc.cpio", "cpio"},
      {"libjama.deb", "deb"},      {"elfinfo-src.rpm", "rpm"},    {"xz-compressed.rpm", "rpm"},
      {"documents.cab", "cab"},    {"basic.cab", "cab"},          {"small.iso", "iso"},
      {"macos-lh5.lha", "lha"},    {"readme.txt.lzo", "lzo"},     {"tree.tar.lzo", "tar.lzo"},
      {"readme.txt.rz", "rz"}};
  for (const auto& [name, from] : samples) {
    const auto file = fs::path(corpus) / "archive" / name;
    const auto files = extract(file, from);
    EXPECT_TRUE(files) << name << ": " << (files ? "" : files.error().message);
    if (!files) continue;
    EXPECT_FALSE(files->empty()) << name;
    const auto to = from == "zip" ? "tar.gz" : "zip";
    const auto made = repack(file, from, to);
    EXPECT_TRUE(made) << name << ": " << (made ? "" : made.error().message);
    if (!made) continue;
    const auto again = extract(*made, to);
    EXPECT_TRUE(again && again->size() == files->size()) << name;
  }
  const std::map<std::string, std::pair<std::string, std::size_t>> passwords{
      {"encrypted-tika.rar", {"ApacheTika", 9}}, {"rar5-encrypted-header.rar", {"test", 3}}};
  for (const auto& [name, known] : passwords) {
    const auto file = fs::path(corpus) / "archive" / name;
    const auto closed = extract(file, "rar");
    EXPECT_TRUE(!closed && closed.error().code == ErrorCode::open_failed) << name;
    const auto files = extract(file, "rar", {{"password", known.first}});
    ASSERT_TRUE(files) << name << ": " << files.error().message;
    EXPECT_EQ(files->size(), known.second) << name;
  }
}

}  // namespace
}  // namespace recast::engines::archivetool
