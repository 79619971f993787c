#include <gtest/gtest.h>

#include <array>
#include <regex>
#include <set>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/io.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "base/unique_handle.hpp"

namespace recast {
namespace {

TEST(Text, Base64ComesBackAsItWas) {
  FakeRandom random;
  for (std::size_t length = 0; length < 70; ++length) {
    std::string bytes(length, '\0');
    random.fill(std::as_writable_bytes(std::span(bytes)));
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
}

TEST(Text, Base64IsForgivingAboutFormAndStrictAboutContent) {
  EXPECT_EQ(from_base64("aGVs\nbG8"), "hello");
  EXPECT_EQ(from_base64("data:text/plain;base64,aGVsbG8="), "hello");
  for (const auto* const head :
       {"DATA:text/plain;BASE64,", "data:;base64,", "Data:text/plain;charset=utf-8;name=\"a;b\";base64,",
        " \ndata:image/svg+xml; base64,"})
    EXPECT_EQ(from_base64(std::string(head) + "aGVsbG8="), "hello") << head;
  EXPECT_EQ(from_base64("data:text/plain;base64,"), "");
  for (const auto* const text :
       {"=", "====", " = ", "data:;base64,==", "data:base64,aGVs", "data:text/plain;base64x,aGVs"})
    EXPECT_FALSE(from_base64(text)) << text;
  EXPECT_EQ(from_base64("-_-_"), from_base64("+/+/"));
  EXPECT_FALSE(from_base64("a"));
  EXPECT_FALSE(from_base64("aGVs!G8="));
  EXPECT_FALSE(from_base64("aG=VsbG8"));
}

TEST(Text, Base64IsKnownWithoutBeingDecoded) {
  for (const std::string_view text :
       {"", "a", "aG", "aGV", "aGVs", "aGVsb", "aGVs\nbG8", "data:text/plain;base64,aGVsbG8=", "data:text/plain,aGVs",
        "-_-_", "aGVs!G8=", "aG=VsbG8", "aG==", "=", "\xff"}) {
    EXPECT_EQ(is_base64(text), from_base64(text).has_value()) << text;
  }
}

TEST(Text, PercentEncodingKeepsOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("a b/ü~"), "a%20b%2F%C3%BC~");
  EXPECT_EQ(percent_decode("a%20b%2F%c3%BC%"), "a b/ü%");
}

TEST(Text, Utf8RefusesSurrogatesAndOverlongForms) {
  EXPECT_TRUE(is_valid_utf8("aé漢😀"));
  EXPECT_FALSE(is_valid_utf8("\xed\xa0\x80"));
  EXPECT_FALSE(is_valid_utf8("\xc0\xaf"));
  EXPECT_FALSE(is_valid_utf8("\xf5\x80\x80\x80"));
  EXPECT_FALSE(is_valid_utf8("\xe6\xbc"));
}

TEST(Text, ForeignBytesAreTakenForLatin1) {
  EXPECT_EQ(as_utf8("naïve"), "naïve");
  EXPECT_EQ(as_utf8("na\xefve"), "naïve");
}

TEST(Text, ExtendedValuesAreReadAsFarAsTheirBytesAreClear) {
  EXPECT_EQ(decode_extended_value("utf-8''na%C3%AFve"), "naïve");
  EXPECT_EQ(decode_extended_value("ISO-8859-1'en'na%EFve"), "naïve");
  EXPECT_EQ(decode_extended_value("klingon''plain"), "plain");
  EXPECT_FALSE(decode_extended_value("utf-8''%FF"));
  EXPECT_FALSE(decode_extended_value("klingon''%FF"));
  EXPECT_FALSE(decode_extended_value("plain.pdf"));
  EXPECT_FALSE(decode_extended_value("utf-8'plain.pdf"));
}

TEST(Text, TokensAreWhatHeaderNamesAreMadeOf) {
  EXPECT_TRUE(is_token("X-Api_Key!"));
  EXPECT_FALSE(is_token(""));
  EXPECT_FALSE(is_token("a b"));
  EXPECT_FALSE(is_token("a:"));
  EXPECT_FALSE(is_token("\xc3\xbc"));
}

TEST(Io, WritesAllOfIt) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const UniqueFd read_end(pipe_ends[0]);
  UniqueFd write_end(pipe_ends[1]);
  const std::string text(1'000'000, 'x');  // more than a pipe holds: many calls
  std::thread writing([&] {
    EXPECT_EQ(write_all(write_end.get(), text), 0);
    write_end.reset();
  });
  std::size_t count = 0;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(read_end.get(), buffer.data(), buffer.size())) > 0;)
    count += static_cast<std::size_t>(got);
  writing.join();
  EXPECT_EQ(count, text.size());
  EXPECT_EQ(write_all(-1, "x"), EBADF);
}

TEST(Time, IsWrittenAsTheWireWantsIt) {
  const Time time(std::chrono::seconds(1'772'600'767));
  EXPECT_EQ(format_time(time), "2026-03-04T05:06:07+00:00");
  EXPECT_EQ(format_http_date(time), "Wed, 04 Mar 2026 05:06:07 GMT");
}

TEST(Random, MakesDistinctVersion4Uuids) {
  SystemRandom random;
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto id = random.uuid();
    EXPECT_TRUE(std::regex_match(id, form)) << id;
    EXPECT_TRUE(seen.insert(id).second);
  }
  EXPECT_EQ(random.token(43).size(), 43U);
}

TEST(UniqueHandle, ClosesWhatAMoveOverwrites) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  UniqueFd read_end(pipe_ends[0]), write_end(pipe_ends[1]);
  write_end = UniqueFd();
  char byte = 0;
  EXPECT_EQ(::read(read_end.get(), &byte, 1), 0);  // end of file: the write end is closed
}

TEST(Error, AFullDiskHasItsOwnCode) {
  EXPECT_EQ(from_errno(ENOSPC, "write").code, ErrorCode::disk_full);
  EXPECT_EQ(from_errno(EIO, "write").code, ErrorCode::internal);
}

}  // namespace
}  // namespace recast
