#include "pdf/buffered_input.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <qpdf/BufferInputSource.hh>
#include <random>

#include "../../tests/support/temporary_folder.hpp"
#include "base/unique_handle.hpp"

namespace recast::pdf {
namespace {

struct Opened {
  explicit Opened(const std::string& content)
      : fd(::open(folder.write("file", content).c_str(), O_RDONLY | O_CLOEXEC)), source(buffered_input(fd.get())) {}

  test::TemporaryFolder folder;
  UniqueFd fd;
  std::shared_ptr<InputSource> source;
};

/// Lines of every length, longer than the window among them.
std::string lines() {
  std::mt19937 random(7);
  std::string text;
  for (int line = 0; line < 400; ++line) {
    text.append(random() % (line % 40 == 0 ? 100'000 : 1'000), static_cast<char>('a' + line % 26));
    text += line % 3 == 0 ? "\r\n" : line % 3 == 1 ? "\n" : "\r\r\n";
  }
  return text + "%";  // what is blank at a file's end is not shown
}

/// libqpdf's own source of bytes in memory is the judge.
TEST(BufferedInput, DoesWhatASourceInMemoryDoes) {
  const auto content = lines();
  const Opened file(content);
  BufferInputSource memory("document", content);
  std::mt19937 random(11);
  const auto size = static_cast<long>(content.size());
  std::string ours(200'000, '\0'), theirs = ours;
  for (int step = 0; step < 20'000; ++step) {
    switch (random() % 5) {
      case 0: {
        const auto offset = static_cast<long>(random()) % (size + 10);
        file.source->seek(offset, SEEK_SET);
        memory.seek(offset, SEEK_SET);
        break;
      }
      case 1: {
        const auto length = random() % (step % 50 == 0 ? ours.size() : 300);
        const auto count = file.source->read(ours.data(), length);
        ASSERT_EQ(count, memory.read(theirs.data(), length)) << step;
        ASSERT_EQ(ours.substr(0, count), theirs.substr(0, count)) << step;
        ASSERT_EQ(file.source->getLastOffset(), memory.getLastOffset()) << step;
        break;
      }
      case 2:
        if (memory.tell() == 0 || memory.tell() > size) break;
        file.source->unreadCh('x');
        memory.unreadCh('x');
        break;
      case 3:
        ASSERT_EQ(file.source->findAndSkipNextEOL(), memory.findAndSkipNextEOL()) << step;
        break;
      default: {
        const auto back = -static_cast<long>(random() % 2'000);
        if (memory.tell() + back < 0) break;
        file.source->seek(back, SEEK_CUR);
        memory.seek(back, SEEK_CUR);
      }
    }
    ASSERT_EQ(file.source->tell(), memory.tell()) << step;
  }
}

TEST(BufferedInput, KnowsBeginAndEnd) {
  const Opened file("abc");
  char byte = 0;
  file.source->seek(-1, SEEK_END);
  EXPECT_EQ(file.source->read(&byte, 1), 1U);
  EXPECT_EQ(byte, 'c');
  EXPECT_EQ(file.source->read(&byte, 1), 0U);
  file.source->rewind();
  EXPECT_EQ(file.source->tell(), 0);
  EXPECT_THROW(file.source->seek(-1, SEEK_SET), std::exception);
  const Opened empty("");
  EXPECT_EQ(empty.source->read(&byte, 1), 0U);
  EXPECT_EQ(empty.source->findAndSkipNextEOL(), 0);
}

TEST(BufferedInput, LeavesPaddingBehindTheEndOut) {
  for (const std::size_t length : {std::size_t{1}, std::size_t{5'000}, std::size_t{100'000}}) {
    const Opened file("abc\n%%EOF" + std::string(length, '\0'));
    file.source->seek(0, SEEK_END);
    EXPECT_EQ(file.source->tell(), 10) << length;
    std::string all(20, 'x');
    file.source->rewind();
    EXPECT_EQ(file.source->read(all.data(), all.size()), 10U) << length;
  }
  const Opened nothing(std::string(3'000, ' '));
  nothing.source->seek(0, SEEK_END);
  EXPECT_GT(nothing.source->tell(), 0);
}

TEST(BufferedInput, SaysWhenAFileCannotBeRead) {
  const UniqueFd folder(::open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  char byte = 0;
  EXPECT_THROW(buffered_input(folder.get())->read(&byte, 1), std::exception);
}

}  // namespace
}  // namespace recast::pdf
