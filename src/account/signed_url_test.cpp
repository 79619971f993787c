#include "account/signed_url.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "base/text.hpp"

namespace recast::account {
namespace {

constexpr std::string_view kSecret = "signing-secret-1";
const std::string kBase = "https://files.example.org/s/5b0f7a52-9d2e-4a63-8a55-0c9f0b1d2e3f";
constexpr std::string_view kJob = R"({"tasks":{"in":{"operation":"import/url","url":"https://example.org/a.svg"},)"
                                  R"("out":{"operation":"export/url","input":"in","inline":true}}})";

std::string url_safe(std::string_view text) {
  auto encoded = to_base64(text);
  for (auto& c : encoded) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return encoded.substr(0, encoded.find('='));
}

// The vector of core.md 16.
TEST(SignedUrl, HasTheSignatureOfTheApisDescription) {
  const auto signed_text = "job=" + url_safe(kJob) + "&cache_key=demo-1";
  const auto raw = signed_text + "&s=0197bbff85bed2aadc8fd82e593d26fb6320bf911c197ad21cd5fd093a2a6fc4";
  const auto query = split_signed_query(raw).value();
  EXPECT_EQ(query.signed_text, signed_text);
  EXPECT_TRUE(is_signed(kSecret, {kBase}, query));
  EXPECT_TRUE(is_signed(kSecret, {"http://other.example.org/s/x", kBase}, query));
  EXPECT_FALSE(is_signed("another secret", {kBase}, query));
  EXPECT_FALSE(is_signed(kSecret, {"http://other.example.org/s/x"}, query));
  const auto request = read_signed_query(query.signed_text).value();
  EXPECT_EQ(boost::json::serialize(request.job), kJob);
  EXPECT_EQ(request.cache_key, "demo-1");
}

TEST(SignedUrl, IsRightWhenAnIntermediaryEscapedIt) {
  const std::string text = "job=e30+/w==";
  const auto signature = signature_of(kSecret, kBase + "?" + text);
  EXPECT_TRUE(is_signed(kSecret, {kBase}, {"job=e30%2B%2Fw%3D%3d", signature}));
  EXPECT_TRUE(is_signed(kSecret, {kBase}, {text, signature}));
  EXPECT_FALSE(is_signed(kSecret, {kBase}, {"job=e30%2B%2Fw%3D%3E", signature}));
}

TEST(SignedUrl, IsSplitAtTheLastSignature) {
  EXPECT_EQ(split_signed_query("job=a&s=b&s=c").value().signature, "c");
  EXPECT_FALSE(split_signed_query("job=a"));
  EXPECT_FALSE(split_signed_query(""));
}

struct Spelling {
  std::string name, text;
};
class SignedUrlSpelling : public testing::TestWithParam<Spelling> {};

/// core.md 16: the variants of the official SDKs.
TEST_P(SignedUrlSpelling, IsRead) {
  const auto request = read_signed_query(GetParam().text);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->job.at("tag").as_string(), "a>?b");
}

INSTANTIATE_TEST_SUITE_P(Sdks, SignedUrlSpelling,
                         testing::Values(Spelling{"UrlSafe", "job=eyJ0YWciOiJhPj9iIn0"},
                                         Spelling{"Padded", "job=eyJ0YWciOiJhPj9iIn0="},
                                         Spelling{"EscapedPadding", "job=eyJ0YWciOiJhPj9iIn0%3D"},
                                         Spelling{"Spaced", "job=eyJ0YWciOiAiYT4/YiJ9"},
                                         Spelling{"SpacedUrlSafe", "job=eyJ0YWciOiAiYT4_YiJ9"}),
                         [](const auto& info) { return info.param.name; });

TEST(SignedUrl, NamesWhatIsWrong) {
  EXPECT_EQ(read_signed_query("").error().field, "job");
  EXPECT_EQ(read_signed_query("job=").error().field, "job");
  EXPECT_EQ(read_signed_query("job=%%%").error().field, "job");
  EXPECT_EQ(read_signed_query("job=e30&cache_key=a%20b").error().field, "cache_key");
  EXPECT_EQ(read_signed_query("job=e30&cache_key=").error().field, "cache_key");
  EXPECT_EQ(read_signed_query("job=" + url_safe("[1]")).error().code, ErrorCode::malformed_body);
}

}  // namespace
}  // namespace recast::account
