#include "http/answer.hpp"

#include <gtest/gtest.h>

namespace recast::http {
namespace {

Request request(std::string method, std::vector<std::pair<std::string, std::string>> headers = {}) {
  Request result;
  result.method = std::move(method);
  for (auto& [name, value] : headers) result.headers.add(name, value);
  return result;
}

FileBody file() {
  FileBody body;
  body.size = 1000;
  body.etag = "\"abc\"";
  body.last_modified = std::chrono::sys_seconds(std::chrono::seconds(1'772'600'767));  // Wed, 04 Mar 2026 05:06:07 GMT
  return body;
}

struct Planned {
  FilePlan plan;
  Headers headers;
};
Planned plan(const Request& asked, unsigned status = 200) {
  Planned result;
  result.plan = plan_file(asked, file(), status, result.headers);
  return result;
}

TEST(Answer, NamesStatusesAsClientsExpect) {
  EXPECT_EQ(reason_phrase(401), "Unauthorized");
  EXPECT_EQ(reason_phrase(422), "Unprocessable Entity");
  EXPECT_EQ(reason_phrase(201), "Created");
  EXPECT_EQ(reason_phrase(599), "Server Error");
  EXPECT_EQ(reason_phrase(299), "Success");
}

TEST(Answer, SendsTheWholeFileWithItsMarks) {
  const auto [whole, headers] = plan(request("GET"));
  EXPECT_EQ(whole.status, 200u);
  EXPECT_EQ(whole.length, 1000u);
  EXPECT_EQ(headers.get("ETag"), "\"abc\"");
  EXPECT_EQ(headers.get("Last-Modified"), "Wed, 04 Mar 2026 05:06:07 GMT");
  EXPECT_EQ(headers.get("Accept-Ranges"), "bytes");
}

TEST(Answer, SendsARange) {
  const auto [part, headers] = plan(request("GET", {{"Range", "bytes=10-19"}}));
  EXPECT_EQ(part.status, 206u);
  EXPECT_EQ(part.first, 10u);
  EXPECT_EQ(part.length, 10u);
  EXPECT_EQ(headers.get("Content-Range"), "bytes 10-19/1000");
  EXPECT_EQ(plan(request("HEAD", {{"Range", "bytes=10-19"}})).plan.status, 200u);
  EXPECT_EQ(plan(request("GET", {{"Range", "bytes=10-19"}}), 404).plan.status, 404u);
  const auto outside = plan(request("GET", {{"Range", "bytes=1000-"}}));
  EXPECT_EQ(outside.plan.status, 416u);
  EXPECT_EQ(outside.headers.get("Content-Range"), "bytes */1000");
}

TEST(Answer, WeighsIfRange) {
  const auto status = [](std::string condition) {
    return plan(request("GET", {{"Range", "bytes=0-1"}, {"If-Range", std::move(condition)}})).plan.status;
  };
  EXPECT_EQ(status("\"abc\""), 206u);
  EXPECT_EQ(status("\"abd\""), 200u);
  EXPECT_EQ(status("W/\"abc\""), 200u);
  EXPECT_EQ(status("Wed, 04 Mar 2026 05:06:07 GMT"), 206u);
  EXPECT_EQ(status("Wed, 04 Mar 2026 05:06:08 GMT"), 200u);
  EXPECT_EQ(status("rubbish"), 200u);
}

TEST(Answer, KnowsWhatTheClientHas) {
  const auto status = [](std::string name, std::string value) {
    return plan(request("GET", {{std::move(name), std::move(value)}})).plan.status;
  };
  EXPECT_EQ(status("If-None-Match", "\"x\", W/\"abc\""), 304u);
  EXPECT_EQ(status("If-None-Match", "*"), 304u);
  EXPECT_EQ(status("If-None-Match", "\"x\""), 200u);
  EXPECT_EQ(status("If-Modified-Since", "Wed, 04 Mar 2026 05:06:07 GMT"), 304u);
  EXPECT_EQ(status("If-Modified-Since", "Wed, 04 Mar 2026 05:06:06 GMT"), 200u);
  EXPECT_EQ(status("If-Modified-Since", "yesterday"), 200u);
  EXPECT_EQ(status("If-Modified-Since", "Wednesday, 04-Mar-26 05:06:07 GMT"), 304u);
  EXPECT_EQ(status("If-Modified-Since", "Wed Mar  4 05:06:07 2026"), 304u);
  EXPECT_EQ(plan(request("GET", {{"If-None-Match", "\"x\""}, {"If-None-Match", "\"abc\""}})).plan.status, 304u);
  const auto both =
      request("GET", {{"If-None-Match", "\"x\""}, {"If-Modified-Since", "Wed, 04 Mar 2027 05:06:07 GMT"}});
  EXPECT_EQ(plan(both).plan.status, 200u);
}

TEST(Answer, SendsNothingToWhoWantsAnotherFile) {
  const auto status = [](std::string name, std::string value) {
    return plan(request("GET", {{"Range", "bytes=0-1"}, {std::move(name), std::move(value)}})).plan.status;
  };
  EXPECT_EQ(status("If-Match", "\"x\", \"abc\""), 206u);
  EXPECT_EQ(status("If-Match", "*"), 206u);
  EXPECT_EQ(status("If-Match", "\"x\""), 412u);
  EXPECT_EQ(status("If-Match", "W/\"abc\""), 412u);
  EXPECT_EQ(status("If-Unmodified-Since", "Wed, 04 Mar 2026 05:06:07 GMT"), 206u);
  EXPECT_EQ(status("If-Unmodified-Since", "Wed, 04 Mar 2026 05:06:06 GMT"), 412u);
  EXPECT_EQ(status("If-Unmodified-Since", "yesterday"), 206u);
  const auto both = request("GET", {{"If-Match", "\"abc\""}, {"If-Unmodified-Since", "Wed, 04 Mar 2020 05:06:07 GMT"}});
  EXPECT_EQ(plan(both).plan.status, 200u);
}

TEST(Answer, NeverLetsAValueEndItsHeader) {
  Headers headers;
  headers.add("Location", "/a\r\nSet-Cookie: b");
  EXPECT_EQ(serialize_head(302, headers), "HTTP/1.1 302 Found\r\nLocation: /aSet-Cookie: b\r\n\r\n");
}

TEST(Answer, AllowsOriginsByTheList) {
  Headers headers;
  add_cors(request("GET", {{"Origin", "https://a"}}), {"https://a", "https://b"}, headers);
  EXPECT_EQ(headers.get("Access-Control-Allow-Origin"), "https://a");
  EXPECT_EQ(headers.get("Vary"), "Origin");
  Headers foreign;
  add_cors(request("GET", {{"Origin", "https://c"}}), {"https://a"}, foreign);
  EXPECT_FALSE(foreign.has("Access-Control-Allow-Origin"));
  EXPECT_EQ(foreign.get("Vary"), "Origin");
  Headers all;
  add_cors(request("GET", {{"Origin", "https://c"}}), {"*"}, all);
  EXPECT_EQ(all.get("Access-Control-Allow-Origin"), "*");
  EXPECT_FALSE(all.has("Vary"));
  Headers none;
  add_cors(request("GET", {{"Origin", "https://c"}}), {}, none);
  EXPECT_TRUE(none.all().empty());
}

TEST(Answer, AnswersAPreflight) {
  const auto asked = request("OPTIONS", {{"Origin", "https://a"},
                                         {"Access-Control-Request-Method", "POST"},
                                         {"Access-Control-Request-Headers", "authorization"}});
  const auto answer = options_answer(asked, {"GET", "POST"}, {"*"});
  EXPECT_EQ(answer.status, 204u);
  EXPECT_EQ(answer.headers.get("Access-Control-Allow-Methods"), "GET, POST");
  EXPECT_EQ(answer.headers.get("Access-Control-Allow-Headers"), "authorization");
  const auto refused = options_answer(asked, {"GET"}, {"https://b"});
  EXPECT_FALSE(refused.headers.has("Access-Control-Allow-Methods"));
  EXPECT_EQ(refused.headers.get("Allow"), "GET");
}

TEST(Answer, ChecksRequestIds) {
  EXPECT_TRUE(is_request_id("a-B_9.x"));
  EXPECT_FALSE(is_request_id(""));
  EXPECT_FALSE(is_request_id("a b"));
  EXPECT_FALSE(is_request_id(std::string(129, 'a')));
}

}  // namespace
}  // namespace recast::http
