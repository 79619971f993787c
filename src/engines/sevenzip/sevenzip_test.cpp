#include <gtest/gtest.h>

#include <cstdlib>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_sevenzip(engine::Registry& registry);

namespace {

class SevenZip : public testing::Test {
 protected:
  void SetUp() override {
    if (execution::find_program("7zz", {}).empty()) GTEST_SKIP() << "7zz is not installed";
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_sevenzip);
    return one;
  }
};

TEST_F(SevenZip, SaysThatAFileIsNoArchive) {
  for (const auto* const kind : {"arj", "dmg", "img"}) {
    const auto files = run().convert_bytes("this is no archive at all", kind, "zip");
    ASSERT_FALSE(files) << kind;
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << kind << ": " << files.error().message;
  }
}

TEST_F(SevenZip, RefusesNoDiskForItsName) {
  const auto plan = test::engine_of(&register_sevenzip).plan({.inputs = {"in/in-1.dmg"}, .from = "dmg", .to = "zip"});
  ASSERT_TRUE(plan) << plan.error().message;
  const std::string bare = "WARNING:\nCannot open the file as [Dmg] archive\nThe file is open as [HFS] archive\n";
  EXPECT_FALSE(plan->doubt({.exit_code = 0, .signal = 0, .output = bare, .errors = {}}));
  const auto torn = bare + "ERROR: Data Error : a.txt\n";
  const auto damaged = plan->doubt({.exit_code = 2, .signal = 0, .output = torn, .errors = {}});
  ASSERT_TRUE(damaged);
  EXPECT_EQ(damaged->message, "The archive is damaged.");
}

TEST_F(SevenZip, OpensAnImageOfADisk) {
  if (execution::find_program("mkfs.vfat", {}).empty() && execution::find_program("/usr/sbin/mkfs.vfat", {}).empty())
    GTEST_SKIP() << "mkfs.vfat is not installed";
  const auto image = run().folder() / "disk.img";
  test::output_of("truncate -s 200K " + image.string() + " && /usr/sbin/mkfs.vfat -n RECAST " + image.string());
  const auto done = run().run({.operation = "archive/extract", .from = "img", .to = {}, .files = {image}});
  ASSERT_TRUE(done) << done.error().message;
}

TEST_F(SevenZip, OpensEncrypted7zWithThePassword) {
  const auto text = run().folder() / "secret.txt";
  const auto closed = run().folder() / "closed.7z";
  test::output_of("printf 'the secret' > " + text.string() + " && 7zz a -ppass -mhe=on " + closed.string() + " " +
                  text.string());
  const auto open = [&](const boost::json::object& options) {
    return run().run({.operation = "archive/extract", .from = "7z", .to = {}, .files = {closed}, .options = options});
  };
  const auto done = open({{"password", "pass"}});
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 1U);
  EXPECT_EQ(test::read_file(done->files[0]), "the secret");
  for (const auto* const wrong : {"guess", ""}) {
    const auto refused = open({{"password", wrong}});
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, ErrorCode::open_failed) << refused.error().message;
    EXPECT_EQ(refused.error().field, "password");
  }
}

TEST_F(SevenZip, OpensArchivesOfTheCorpus) {
  const char* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  const auto folder = std::filesystem::path(corpus) / "archive";
  const auto files = run().convert("arj", "tar.gz", {folder / "maps.arj"});
  ASSERT_TRUE(files) << files.error().message;
  const auto list = test::output_of("bsdtar -tf " + files->front().string() + " | grep -v '/$' | wc -l");
  EXPECT_EQ(std::atoi(list.c_str()), 21) << list;
  const auto done =
      run().run({.operation = "archive/extract", .from = "img", .to = {}, .files = {folder / "floppy160k.img"}});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->files.size(), 2U);
  const auto disk = run().convert("dmg", "zip", {folder / "subclipse.dmg"});  // its journal may be read by nobody
  ASSERT_TRUE(disk) << disk.error().message;
  EXPECT_EQ(test::output_of("bsdtar -tf " + disk->front().string() + " | grep -c '/.journal$'"), "1\n");
}

}  // namespace
}  // namespace recast::engines
