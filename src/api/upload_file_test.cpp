#include "api/upload_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "../../tests/support/temporary_folder.hpp"

namespace recast::api {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(UploadFile, HoldsPiecesOfEverySizeInTheirOrder) {
  const test::TemporaryFolder folder;
  const auto file = UploadFile::create(folder / "file", 128 * 1024).value();  // the disk is told several times
  std::string all;
  std::size_t size = 1;
  while (all.size() < 1'000'000) {
    const std::string piece(size, static_cast<char>('a' + size % 26));
    ASSERT_TRUE(file->write(piece));
    all += piece;
    size = size > 200'000 ? 2 : size * 3;
  }
  ASSERT_TRUE(file->close());
  EXPECT_EQ(file->size(), all.size());
  EXPECT_EQ(file->first_bytes(), all.substr(0, 4096));
  EXPECT_EQ(content(folder / "file"), all);
}

TEST(UploadFile, TellsItsMd5) {
  const test::TemporaryFolder folder;
  const auto file = UploadFile::create(folder / "file").value();
  ASSERT_TRUE(file->write(std::string_view("message digest")));
  ASSERT_TRUE(file->close());
  EXPECT_EQ(file->md5(), "f96b697d7cb7938d525a2f31aaf161d0");  // RFC 1321
}

TEST(UploadFile, IsGoneWithItsOwner) {
  const test::TemporaryFolder folder;
  auto file = UploadFile::create(folder / "file").value();
  EXPECT_TRUE(std::filesystem::exists(folder / "file"));
  EXPECT_FALSE(UploadFile::create(folder / "file"));  // and never takes another's place
  file.reset();
  EXPECT_FALSE(std::filesystem::exists(folder / "file"));
}

}  // namespace
}  // namespace recast::api
