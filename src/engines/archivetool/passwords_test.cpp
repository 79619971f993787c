#include <gmock/gmock.h>

#include "engines/archivetool/sample_archives.hpp"
#include "engines/archivetool/sample_rars.hpp"
#include "engines/archivetool/tool_run.hpp"

namespace recast::engines::archivetool {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

using JailedArchiveTool = ToolRun;

std::string bytes_of(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  return bytes;
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

}  // namespace
}  // namespace recast::engines::archivetool
