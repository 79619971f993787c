#include "process/feed.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "../../tests/support/temporary_folder.hpp"
#include "process/sequence.hpp"

namespace recast::process {
namespace {

/// All that comes out of a feed, in a file.
std::string drained(int fd) {
  std::string bytes;
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count <= 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

TEST(Feed, IsANamedSequenceOfItsFiles) {
  const test::TemporaryFolder temp;
  const std::string large(1'000'000, 'x');
  auto feed =
      Feed::open({{temp.write("1", "one"), "a/b.txt"}, {temp.write("2", large), "c"}, {temp.write("3", ""), "d"}});
  ASSERT_TRUE(feed);
  const auto path = temp.write("sequence", drained((*feed)->descriptor()));
  EXPECT_TRUE((*feed)->close());
  const UniqueFd fd(::open(path.c_str(), O_RDONLY));
  const auto parts = named_parts(fd.get(), {});
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 3U);
  EXPECT_EQ((*parts)[0].name, "a/b.txt");
  EXPECT_EQ((*parts)[0].content.length, 3U);
  EXPECT_EQ((*parts)[1].content.length, large.size());
  EXPECT_EQ((*parts)[2].name, "d");
  EXPECT_EQ((*parts)[2].content.length, 0U);
}

TEST(Feed, CarriesMoreFilesThanAMessageHasRoomForDescriptors) {
  const test::TemporaryFolder temp;
  const auto path = temp.write("1", "one");
  auto feed = Feed::open(std::vector<Feed::File>(3000, {path, "name"}));
  ASSERT_TRUE(feed);
  EXPECT_EQ(drained((*feed)->descriptor()).size(), 3000U * (8 + 4 + 8 + 3));
  EXPECT_TRUE((*feed)->close());
}

TEST(Feed, EndsWhenNobodyReads) {
  const test::TemporaryFolder temp;
  auto feed = Feed::open({{temp.write("1", std::string(1'000'000, 'x')), "a"}});
  ASSERT_TRUE(feed);
  EXPECT_TRUE((*feed)->close()) << "that the reader went away is for the reader to explain";
}

TEST(Feed, SaysWhichInputCannotBeRead) {
  const test::TemporaryFolder temp;
  auto feed = Feed::open({{temp / "missing", "a"}});
  ASSERT_TRUE(feed);
  EXPECT_EQ(drained((*feed)->descriptor()), "");
  EXPECT_FALSE((*feed)->close());
}

}  // namespace
}  // namespace recast::process
