#include "http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recast::http {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

Result<Response> nothing(Request&) { return Response::empty(204); }

Router sample() {
  Router router;
  router.get("/v2/jobs/{id}", &nothing);
  router.get("/v2/jobs/special", &nothing);
  router.del("/v2/jobs/{id}", &nothing);
  router.post("/v2/jobs/only-post", &nothing);
  router.get("/tasks/{task}/{file...}", &nothing);
  router.get("/socket.io/", &nothing);
  router.websocket("/socket.io/",
                   [](Request&, std::shared_ptr<WebSocketPeer>) -> Result<std::unique_ptr<WebSocketSession>> {
                     return fail(ErrorCode::internal, "");
                   });
  router.websocket("/only-socket",
                   [](Request&, std::shared_ptr<WebSocketPeer>) -> Result<std::unique_ptr<WebSocketSession>> {
                     return fail(ErrorCode::internal, "");
                   });
  router.stream("POST", "/tasks",
                [](Request&) -> Result<std::unique_ptr<BodySink>> { return fail(ErrorCode::internal, ""); });
  return router;
}

TEST(Router, PrefersLiteralSegments) {
  const auto router = sample();
  EXPECT_EQ(router.find("GET", "/v2/jobs/special", false).pattern, "/v2/jobs/special");
  const auto match = router.find("GET", "/v2/jobs/7%2F8", false);
  EXPECT_EQ(match.pattern, "/v2/jobs/{id}");
  EXPECT_THAT(match.captures, ElementsAre("7/8"));
  EXPECT_NE(match.handler, nullptr);
}

TEST(Router, FallsBackToTheCaptureIfOnlyThatHasTheMethod) {
  const auto router = sample();
  const auto match = router.find("DELETE", "/v2/jobs/only-post", false);
  EXPECT_THAT(match.captures, ElementsAre("only-post"));
}

TEST(Router, ListsTheMethodsOfAPath) {
  const auto router = sample();
  EXPECT_THAT(router.find("PUT", "/v2/jobs/1", false).allowed, UnorderedElementsAre("GET", "HEAD", "DELETE"));
  EXPECT_TRUE(router.find("PUT", "/v2/none", false).allowed.empty());
  EXPECT_TRUE(router.find("GET", "/v2/jobs/1", false).allowed.empty());
  EXPECT_THAT(router.find("GET", "/tasks", false).allowed, ElementsAre("POST"));
}

TEST(Router, GivesTheRestOfAPath) {
  const auto router = sample();
  EXPECT_THAT(router.find("GET", "/tasks/1/a%20b/c.pdf", false).captures, ElementsAre("1", "a b/c.pdf"));
  EXPECT_THAT(router.find("HEAD", "/tasks/1/x", false).captures, ElementsAre("1", "x"));
  EXPECT_EQ(router.find("GET", "/tasks/1/", false).handler, nullptr);
  EXPECT_EQ(router.find("GET", "/tasks//x", false).handler, nullptr);
}

TEST(Router, UpgradesOnlyWhenAsked) {
  const auto router = sample();
  EXPECT_NE(router.find("GET", "/socket.io/", true).websocket, nullptr);
  EXPECT_NE(router.find("GET", "/socket.io/", false).handler, nullptr);
  EXPECT_NE(router.find("GET", "/socket.io", true).websocket, nullptr);
  EXPECT_EQ(router.find("GET", "/only-socket", false).websocket, nullptr);
  EXPECT_NE(router.find("GET", "/v2/jobs/1", true).handler, nullptr);
}

TEST(Router, FindsStreams) {
  const auto router = sample();
  EXPECT_NE(router.find("POST", "/tasks/", false).stream, nullptr);
}

TEST(Router, RefusesWhatIsNotAPath) {
  const auto router = sample();
  EXPECT_EQ(router.find("GET", "", false).handler, nullptr);
  EXPECT_EQ(router.find("GET", "*", false).handler, nullptr);
  EXPECT_EQ(router.find("GET", "/", false).handler, nullptr);
}

}  // namespace
}  // namespace recast::http
