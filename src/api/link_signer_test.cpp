#include "api/link_signer.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace recast::api {
namespace {

const TaskId kTask("0c0ffee0-1111-4222-8333-444455556666");
const Time kExpires{std::chrono::seconds(2000)};

struct Signed {
  std::string path, expires, signature;
};

Signed take_apart(const std::string& link) {
  const auto path = link.find("/tasks/") + 7 + 37;
  const auto question = link.find('?');
  const auto expires = link.find("expires=") + 8;
  const auto signature = link.find("signature=") + 10;
  return {percent_decode(link.substr(path, question - path)), link.substr(expires, link.find('&') - expires),
          link.substr(signature)};
}

TEST(LinkSigner, MatchesAPublishedVector) {  // of core.md 14.2: HMAC-SHA256 in lower-case hex
  const LinkSigner signer("wh-secret-1");
  const auto* const text =
      R"({"event":"job.finished","job":{"id":"0c0ffee0-1111-4222-8333-444455556666","tag":"demo","status":"finished"}})";
  EXPECT_EQ(signer.sign(text), "4282412fb705993764a1a2b50a3e02ab8eb381701d6ce192b290547ce691a3ce");
  EXPECT_TRUE(signer.verify(text, signer.sign(text)));
  EXPECT_FALSE(signer.verify(text, ""));
  EXPECT_FALSE(signer.verify(text, signer.sign(text).substr(1)));
}

TEST(LinkSigner, EncodesNamesButNotTheFolder) {
  const LinkSigner signer("secret");
  const auto link = signer.download("https://x.org", false, kTask, "a/b c", "100% ä?.pdf", kExpires);
  EXPECT_TRUE(
      link.starts_with("https://x.org/tasks/0c0ffee0-1111-4222-8333-444455556666/a/b%20c/"
                       "100%25%20%C3%A4%3F.pdf?expires=2000&signature="))
      << link;
  const auto [path, expires, signature] = take_apart(link);
  EXPECT_EQ(path, "a/b c/100% ä?.pdf");
  EXPECT_TRUE(signer.check_download(kTask, path, expires, signature, Time(std::chrono::seconds(1999))));
}

TEST(LinkSigner, NamesTheBucketOfTheSandbox) {
  const auto link = LinkSigner("secret").download("https://x.org", true, kTask, "", "a.pdf", kExpires);
  EXPECT_TRUE(link.starts_with("https://x.org/tasks-sandbox/0c0ffee0-1111-4222-8333-444455556666/a.pdf?")) << link;
}

TEST(LinkSigner, IsOverAtItsTime) {
  const LinkSigner signer("secret");
  const auto [path, expires, signature] =
      take_apart(signer.download("https://x.org", false, kTask, "", "a.pdf", kExpires));
  EXPECT_TRUE(signer.check_download(kTask, path, expires, signature, kExpires - std::chrono::microseconds(1)));
  EXPECT_FALSE(signer.check_download(kTask, path, expires, signature, kExpires));
}

TEST(LinkSigner, CoversTaskFileAndTime) {
  const LinkSigner signer("secret");
  const auto [path, expires, signature] =
      take_apart(signer.download("https://x.org", false, kTask, "", "a.pdf", kExpires));
  const Time now{};
  EXPECT_TRUE(signer.check_download(kTask, "a.pdf", expires, signature, now));
  EXPECT_FALSE(signer.check_download(TaskId("other"), "a.pdf", expires, signature, now));
  EXPECT_FALSE(signer.check_download(kTask, "b.pdf", expires, signature, now));
  EXPECT_FALSE(signer.check_download(kTask, "a.pdf", "2001", signature, now));
  EXPECT_FALSE(signer.check_download(kTask, "a.pdf", "2000 ", signature, now));
  EXPECT_FALSE(signer.check_download(kTask, "a.pdf", "", signature, now));
  EXPECT_FALSE(LinkSigner("other secret").check_download(kTask, "a.pdf", expires, signature, now));
}

}  // namespace
}  // namespace recast::api
