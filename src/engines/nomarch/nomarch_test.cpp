#include <gtest/gtest.h>

#include <cstdlib>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_nomarch(engine::Registry& registry);

namespace {

class Nomarch : public testing::Test {
 protected:
  void SetUp() override {
    if (execution::find_program("nomarch", {}).empty()) GTEST_SKIP() << "nomarch is not installed";
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_nomarch);
    return one;
  }
  /// An archive with one stored member: mark, method, name of 13 bytes, sizes, date, time, sum.
  static std::string archive(std::string name, const std::string& content) {
    name.resize(13);
    const auto word = [](std::size_t value) {
      return std::string{static_cast<char>(value & 255), static_cast<char>(value >> 8 & 255)};
    };
    const auto size = word(content.size()) + word(0);
    return std::string("\x1a\x02") + name + size + word(0x5821) + word(0x6000) + word(sum(content)) + size + content +
           std::string("\x1a\0", 2);
  }
  static unsigned sum(const std::string& content) {
    unsigned value = 0;
    for (const auto c : content) {
      value ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? value >> 1 ^ 0xA001U : value >> 1;
    }
    return value;
  }
};

TEST_F(Nomarch, SaysThatAFileIsNoArchive) {
  const auto files = run().convert_bytes("this is no archive at all", "arc", "zip");
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
}

TEST_F(Nomarch, OpensAnArchiveForOtherPrograms) {
  const auto files = run().convert_bytes(archive("READ.ME", "the content"), "arc", "zip");
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(test::output_of("unzip -p " + files->front().string() + " READ.ME"), "the content");
}

TEST_F(Nomarch, WritesNowhereElse) {
  for (const auto* const name : {"../../evil", "/tmp/evil-arc", "..\\evil"}) {
    const auto made = run().convert_bytes(archive(name, "the content"), "arc", "tar");
    EXPECT_FALSE(std::filesystem::exists("/tmp/evil-arc"));
    if (!made) continue;
    const auto list = test::output_of("tar -tf " + made->front().string());
    EXPECT_EQ(list.find("../"), std::string::npos) << list;
    EXPECT_FALSE(list.starts_with('/')) << list;
  }
}

TEST_F(Nomarch, SaysThatAnArchiveIsDamaged) {
  auto bytes = archive("READ.ME", "the content");
  bytes[bytes.size() - 4] ^= 1;
  const auto files = run().convert_bytes(bytes, "arc", "zip");
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
}

TEST_F(Nomarch, OpensArchivesOfTheCorpus) {
  const char* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  for (const auto* const name : {"crunched.arc", "squashed.arc"}) {
    const auto done = run().run({.operation = "archive/extract",
                                 .from = "arc",
                                 .to = {},
                                 .files = {std::filesystem::path(corpus) / "archive" / name}});
    ASSERT_TRUE(done) << name << ": " << done.error().message;
    ASSERT_EQ(done->files.size(), 3U) << name;
    EXPECT_EQ(done->files[0].filename(), "TECT.TXT");
    EXPECT_EQ(std::filesystem::file_size(done->files[0]), 15498U);
  }
}

}  // namespace
}  // namespace recast::engines
