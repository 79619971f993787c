#include "storage/server_address.hpp"

#include <gtest/gtest.h>

namespace recast::storage {
namespace {

std::string said(std::string_view text) {
  const auto address = server_address(text, "endpoint");
  return address ? address->str() : address.error().field + ": " + address.error().message;
}

TEST(ServerAddress, IsHttpsWhereNothingIsSaid) {
  EXPECT_EQ(said("minio.example.org:9000"), "https://minio.example.org:9000/");
  EXPECT_EQ(said("http://127.0.0.1:9000/gateway"), "http://127.0.0.1:9000/gateway");
}

TEST(ServerAddress, IsRefusedWithTheCause) {
  EXPECT_EQ(said("https://example.org:0/"),
            "endpoint: The endpoint format is invalid: the port must be a number from 1 to 65535.");
  EXPECT_TRUE(said("https://a@b@example.org/").contains("more than one @"));
  EXPECT_TRUE(said("file:///etc/passwd").starts_with("endpoint: "));
  EXPECT_TRUE(said("javascript:alert(1)").starts_with("endpoint: "));
  for (const auto* const text : {"https://ann:pw@example.org/", "https://example.org/?x", "https://example.org/#x"})
    EXPECT_TRUE(said(text).contains("without a user, a query or a fragment")) << text;
}

}  // namespace
}  // namespace recast::storage
