#include "net/url.hpp"

#include <gtest/gtest.h>

namespace recast::net {
namespace {

std::string host(std::string_view text) {
  const auto url = Url::parse(text);
  return url ? url->host() : "refused";
}

TEST(Url, KeepsItsParts) {
  const auto url = Url::parse("HTTPS://us%40er:p%3Aw@Example.ORG:8443/a/../b%20c?q=1&r=%2F#part");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme(), "https");
  EXPECT_EQ(url->host(), "example.org");
  EXPECT_EQ(url->port(), 8443);
  EXPECT_EQ(url->path(), "/a/../b%20c");
  EXPECT_EQ(url->user(), "us@er");
  EXPECT_EQ(url->password(), "p:w");
  EXPECT_EQ(url->str(), "https://example.org:8443/a/../b%20c?q=1&r=%2F");
}

TEST(Url, RefusesWhatIsNoWebAddress) {
  for (const auto* const text : {"",
                                 "example.org",
                                 "/x",
                                 "ftp://example.org/x",
                                 "file:///etc/passwd",
                                 "http:/example.org",
                                 "http:///example.org",
                                 "http://",
                                 "http:example.org",
                                 "http://a b/",
                                 "http://example.org/a b",
                                 "http://example.org/\n",
                                 "http://exa mple.org",
                                 "http://example.org:70000/",
                                 "http://[::1/",
                                 "gopher://example.org",
                                 "javascript:alert(1)",
                                 "http://ex\\ample.org/",
                                 "http://?x",
                                 "http://#"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, ErrorCode::invalid_data);
    EXPECT_EQ(url.error().field, "url");
    EXPECT_EQ(url.error().message, "The url format is invalid.");
  }
}

TEST(Url, SeesThroughOddSpellingsOfAddresses) {
  EXPECT_EQ(host("http://2130706433/"), "127.0.0.1");
  EXPECT_EQ(host("http://0x7f000001/"), "127.0.0.1");
  EXPECT_EQ(host("http://0177.1/"), "127.0.0.1");
  EXPECT_EQ(host("http://127.1/"), "127.0.0.1");
  EXPECT_EQ(host("http://[::FFFF:127.0.0.1]/"), "[::ffff:127.0.0.1]");
  EXPECT_EQ(host("http://LOCALHOST./"), "localhost.");
  EXPECT_EQ(host("http://example.org@127.0.0.1/"), "127.0.0.1");
  EXPECT_NE(host("http://user@127.0.0.1@example.org/"), "127.0.0.1");
  EXPECT_EQ(host("http://example.org#@127.0.0.1/"), "example.org");
  EXPECT_EQ(host("http://example.org?@127.0.0.1/"), "example.org");
  EXPECT_EQ(host("http://127.0.0%2e1/"), "127.0.0.1");
}

TEST(Url, WritesOtherScriptsInAscii) {
  const auto url = Url::parse("http://bücher.example/straße.pdf?ö=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host(), "xn--bcher-kva.example");
  EXPECT_EQ(url->str(), "http://xn--bcher-kva.example/stra%c3%9fe.pdf?%c3%b6=1");
}

TEST(Url, FollowsLocations) {
  const auto base = Url::parse("http://me:pw@example.org/a/b?x=1").value();
  EXPECT_EQ(base.resolve("c")->str(), "http://example.org/a/c");
  EXPECT_EQ(base.resolve("/c?y=2#z")->str(), "http://example.org/c?y=2");
  EXPECT_EQ(base.resolve("//other.org/c")->str(), "http://other.org/c");
  EXPECT_EQ(base.resolve("https://u:p@other.org/c d")->str(), "https://other.org/c%20d");
  EXPECT_TRUE(base.resolve("https://u:p@other.org/")->user().empty());
  EXPECT_TRUE(base.same_origin(*base.resolve("http://EXAMPLE.org:80/z")));
  EXPECT_FALSE(base.same_origin(*base.resolve("http://example.org:81/z")));
  EXPECT_FALSE(base.same_origin(*base.resolve("https://example.org/z")));
  for (const auto* const bad :
       {"", "file:///etc/passwd", "gopher://x/", "ftp://x/", "data:text/plain,x", "http://", "http://a b/"}) {
    EXPECT_FALSE(base.resolve(bad)) << bad;
  }
}

}  // namespace
}  // namespace recast::net
