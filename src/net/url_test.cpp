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
  for (const auto* const text :
       {"", "example.org", "/x", "ftp://example.org/x", "file:///etc/passwd", "http:/example.org", "http:example.org",
        "http://a b/", "http://example.org/a b", "http://example.org/\n", "http://exa mple.org", "gopher://example.org",
        "javascript:alert(1)"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, ErrorCode::invalid_data);
    EXPECT_EQ(url.error().field, "url");
    EXPECT_EQ(url.error().message, "The url format is invalid.");
  }
}

// What readers of URLs take differently, and so might be told to check one host and connect to another.
TEST(Url, NamesTheCauseWhereReadersDiffer) {
  const auto check = [](const char* cause, std::initializer_list<const char*> texts) {
    for (const auto* const text : texts) {
      const auto url = Url::parse(text, "webhook_url");
      ASSERT_FALSE(url) << text;
      EXPECT_EQ(url.error().field, "webhook_url");
      EXPECT_EQ(url.error().message, std::string("The webhook url format is invalid: ") + cause + ".") << text;
    }
  };
  check("it has more than one @ before the path; write %40 for one of a user",
        {"http://a@b@example.org/", "http://user@127.0.0.1@example.org/", "http://u:p@example.org@127.0.0.1:80/",
         "http://@@example.org/"});
  check("it has a backslash before the path", {"http://ex\\ample.org/", "http://example.org\\@127.0.0.1/",
                                               "http://127.0.0.1\\.example.org/", "http://\\\\example.org/"});
  check("the port must be a number from 1 to 65535",
        {"http://example.org:0/", "https://example.org:00000/x", "http://example.org:99999/",
         "http://example.org:65536/", "http://example.org:8x/", "http://example.org:-1/", "http://example.org:+80/",
         "http://example.org:80:90/", "http://127.0.0.1:0", "http://[::1]:0/", "http://[::1]:8x/",
         "http://me@example.org:0/", "http://example.org:0x50/", "http://a:b:c/"});
  check("it names no host", {"http://", "http:///example.org", "http://?x", "http://#", "http://:80/", "http://me@/",
                             "http://me@:80/x", "http://example.org:80@/", "http://::1/"});
  check("the bracket of its IPv6 address is not closed", {"http://[::1/", "http://me@[::1:80/"});
  check("an IPv6 address may have no zone", {"http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/"});
}

TEST(Url, TakesWhatAllReadersTakeAlike) {
  EXPECT_EQ(Url::parse("http://example.org:/x")->port(), 80);  // an empty port is the scheme's own (RFC 3986 3.2.3)
  EXPECT_EQ(Url::parse("https://example.org:65535/")->port(), 65535);
  EXPECT_EQ(Url::parse("https://example.org:0443/")->port(), 443);
  EXPECT_EQ(host("http://example.org/a@b@c:0\\x"), "example.org");
  EXPECT_EQ(host("http://example.org?a@b@c:0\\x"), "example.org");
  EXPECT_EQ(Url::parse("http://a%40b:c%40@example.org/")->user(), "a@b");
}

TEST(Url, SeesThroughOddSpellingsOfAddresses) {
  EXPECT_EQ(host("http://2130706433/"), "127.0.0.1");
  EXPECT_EQ(host("http://0x7f000001/"), "127.0.0.1");
  EXPECT_EQ(host("http://0177.1/"), "127.0.0.1");
  EXPECT_EQ(host("http://127.1/"), "127.0.0.1");
  EXPECT_EQ(host("http://[::FFFF:127.0.0.1]/"), "[::ffff:127.0.0.1]");
  EXPECT_EQ(host("http://LOCALHOST./"), "localhost.");
  EXPECT_EQ(host("http://example.org@127.0.0.1/"), "127.0.0.1");
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
  EXPECT_EQ(base.resolve("/c//x@y@z:0")->str(), "http://example.org/c//x@y@z:0");
  EXPECT_EQ(base.resolve("c//x@y@z:0")->str(), "http://example.org/a/c//x@y@z:0");
  EXPECT_TRUE(base.same_origin(*base.resolve("http://EXAMPLE.org:80/z")));
  EXPECT_FALSE(base.same_origin(*base.resolve("http://example.org:81/z")));
  EXPECT_FALSE(base.same_origin(*base.resolve("https://example.org/z")));
  for (const auto* const bad :
       {"", "file:///etc/passwd", "gopher://x/", "ftp://x/", "data:text/plain,x", "http://", "http://a b/",
        "//a@b@other.org/", "http://a@b@other.org/", "//other.org:0/", "https://other.org\\@example.org/"}) {
    EXPECT_FALSE(base.resolve(bad)) << bad;
  }
}

}  // namespace
}  // namespace recast::net
