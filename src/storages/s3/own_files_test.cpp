#include <gtest/gtest.h>

#include "../../../tests/support/store_servers.hpp"
#include "net/policy.hpp"
#include "storage/registry.hpp"
#include "storage/storage_contract.hpp"

namespace recast::storages {
Result<> register_s3(storage::Registry& registry);
}

namespace recast::storage {
namespace {

/// A store that checks every signature, for the time of the program.
const test::StoreServers& servers() {
  static const test::StoreServers running("s3_stub");
  return running;
}

net::Client& network() {
  static const auto client = net::make_client({}, net::Policy::open({}).value());
  return *client;
}

std::unique_ptr<Storage> make_s3(const fs::path& folder) {
  Registry registry;
  EXPECT_TRUE(storages::register_s3(registry));
  auto settings = servers().at("s3_stub");
  settings["url"] = settings["endpoint"];
  settings["prefix"] = folder.parent_path().filename().string();
  settings.erase("session_token");
  fs::create_directories(folder);
  return std::move(registry.find("s3")->open(settings, {&network(), folder})).value();
}

INSTANTIATE_TEST_SUITE_P(S3, StorageContract, ::testing::Values(MakeStorage(&make_s3)));

TEST(OwnFilesInS3, LeaveNothingInTheSpool) {
  const test::TemporaryFolder temp;
  const auto storage = make_s3(temp / "spool");
  ASSERT_TRUE(storage->put(Key::parse("t/1").value(), temp.write("in", "hello")));
  ASSERT_TRUE(storage->get(Key::parse("t/1").value(), temp / "out"));
  ASSERT_TRUE(storage->open(Key::parse("t/1").value()));
  EXPECT_FALSE(storage->get(Key::parse("t/2").value(), temp / "none"));
  EXPECT_TRUE(fs::is_empty(temp / "spool"));
}

TEST(OwnFilesInS3, BelongToOneInstallation) {
  const test::TemporaryFolder temp;
  Registry registry;
  ASSERT_TRUE(storages::register_s3(registry));
  auto settings = servers().at("s3_stub");
  settings["url"] = settings["endpoint"];
  settings["prefix"] = "claimed";
  const auto open = [&](const char* installation) {
    return registry.find("s3")->open(settings, {&network(), temp.path(), installation});
  };
  const auto first = open("one");
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(keys_of(**first).empty());
  EXPECT_TRUE(open("one"));
  const auto other = open("two");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::conflict);
  EXPECT_NE(other.error().message.find("another installation"), std::string::npos);
}

TEST(OwnFilesInS3, AreNotOpenedWithoutABucket) {
  Registry registry;
  ASSERT_TRUE(storages::register_s3(registry));
  const auto opened = registry.find("s3")->open({}, {&network(), "/tmp"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().field, "storage_s3.bucket");
}

}  // namespace
}  // namespace recast::storage
