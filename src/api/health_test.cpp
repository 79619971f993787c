#include "api/health.hpp"

#include <gtest/gtest.h>

namespace recast::api {
namespace {

TEST(Readiness, IsWhatTheWorstNeededCheckSays) {
  const Check store{"store", true, "answers"}, full{"disk", false, "0 MiB free"};
  const Check sick{.name = "engine vips 8.14", .ok = false, .detail = "crashed", .needed = false};
  const Check unproven{.name = "engine vips 8.14", .ok = false, .detail = "not probed yet"};
  EXPECT_EQ(readiness({store}), "ready");
  EXPECT_EQ(readiness({store, sick}), "degraded");
  EXPECT_EQ(readiness({store, sick, full}), "unavailable");
  EXPECT_EQ(readiness({store, unproven}), "unavailable");
}

}  // namespace
}  // namespace recast::api
