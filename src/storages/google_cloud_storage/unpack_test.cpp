#include "storages/google_cloud_storage/unpack.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "../../../tests/support/temporary_folder.hpp"

namespace recast::storages::google {
namespace {

using namespace std::chrono_literals;

std::string packed(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(text.size() + 200, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class Unpack : public ::testing::Test {
 protected:
  Result<std::uint64_t> unpack(std::string_view content, std::uint64_t max_bytes = 100'000'000) {
    return unpack_gzip(folder_.write("file", content), {max_bytes, Deadline::in(20s), stop_.get_token()});
  }
  std::string content() const { return test::read_file(folder_ / "file"); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
  }

  std::stop_source stop_;

 private:
  test::TemporaryFolder folder_;
};

TEST_F(Unpack, ReplacesTheFileByItsContent) {
  const std::string text(3'000'000, 'x');
  const auto size = unpack(packed(text));
  ASSERT_TRUE(size) << size.error().message;
  EXPECT_EQ(*size, text.size());
  EXPECT_EQ(content(), text);
  EXPECT_EQ(files(), 1u);
}

TEST_F(Unpack, TakesAllMembersAndPadding) {
  ASSERT_EQ(unpack(packed("one, ") + packed("") + packed("two") + std::string(100, '\0')).value(), 8u);
  EXPECT_EQ(content(), "one, two");
}

TEST_F(Unpack, LeavesWhatIsNoGzip) {
  for (const auto* const text : {"", "\x1f", "plain text"}) {
    ASSERT_TRUE(unpack(text)) << text;
    EXPECT_EQ(content(), text);
  }
}

TEST_F(Unpack, SaysWhatIsDamaged) {
  const auto whole = packed("some text that is long enough to be cut and changed");
  auto changed = whole;
  changed[whole.size() - 6] ^= 1;  // the checksum
  for (const auto& bytes : {whole.substr(0, whole.size() / 2), whole.substr(0, whole.size() - 1), changed}) {
    const auto size = unpack(bytes);
    ASSERT_FALSE(size);
    EXPECT_EQ(size.error().code, ErrorCode::unavailable);
    EXPECT_EQ(files(), 1u);
  }
}

TEST_F(Unpack, HasItsLimits) {
  const auto bomb = packed(std::string(50'000'000, '\0'));
  EXPECT_EQ(unpack(bomb, 1'000'000).error().code, ErrorCode::file_too_large);
  EXPECT_EQ(unpack(packed("12345"), 5).value(), 5u);
  stop_.request_stop();
  EXPECT_EQ(unpack(bomb).error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace recast::storages::google
