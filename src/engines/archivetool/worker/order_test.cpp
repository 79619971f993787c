#include "engines/archivetool/worker/order.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>

namespace recast::engines::archivetool {
namespace {

TEST(ArchiveOrder, IsReadFromTheRequest) {
  const auto order = Order::parse({{"task", "unpack"},
                                   {"from", "gz"},
                                   {"password", " secret "},
                                   {"pattern", "*.txt"},
                                   {"names", boost::json::array{"folder/report.gz", "other"}}});
  ASSERT_TRUE(order) << order.error().message;
  EXPECT_EQ(order->task, Order::Task::unpack);
  EXPECT_EQ(order->password, " secret ");
  EXPECT_EQ(order->name, "report.gz");
  EXPECT_FALSE(order->level);
}

TEST(ArchiveOrder, HasALevelOnlyIfOneWasAskedFor) {
  EXPECT_EQ(Order::parse({{"task", "pack"}, {"to", "zip"}, {"level", 0}})->level, 0);
  EXPECT_EQ(Order::parse({{"task", "repack"}, {"most_entries", 7}})->most_entries, 7U);
}

TEST(ArchiveOrder, WithoutATaskIsAFaultOfOurs) {
  EXPECT_EQ(Order::parse({}).error().code, ErrorCode::internal);
  EXPECT_EQ(Order::parse({{"task", "delete"}}).error().code, ErrorCode::internal);
}

}  // namespace
}  // namespace recast::engines::archivetool
