#include "base/nearest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace recast {
namespace {

TEST(Nearest, CountsWhatWasMistyped) {
  EXPECT_EQ(distance("quality", "quality"), 0u);
  EXPECT_EQ(distance("qualty", "quality"), 1u);
  EXPECT_EQ(distance("qualiity", "quality"), 1u);
  EXPECT_EQ(distance("quolity", "quality"), 1u);
  EXPECT_EQ(distance("qaulity", "quality"), 1u) << "two neighbours swapped are one mistake";
  EXPECT_EQ(distance("", "abc"), 3u);
  EXPECT_EQ(distance("abc", ""), 3u);
  EXPECT_EQ(distance("", ""), 0u);
  EXPECT_EQ(distance("kitten", "sitting"), 3u);
}

TEST(Nearest, IsTheWordThatWasMeant) {
  const std::vector<std::string> words{"quality", "width", "height", "fit", "pages"};
  EXPECT_EQ(nearest("qualty", words), "quality");
  EXPECT_EQ(nearest("widht", words), "width");
  EXPECT_EQ(nearest("page", words), "pages");
  EXPECT_EQ(nearest("bit", words), "fit");
  EXPECT_EQ(nearest("a", words), "");
  EXPECT_EQ(nearest("", words), "");
  EXPECT_EQ(nearest("something", words), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), words), "");
  EXPECT_EQ(nearest("qualty", {}), "");
}

TEST(Nearest, IsTheFirstOfSeveral) {
  const std::vector<std::string> words{"crop_x", "crop_y"};
  EXPECT_EQ(nearest("crop_z", words), "crop_x");
}

}  // namespace
}  // namespace recast
