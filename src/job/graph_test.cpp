#include "job/graph.hpp"

#include <gtest/gtest.h>

namespace recast::job {
namespace {

TEST(Graph, FindsNoCycleWhereThereIsNone) {
  EXPECT_FALSE(find_cycle({}));
  EXPECT_FALSE(find_cycle({{}, {0}, {0, 1}, {1, 2, 2}}));
}

TEST(Graph, NamesTheFirstNodeOnACycle) {
  EXPECT_EQ(find_cycle({{2}, {3}, {1}, {2}, {0}}), 1u);
  EXPECT_EQ(find_cycle({{0}}), 0u);
}

TEST(Graph, NeedsNoStackForALongChain) {
  Graph chain(200'000);
  for (std::size_t i = 1; i < chain.size(); ++i) chain[i] = {i - 1};
  EXPECT_FALSE(find_cycle(chain));
  chain[0] = {chain.size() - 1};
  EXPECT_EQ(find_cycle(chain), 0u);
}

}  // namespace
}  // namespace recast::job
