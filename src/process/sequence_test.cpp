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

TEST_F(Sequence, LeavesNothingWhenAPartCannotBeWritten) {
  temp_.write("page-1", "mine");
  EXPECT_FALSE(split(part("a") + part("b")));
  EXPECT_FALSE(std::filesystem::exists(temp_ / "page-0"));
  EXPECT_EQ(test::read_file(temp_ / "page-1"), "mine");
}

}  // namespace
}  // namespace recast::process
