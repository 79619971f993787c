#include "worker/named_sequence.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <vector>

#include "../../tests/support/temporary_folder.hpp"
#include "base/unique_handle.hpp"
#include "process/feed.hpp"
#include "process/sequence.hpp"

namespace recast::worker {
namespace {

TEST(NamedSequence, IsWhatTheServerSplits) {
  const test::TemporaryFolder temp;
  const UniqueFd fd(::open((temp / "sequence").c_str(), O_RDWR | O_CREAT, 0600));
  NamedSequence sequence(fd.get());
  ASSERT_TRUE(sequence.begin("one"));
  ASSERT_TRUE(sequence.write(std::string_view("12")));
  ASSERT_TRUE(sequence.write(std::string_view("345")));
  const auto place = sequence.end();
  ASSERT_TRUE(place);
  EXPECT_EQ(place->length, 5U);
  ASSERT_TRUE(sequence.begin("none"));
  ASSERT_TRUE(sequence.end());
  ASSERT_TRUE(sequence.repeat("again", *place));
  const auto names =
      process::split_named_sequence(fd.get(), {}, [&](std::size_t i) { return temp / std::to_string(i); });
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_EQ(*names, (std::vector<std::string>{"one", "none", "again"}));
  EXPECT_EQ(test::read_file(temp / "0"), "12345");
  EXPECT_EQ(test::read_file(temp / "1"), "");
  EXPECT_EQ(test::read_file(temp / "2"), "12345");
}

TEST(StreamedFiles, AreThoseOfAFeed) {
  const test::TemporaryFolder temp;
  auto feed = process::Feed::open({{temp.write("1", "one"), "ü/a.txt"}, {temp.write("2", ""), "b"}});
  ASSERT_TRUE(feed);
  const int fd = (*feed)->descriptor();
  auto file = next_streamed_file(fd);
  ASSERT_TRUE(file && *file);
  EXPECT_EQ((*file)->name, "ü/a.txt");
  std::string content((*file)->size, '\0');
  ASSERT_TRUE(read_streamed(fd, content));
  EXPECT_EQ(content, "one");
  file = next_streamed_file(fd);
  ASSERT_TRUE(file && *file);
  EXPECT_EQ((*file)->size, 0U);
  file = next_streamed_file(fd);
  ASSERT_TRUE(file);
  EXPECT_FALSE(*file) << "the end";
}

TEST(StreamedFiles, BreakOffWhenAnInputIsMissing) {
  const test::TemporaryFolder temp;
  const UniqueFd fd(::open(temp.write("stream", std::string("\3\0\0\0\0\0\0\0ab", 10)).c_str(), O_RDONLY));
  EXPECT_EQ(next_streamed_file(fd.get()).error().code, ErrorCode::internal);
}

}  // namespace
}  // namespace recast::worker
