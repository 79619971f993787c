#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "engines/archivetool/formats.hpp"
#include "engines/archivetool/sample_archives.hpp"
#include "engines/archivetool/tool_run.hpp"

/// Real archives, looked at with other programs.
namespace recast::engines::archivetool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using JailedArchiveTool = ToolRun;

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
