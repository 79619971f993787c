#include "process/sequence.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "../../tests/support/temporary_folder.hpp"
#include "base/unique_handle.hpp"

namespace recast::process {
namespace {

std::string part(std::string_view text) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(text.size() >> (8 * i) & 0xFF);
  return bytes.append(text);
}

class Sequence : public testing::Test {
 protected:
  Result<std::vector<std::filesystem::path>> split(const std::string& bytes, Limits limits = {}) {
    const auto path = temp_.write("sequence", bytes);
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return split_sequence(fd.get(), limits, [&](std::size_t i) { return temp_ / ("page-" + std::to_string(i)); });
  }
  test::TemporaryFolder temp_;
};

TEST_F(Sequence, BecomesOneFilePerPart) {
  const auto files = split(part("one") + part("") + part(std::string(100'000, 'z')));
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 3U);
  EXPECT_EQ(test::read_file((*files)[0]), "one");
  EXPECT_EQ(test::read_file((*files)[1]), "");
  EXPECT_EQ(test::read_file((*files)[2]), std::string(100'000, 'z'));
}

TEST_F(Sequence, OfNothingIsEmpty) { EXPECT_EQ(split("")->size(), 0U); }

TEST_F(Sequence, IsRefusedWhenItWasCutShort) {
  for (const auto& bytes : {part("hello").substr(0, 10), part("hello").substr(0, 4), part("a") + "\xFF"}) {
    EXPECT_EQ(split(bytes).error().code, ErrorCode::conversion_failed);
  }
  EXPECT_EQ(split(std::string(8, '\xFF') + "abc").error().code, ErrorCode::conversion_failed);
}

TEST_F(Sequence, IsBounded) {
  EXPECT_EQ(split(part("a") + part("b"), {.files = 1}).error().code, ErrorCode::output_limit);
  EXPECT_EQ(split(part("abc"), {.output = 2}).error().code, ErrorCode::output_limit);
}

TEST_F(Sequence, IsCutOffWhileItIsSplit) {
  const auto path = temp_.write("sequence", part("one") + part("two"));
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  const auto files = split_sequence(fd.get(), {}, [&](std::size_t i) { return temp_ / ("page-" + std::to_string(i)); });
  ASSERT_TRUE(files);
  EXPECT_EQ(test::read_file((*files)[1]), "two");
  EXPECT_EQ(std::filesystem::file_size(path), 8U) << "no content is left";
}

TEST_F(Sequence, WithNamesBecomesOneFilePerPair) {
  const auto path = temp_.write("sequence", part("a/b.txt") + part("one") + part("") + part(""));
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  const auto names =
      split_named_sequence(fd.get(), {}, [&](std::size_t i) { return temp_ / ("file-" + std::to_string(i)); });
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_EQ(*names, (std::vector<std::string>{"a/b.txt", ""}));
  EXPECT_EQ(test::read_file(temp_ / "file-0"), "one");
  EXPECT_EQ(test::read_file(temp_ / "file-1"), "");
}

TEST_F(Sequence, WithNamesIsBoundedByFilesAndContent) {
  const auto read = [&](const std::string& bytes, Limits limits) {
    const auto path = temp_.write("sequence", bytes);
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const auto parts = named_parts(fd.get(), limits);
    return parts ? std::string() : std::string(code_name(parts.error().code));
  };
  const auto two = part("a") + part("1") + part("b") + part("2");
  EXPECT_EQ(read(two, {.output = 2, .files = 2}), "");
  EXPECT_EQ(read(two, {.output = 2, .files = 1}), "OUTPUT_LIMIT_EXCEEDED");
  EXPECT_EQ(read(two, {.output = 1, .files = 2}), "OUTPUT_LIMIT_EXCEEDED");
  EXPECT_EQ(read(part("a"), {}), "CONVERSION_FAILED") << "a name without a file";
  EXPECT_EQ(read(part(std::string(kLongestPartName + 1, 'n')) + part(""), {}), "CONVERSION_FAILED");
}

TEST_F(Sequence, LeavesNothingWhenAPartCannotBeWritten) {
  temp_.write("page-1", "mine");
  EXPECT_FALSE(split(part("a") + part("b")));
  EXPECT_FALSE(std::filesystem::exists(temp_ / "page-0"));
  EXPECT_EQ(test::read_file(temp_ / "page-1"), "mine");
}

}  // namespace
}  // namespace recast::process
