#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "base/text.hpp"
#include "engines/archivetool/sample_archives.hpp"
#include "engines/archivetool/tool_run.hpp"
#include "format/format.hpp"

/// Archives that want more than to be unpacked.
namespace recast::engines::archivetool {
namespace {

using sample::CpioEntry;
using sample::TarEntry;
using sample::ZipEntry;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class HostileArchive : public ToolRun {
 protected:
  ErrorCode code_of(const fs::path& file, const std::string& from, const json::object& options = {}) {
    const auto files = extract(file, from, options);
    return files ? ErrorCode::internal : files.error().code;
  }
  fs::path by_shell(const std::string& command, const std::string& name) {
    test::output_of("cd " + temp_.path().string() + " && " + command);
    return temp_ / name;
  }
};

TEST_F(HostileArchive, CannotClimbOutOfItsFolder) {
  const auto files = extract_bytes(sample::tar({{"../../etc/cron.d/evil", "1"},
                                                {"/etc/passwd", "2"},
                                                {"a/../../../b", "3"},
                                                {"..\\..\\windows\\c", "4"},
                                                {"C:\\d", "5"},
                                                {"./././e", "6"},
                                                {"\x01../f\n", "7"}}),
                                   "tar");
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_THAT(*files, ElementsAre(Pair("etc/cron.d/evil", "1"), Pair("etc/passwd", "2"), Pair("a/b", "3"),
                                  Pair("windows/c", "4"), Pair("d", "5"), Pair("e", "6"), Pair("file/f", "7")));
  const auto zipped = extract_bytes(sample::zip({{"../../x", "1"}, {"/y", "2"}, {"a/..\\..\\z", "3"}}), "zip");
  ASSERT_TRUE(zipped) << zipped.error().message;
  EXPECT_THAT(*zipped, ElementsAre(Pair("x", "1"), Pair("y", "2"), Pair("a/z", "3")));
}

TEST_F(HostileArchive, CannotClimbOutAfterRepackingEither) {
  const auto tar = temp_.write("a.tar", sample::tar({{"../../up", "1"},
                                                     {"/abs", "2"},
                                                     {"out", "", '2', "/etc/passwd"},
                                                     {"up-link", "", '2', "../../x"},
                                                     {"sub/fine", "", '2', "../abs"},
                                                     {"device", "", '3'},
                                                     {"pipe", "", '6'},
                                                     {"hard", "", '1', "/etc/passwd"}}));
  for (const auto* const to : {"zip", "tar.gz", "7z"}) {
    const auto made = repack(tar, "tar", to);
    ASSERT_TRUE(made) << made.error().message;
    const auto names = test::output_of("bsdtar -tf " + made->string() + " | sort");
    EXPECT_EQ(names, "abs\nsub/fine\nup\n") << to;
    EXPECT_THAT(test::output_of("bsdtar -tvf " + made->string()), HasSubstr("sub/fine -> ../abs")) << to;
  }
}

TEST_F(HostileArchive, LinksAndDevicesNeverBecomeFiles) {
  const auto bytes = sample::tar({{"link", "", '2', "/etc/passwd"},
                                  {"link/inside", "1"},
                                  {"device", "", '3'},
                                  {"pipe", "", '6'},
                                  {"hard", "", '1', "/etc/passwd"},
                                  {"hard-self", "", '1', "hard-self"},
                                  {"fine", "2"},
                                  {"second", "", '1', "./fine"}});
  const auto done =
      tool().run({.operation = "archive/extract", .from = "tar", .to = {}, .files = {temp_.write("links.tar", bytes)}});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(done->names, ElementsAre("link/inside", "fine", "second"));
  EXPECT_EQ(test::read_file(done->files.at(2)), "2") << "a hard link is a copy";
  EXPECT_EQ(done->steps.at(0).answer.at("left_out"), 5);
}

TEST_F(HostileArchive, NamesInCodePagesAreRead) {
  // "Größe.txt" in code page 437, "日本語.txt" and "テスト.txt" in Shift-JIS.
  const auto files = extract_bytes(sample::zip({{"Gr\x94\xe1"
                                                 "e.txt",
                                                 "1"},
                                                {"\x93\xfa\x96\x7b\x8c\xea.txt", "2"},
                                                {"\x83\x65\x83\x58\x83\x67.txt", "3"},
                                                {"flagged-ü.txt", "4", -1, true},
                                                {"unflagged-ü.txt", "5"}}),
                                   "zip");
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_THAT(*files, ElementsAre(Pair("Größe.txt", "1"), Pair("日本語.txt", "2"), Pair("テスト.txt", "3"),
                                  Pair("flagged-ü.txt", "4"), Pair("unflagged-ü.txt", "5")));
}

TEST_F(HostileArchive, NamesThatEndInASlashAreFolders) {
  const auto files = extract_bytes(sample::zip({{"folder\\", ""}, {"folder\\a.txt", "1"}, {"other/", ""}}), "zip");
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_THAT(*files, ElementsAre(Pair("folder/a.txt", "1")));
}

TEST_F(HostileArchive, LongNamesAreKeptWithinBounds) {
  const std::string longest = std::string(251, 'n') + ".txt";
  const std::string longer(5000, 'm');
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += "d/";
  const auto files =
      extract_bytes(sample::zip({{longest, "1"}, {longer, "2"}, {deep + "leaf", "3"}, {"\xff\xfe\x80", "4"}}), "zip");
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 4U);
  EXPECT_EQ(files->at(0).first, longest);
  EXPECT_EQ(files->at(1).first.size(), 255U);
  EXPECT_TRUE(files->at(2).first.ends_with("/d/leaf"));
  for (const auto& [name, content] : *files) EXPECT_EQ(format::clean_path(name), name);
}

TEST_F(HostileArchive, ABombEndsByItsRatio) {
  const auto bomb = by_shell("head -c 200000000 /dev/zero | bzip2 > bomb.bz2", "bomb.bz2");
  ASSERT_LT(fs::file_size(bomb), 10'000U);
  EXPECT_EQ(code_of(bomb, "bz2"), ErrorCode::output_limit);
  EXPECT_EQ(repack(bomb, "bz2", "zip").error().code, ErrorCode::output_limit);
  const auto twice = by_shell("gzip < bomb.bz2 > twice.gz", "twice.gz");
  EXPECT_EQ(code_of(twice, "gz"), ErrorCode::output_limit) << "a bomb in a wrapping";
}

TEST_F(HostileArchive, EntriesThatLieOnTheSameContentGiveItOnceOrEndByTheirRatio) {
  std::vector<ZipEntry> entries{{"kernel", std::string(1'000'000, '\0')}};
  for (int i = 0; i < 400; ++i)
    entries.push_back({"copy-" + std::to_string(i), entries.front().content, -1, false, true});
  const auto bomb = temp_.write("overlap.zip", sample::zip(entries));
  ASSERT_LT(fs::file_size(bomb), 1'200'000U);
  const auto files = extract(bomb, "zip");
  if (files) {
    EXPECT_EQ(files->size(), 1U);
  } else {
    EXPECT_EQ(files.error().code, ErrorCode::output_limit);
  }
}

TEST_F(HostileArchive, ANestedArchiveIsUnpackedOnce) {
  by_shell("head -c 50000000 /dev/zero | zip -q inner.zip - && zip -q outer.zip inner.zip", "outer.zip");
  const auto files = extract(temp_ / "outer.zip", "zip");
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_THAT(names_of(*files), ElementsAre("inner.zip"));
}

TEST_F(HostileArchive, ASparseFileOfTerabytesEnds) {
  const auto tar = by_shell("truncate -s 2T huge && tar -cSf sparse.tar huge && rm huge", "sparse.tar");
  ASSERT_LT(fs::file_size(tar), 100'000U);
  EXPECT_EQ(code_of(tar, "tar"), ErrorCode::output_limit);
  EXPECT_EQ(repack(tar, "tar", "zip").error().code, ErrorCode::output_limit);
}

TEST_F(HostileArchive, AHundredThousandEntriesAreTooManyFilesButRepackable) {
  std::string tar;
  const auto one = sample::tar({{"entry", ""}}).substr(0, 512);
  tar.reserve(512 * 100'002);
  for (int i = 0; i < 100'000; ++i) tar += one;
  const auto file = temp_.write("many.tar", tar + std::string(1024, '\0'));
  EXPECT_EQ(code_of(file, "tar"), ErrorCode::output_limit);
  const auto made = repack(file, "tar", "tar.gz");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(test::output_of("tar -tzf " + made->string() + " | sort -u | wc -l"), "100000\n")
      << "and every name is its own";
}

TEST_F(HostileArchive, AnEntryThatLiesAboutItsSizeIsDamage) {
  for (const std::int64_t size : {0, 3, 100, 0x7FFFFFFF}) {
    const auto file = temp_.write("lie.zip", sample::zip({{"a.txt", "content", size}}));
    const auto files = extract(file, "zip");
    ASSERT_FALSE(files) << size;
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << size << files.error().message;
    EXPECT_FALSE(repack(file, "zip", "tar")) << size;
  }
  const auto tar = temp_.write("lie.tar", sample::tar({{"a.txt", "content", '0', "", 0x7FFFFFFF}}));
  EXPECT_EQ(code_of(tar, "tar"), ErrorCode::open_failed);
}

TEST_F(HostileArchive, ATruncatedOneOfEveryFormatIsDamaged) {
  by_shell("mkdir t && head -c 400000 /dev/urandom > t/a.bin && head -c 400000 /dev/urandom > t/b.bin", "t");
  const std::vector<std::pair<std::string, std::string>> all{{"zip", "zip -qr a.zip t"},
                                                             {"7z", "7z a a.7z t"},
                                                             {"tar", "tar -cf a.tar t"},
                                                             {"tar.gz", "tar -czf a.tar.gz t"},
                                                             {"tar.bz2", "tar -cjf a.tar.bz2 t"},
                                                             {"tar.xz", "tar -cJf a.tar.xz t"},
                                                             {"tar.zst", "tar --zstd -cf a.tar.zst t"},
                                                             {"cpio", "bsdtar -cf a.cpio --format newc t"},
                                                             {"iso", "bsdtar -cf a.iso --format iso9660 t"},
                                                             {"xar", "bsdtar -cf a.xar --format xar t"},
                                                             {"gz", "gzip -c t/a.bin > a.gz"},
                                                             {"xz", "xz -c t/a.bin > a.xz"}};
  for (const auto& [from, command] : all) {
    const auto bytes = test::read_file(by_shell(command, "a." + from));
    ASSERT_GT(bytes.size(), 100'000U) << from;
    for (const auto length : {bytes.size() / 2, bytes.size() / 100, std::size_t{5}}) {
      const auto file = temp_.write("cut." + from, bytes.substr(0, length));
      EXPECT_EQ(code_of(file, from), ErrorCode::open_failed) << from << " " << length;
      EXPECT_FALSE(repack(file, from, from == "zip" ? "tar" : "zip")) << from << " " << length;
    }
  }
}

TEST_F(HostileArchive, FlippedBitsNeverCrashTheWorker) {
  by_shell("mkdir t && head -c 20000 /dev/urandom > t/a.bin && seq 5000 > t/b.txt", "t");
  for (const auto& [from, command] : {std::pair<std::string, std::string>{"zip", "zip -qr a.zip t"},
                                      {"7z", "7z a a.7z t"},
                                      {"tar.gz", "tar -czf a.tar.gz t"},
                                      {"iso", "bsdtar -cf a.iso --format iso9660 t"},
                                      {"cpio", "bsdtar -cf a.cpio --format newc t"}}) {
    const auto good = test::read_file(by_shell(command, "a." + from));
    for (unsigned round = 0; round < 12; ++round) {
      auto bytes = good;
      for (unsigned flip = 0; flip < 8; ++flip)
        bytes[(round * 7919U + flip * 104729U) % bytes.size()] ^= static_cast<char>(1U << (flip % 8));
      const auto files = extract_bytes(bytes, from);
      if (files) continue;
      EXPECT_TRUE(files.error().code == ErrorCode::open_failed || files.error().code == ErrorCode::output_limit ||
                  files.error().code == ErrorCode::memory_limit)
          << from << " " << round << ": " << files.error().message;
    }
  }
}

TEST_F(HostileArchive, NamesSharedInCpioGiveEveryFileItsContent) {
  const auto files = extract_bytes(
      sample::cpio({{"first", "", 7, 3}, {"second", "", 7, 3}, {"alone", "x", 8, 1}, {"third", "the content", 7, 3}}),
      "cpio");
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_THAT(*files, testing::UnorderedElementsAre(Pair("alone", "x"), Pair("first", "the content"),
                                                    Pair("second", "the content"), Pair("third", "the content")));
}

TEST_F(HostileArchive, WhatIsNoArchiveIsNotOpened) {
  for (const auto* const from :
       {"zip", "7z", "rar", "tar", "tar.gz", "gz", "xz", "iso", "cab", "lha", "deb", "rpm", "xar", "cpio"}) {
    EXPECT_EQ(code_of(temp_.write("a", "This is a text, not an archive.\n"), from), ErrorCode::open_failed) << from;
    const auto empty = extract(temp_.write("b", ""), from);
    EXPECT_TRUE(!empty || empty->empty()) << from;
  }
}

TEST_F(HostileArchive, OfTheCorpusEndAsTheyShould) {
  const auto* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  const std::vector<std::tuple<std::string, std::string, std::vector<ErrorCode>>> samples{
      {"bomb-100mb.gz", "gz", {ErrorCode::output_limit}},
      {"bomb-200mb.bz2", "bz2", {ErrorCode::output_limit}},
      {"bomb-double.gz", "gz", {ErrorCode::output_limit}},
      {"bomb-overlap-3gb.zip", "zip", {ErrorCode::output_limit, ErrorCode::open_failed}},
      {"bomb-nested-5-levels.zip", "zip", {ErrorCode::internal}},
      {"bomb-deep-path.tar.gz", "tar.gz", {ErrorCode::internal, ErrorCode::open_failed}},
      {"bomb-many-entries.zip", "zip", {ErrorCode::internal, ErrorCode::output_limit}}};
  for (const auto& [name, from, codes] : samples) {
    const auto code = code_of(fs::path(corpus) / "hostile" / name, from);
    EXPECT_THAT(codes, testing::Contains(code)) << name << ": " << code_name(code);
  }
}

}  // namespace
}  // namespace recast::engines::archivetool
