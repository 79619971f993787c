#include "storages/local/local.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <thread>

#include "storage/registry.hpp"
#include "storage/storage_contract.hpp"

namespace recast::storages {
Result<> register_local(storage::Registry& registry);
}

namespace recast::storage {
namespace {

using storages::Local;

std::unique_ptr<Storage> make_local(const fs::path& folder) {
  Registry registry;
  EXPECT_TRUE(storages::register_local(registry));
  return std::move(registry.find("local")->open({{"root", folder.string()}}, {})).value();
}

INSTANTIATE_TEST_SUITE_P(Local, StorageContract, ::testing::Values(MakeStorage(&make_local)));

struct stat info_of(const fs::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info;
}

TEST(Local, LinksInsteadOfCopying) {
  const test::TemporaryFolder temp;
  const auto storage = make_local(temp / "root");
  const auto source = temp.write("in", "hello");
  ASSERT_TRUE(storage->put(Key::parse("t/1").value(), source));
  ASSERT_TRUE(storage->get(Key::parse("t/1").value(), temp / "out"));
  const auto stored = info_of(temp / "root" / "files/t/1");
  EXPECT_EQ(stored.st_ino, info_of(source).st_ino);
  EXPECT_EQ(stored.st_ino, info_of(temp / "out").st_ino);
  EXPECT_EQ(stored.st_mode & 0777, 0444u);
  EXPECT_TRUE(fs::is_empty(temp / "root/incoming"));
}

TEST(Local, LinksManyAndReplacesWhatACrashLeft) {
  const test::TemporaryFolder temp;
  const auto storage = make_local(temp / "root");
  for (const auto* const round : {"first", "second"}) {
    std::vector<Deposit> deposits;
    for (int number = 0; number < 300; ++number) {
      const auto name = fmt::format("{}-{}", round, number);
      deposits.push_back({Key::parse(fmt::format("t/{}", number)).value(), temp.write(name, name)});
    }
    ASSERT_TRUE(storage->put_all(deposits));
    for (const int number : {0, 1, 127, 128, 299}) {
      const auto stored = temp / "root/files/t" / std::to_string(number);
      EXPECT_EQ(test::read_file(stored), fmt::format("{}-{}", round, number));
      EXPECT_EQ(info_of(stored).st_ino, info_of(temp / fmt::format("{}-{}", round, number)).st_ino);
      EXPECT_EQ(info_of(stored).st_mode & 0777, 0444u);
    }
    EXPECT_TRUE(fs::is_empty(temp / "root/incoming"));
  }
  EXPECT_EQ(keys_of(*storage).size(), 300U);
}

TEST(Local, RefusesLinksAndPipesAsSources) {
  const test::TemporaryFolder temp;
  const auto storage = make_local(temp / "root");
  fs::create_symlink("/etc/passwd", temp / "link");
  ASSERT_EQ(::mkfifo((temp / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(storage->put(Key::parse("t/1").value(), temp / "link"));
  EXPECT_FALSE(storage->put(Key::parse("t/1").value(), temp / "pipe"));
  EXPECT_TRUE(keys_of(*storage).empty());
}

TEST(Local, RemovesFoldersThatBecomeEmpty) {
  const test::TemporaryFolder temp;
  const auto storage = make_local(temp / "root");
  ASSERT_TRUE(storage->put(Key::parse("a/b/c/1").value(), temp.write("in", "x")));
  ASSERT_TRUE(storage->put(Key::parse("a/2").value(), temp.write("in2", "x")));
  ASSERT_TRUE(storage->remove(Key::parse("a/b/c/1").value()));
  EXPECT_FALSE(fs::exists(temp / "root/files/a/b"));
  EXPECT_TRUE(fs::exists(temp / "root/files/a/2"));
}

TEST(Local, NamesTheRootItCannotMake) {
  const auto storage = Local::open({.root = "/proc/no/such/folder"});
  ASSERT_FALSE(storage);
  EXPECT_EQ(storage.error().field, "root");
}

/// Runs `body` with a file system of 64 KiB at `folder`; false if this user may not mount.
bool with_small_disk(const fs::path& folder, const std::function<void()>& body) {
  bool mounted = false;
  std::thread([&] {  // a mount namespace of one thread
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
    fs::create_directories(folder);
    if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=64k") != 0) return;
    mounted = true;
    body();
    ::umount2(folder.c_str(), MNT_DETACH);
  })
      .join();
  return mounted;
}

TEST(Local, CopiesFromOtherDisksAndSaysWhenTheDiskIsFull) {
  const test::TemporaryFolder temp;
  const bool ran = with_small_disk(temp / "root", [&] {
    const auto storage = make_local(temp / "root");
    ASSERT_TRUE(storage->put(Key::parse("t/1").value(), temp.write("small", "hello")));
    const auto put = storage->put(Key::parse("t/2").value(), temp.write("large", std::string(300'000, 'x')));
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code, ErrorCode::disk_full);
    EXPECT_TRUE(fs::is_empty(temp / "root/incoming"));
    EXPECT_EQ(keys_of(*storage).size(), 1u);
    ASSERT_TRUE(storage->get(Key::parse("t/1").value(), temp / "out"));
    EXPECT_EQ(test::read_file(temp / "out"), "hello");
    EXPECT_TRUE(storage->put(Key::parse("t/3").value(), temp.write("small2", "hello")));
  });
  if (!ran) GTEST_SKIP() << "mounting needs more rights";
}

}  // namespace
}  // namespace recast::storage
