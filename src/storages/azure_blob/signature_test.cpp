#include "storages/azure_blob/signature.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace recast::storages::azure {
namespace {

using namespace std::chrono_literals;

// The account and key that the emulator's documentation publishes.
constexpr std::string_view kAccount = "devstoreaccount1";
constexpr std::string_view kKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
constexpr auto kTime = std::chrono::sys_days(std::chrono::January / 5 / 2026) + 10h;

std::string signature(Request request) {
  add_version(request.headers, kTime);
  sign(request, kAccount, from_base64(kKey).value());
  return request.headers.back().second;
}

TEST(SharedKey, ListsAContainer) {
  EXPECT_EQ(signature({.method = "GET",
                       .path = "/devstoreaccount1/cont",
                       .query = {{"restype", "container"}, {"comp", "list"}, {"prefix", "in/"}},
                       .headers = {}}),
            "SharedKey devstoreaccount1:snKVwUIMUuSEnAYNFURxBThhOA4oE73EnQ50s3PaBUc=");
}

TEST(SharedKey, WritesABlob) {
  EXPECT_EQ(signature({.method = "PUT",
                       .path = "/devstoreaccount1/cont/dir/a%20b.txt",
                       .query = {},
                       .headers = {{"x-ms-blob-type", "BlockBlob"}, {"Content-Type", "text/plain"}},
                       .length = 8}),
            "SharedKey devstoreaccount1:AMhTBfMEO305uV+r6vPVObyghbpKmaG/KIxKKBn9Wh8=");
}

TEST(SharedKey, SignsWhatItSays) {
  EXPECT_EQ(
      string_to_sign({.method = "GET",
                      .path = "/c/b",
                      .query = {{"Comp", "x y"}, {"a", "2"}, {"a", "1"}},
                      .headers = {{"Range", "bytes=5-"}, {"If-Match", "\"0x1\""}, {"x-ms-B", " v "}, {"x-ms-a", ""}}},
                     "account"),
      "GET\n\n\n\n\n\n\n\n\"0x1\"\n\n\nbytes=5-\nx-ms-a:\nx-ms-b:v\n/account/c/b\na:1,2\ncomp:x y");
}

TEST(SharedKey, EncodesTheQuery) {
  EXPECT_EQ(query_text({{"prefix", "a/\u00fc &"}, {"comp", "list"}}), "prefix=a%2F%C3%BC%20%26&comp=list");
  EXPECT_EQ(query_text({}), "");
}

}  // namespace
}  // namespace recast::storages::azure
