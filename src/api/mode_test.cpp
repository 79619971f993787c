#include "api/mode.hpp"

#include <gtest/gtest.h>

namespace recast::api {
namespace {

struct Decided {
  Mode mode;
  std::string path;
  Bases bases;
};

Decided decide(std::string_view host, std::string_view path, const Settings& settings = {},
               std::string_view listener = "api") {
  http::Request request;
  request.headers.add("Host", std::string(host));
  request.path = path;
  request.listener = listener;
  request.port = listener == "sync" ? 8081 : 8080;
  request.main_port = 8080;
  decide_mode(request, settings);
  return {mode_of(request), request.path, bases_of(request, settings)};
}

TEST(Mode, IsAsynchronousAndLiveUnlessSomethingSaysOtherwise) {
  const auto [mode, path, bases] = decide("127.0.0.1:8080", "/v2/jobs");
  EXPECT_FALSE(mode.blocking);
  EXPECT_FALSE(mode.sandbox);
  EXPECT_EQ(mode.region, "");
  EXPECT_EQ(bases.api, "http://127.0.0.1:8080");
  EXPECT_EQ(bases.storage, bases.api);
}

TEST(Mode, FollowsTheListener) { EXPECT_TRUE(decide("x", "/v2/jobs", {}, "sync").mode.blocking); }

TEST(Mode, LinksToTheAsynchronousListener) {
  EXPECT_EQ(decide("[::1]:8081", "/v2/jobs", {}, "sync").bases.api, "http://[::1]:8080");
  EXPECT_EQ(decide("x:9000", "/v2/jobs", {}, "sync").bases.api, "http://x:9000");  // a proxy's
  EXPECT_EQ(decide("x", "/v2/jobs", {}, "sync").bases.api, "http://x");
  EXPECT_EQ(decide("x:8080", "/v2/jobs").bases.api, "http://x:8080");
}

TEST(Mode, ReadsTheLabelsOfTheHostInAnyOrder) {
  for (const auto* const host : {"sync.api.sandbox.cloudconvert.com", "SANDBOX.sync.api.cloudconvert.com:443"}) {
    EXPECT_TRUE(decide(host, "/v2/jobs").mode.blocking) << host;
    EXPECT_TRUE(decide(host, "/v2/jobs").mode.sandbox) << host;
  }
  EXPECT_EQ(decide("us-east.api.cloudconvert.com", "/v2/jobs").mode.region, "us-east");
  EXPECT_FALSE(decide("asynchronous.example.org", "/v2/jobs").mode.blocking);
  EXPECT_FALSE(decide("sync.example.org", "/v2/jobs", {.host_roles = false}).mode.blocking);
}

TEST(Mode, CutsPrefixesInFrontOfTheApiOnly) {
  EXPECT_EQ(decide("x", "/sync/v2/jobs").path, "/v2/jobs");
  EXPECT_EQ(decide("x", "/sandbox/sync/v2/jobs").path, "/v2/jobs");
  EXPECT_EQ(decide("x", "/sync/sandbox/v2").path, "/v2");
  EXPECT_EQ(decide("x", "/sandbox").path, "/sandbox");
  EXPECT_EQ(decide("x", "/sandbox/settings").path, "/sandbox/settings");
  EXPECT_EQ(decide("x", "/synchronous/v2").path, "/synchronous/v2");
  EXPECT_EQ(decide("x", "/sync/v2things").path, "/sync/v2things");
  EXPECT_TRUE(decide("x", "/sandbox/v2/jobs").mode.sandbox);
  EXPECT_EQ(decide("x", "/sandbox/v2/jobs").bases.api, "http://x/sandbox");
  EXPECT_EQ(decide("x", "/sandbox/v2/jobs").bases.storage, "http://x");
}

TEST(Mode, LinksLeadToTheAsynchronousHost) {
  EXPECT_EQ(decide("sync.api.example.org", "/v2/jobs").bases.api, "http://api.example.org");
  const Settings settings{.public_api_url = "https://recast.example.org/",
                          .public_storage_url = "https://files.example.org"};
  const auto bases = decide("whatever", "/sync/v2/jobs", settings).bases;
  EXPECT_EQ(bases.api, "https://recast.example.org");
  EXPECT_EQ(bases.storage, "https://files.example.org");
}

TEST(Mode, KeepsTheSandboxInLinksWhateverSaidIt) {
  EXPECT_EQ(decide("api.sandbox.example.org", "/v2/jobs").bases.api, "http://api.sandbox.example.org");
  EXPECT_EQ(decide("sandbox.api.example.org", "/v2/jobs").bases.api, "http://sandbox.api.example.org");
  EXPECT_EQ(decide("x", "/sandbox/sync/v2/jobs").bases.api, "http://x/sandbox");
  // With one public address for all, only its path can say it.
  const Settings settings{.public_api_url = "https://recast.example.org"};
  for (const auto& bases : {decide("api.sandbox.example.org", "/v2/jobs", settings).bases,
                            decide("x", "/sandbox/v2/jobs", settings).bases}) {
    EXPECT_EQ(bases.api, "https://recast.example.org/sandbox");
    EXPECT_EQ(bases.storage, "https://recast.example.org");
    EXPECT_EQ(Bases::from_text(bases.text(), settings).api, bases.api);
  }
  const auto kept = decide("api.sandbox.example.org", "/v2/jobs").bases.text();
  EXPECT_EQ(Bases::from_text(kept, {}).api, "http://api.sandbox.example.org");
  EXPECT_EQ(Bases::from_text(kept, settings).api, "https://recast.example.org/sandbox");
}

TEST(Mode, PutsNoStrangeHostIntoLinks) {
  EXPECT_EQ(decide("evil\"<script>", "/v2/jobs").bases.api, "http://localhost");
  EXPECT_EQ(decide("", "/v2/jobs").bases.api, "http://localhost");
  EXPECT_EQ(decide("[::1]:8080", "/v2/jobs").bases.api, "http://[::1]:8080");
}

TEST(Mode, CannotBeChosenByAHeaderOfOurs) {
  http::Request request;
  request.path = "/v2/jobs";
  request.headers.add("Recast-Mode", "sync sandbox");
  decide_mode(request, {});
  EXPECT_FALSE(mode_of(request).blocking);
  EXPECT_FALSE(mode_of(request).sandbox);
}

}  // namespace
}  // namespace recast::api
