#include "engine/resizing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recast::engine {
namespace {

using testing::ElementsAre;

TEST(Resizing, FitsPicturesIntoABox) {
  EXPECT_THAT(resizing(640, 480, "max"), ElementsAre("-resize", "640x480>"));
  EXPECT_THAT(resizing(640, 480, "scale"), ElementsAre("-resize", "640x480!"));
  EXPECT_THAT(resizing(640, 480, "crop"),
              ElementsAre("-resize", "640x480^", "-gravity", "center", "-extent", "640x480"));
}

TEST(Resizing, KeepsTheShapeIfOneSideIsGiven) {
  EXPECT_THAT(resizing(640, std::nullopt, "max"), ElementsAre("-resize", "640x>"));
  EXPECT_THAT(resizing(std::nullopt, 480, "crop"), ElementsAre("-resize", "x480"));
  EXPECT_THAT(resizing(std::nullopt, std::nullopt, "max"), testing::IsEmpty());
}

}  // namespace
}  // namespace recast::engine
