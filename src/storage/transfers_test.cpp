#include "storage/transfers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "base/guarded.hpp"
#include "operation/fake_context.hpp"

namespace recast::storage {
namespace {

using operation::test::FakeContext;

/// Objects in memory, for what the store does not matter for.
struct Shelf {
  std::map<std::string, std::string> objects;
  std::string fails;  ///< the name whose transfer fails
  Error error{ErrorCode::unavailable, "it broke (Code: Broken)", {}};
};

class FakeStore final : public ObjectStore {
 public:
  explicit FakeStore(Guarded<Shelf>& shelf) : shelf_(shelf) {}
  Result<std::vector<Object>> list(const std::string& prefix, std::size_t at_most) override {
    std::vector<Object> found;
    for (const auto& [name, content] : shelf_.with([](const auto& shelf) { return shelf.objects; })) {
      if (name.starts_with(prefix) && found.size() <= at_most) found.push_back({name, content.size()});
    }
    return found;
  }
  Result<std::uint64_t> fetch(const std::string& name, const fs::path& to, Meter& meter) override {
    RECAST_CHECK(may(name));
    const auto content = shelf_.with([&](auto& shelf) { return shelf.objects[name]; });
    meter.expect(content.size());
    std::ofstream(to, std::ios::binary) << content;
    meter.add(content.size());
    return content.size();
  }
  Result<> send(const fs::path& from, const std::string& name, Meter& meter) override {
    RECAST_CHECK(may(name));
    auto content = recast::test::read_file(from);
    meter.add(content.size());
    shelf_.with([&](auto& shelf) { shelf.objects[name] = std::move(content); });
    return {};
  }
  Result<> remove(const std::string&) override { return {}; }

 private:
  Result<> may(const std::string& name) const {
    return shelf_.with(
        [&](const auto& shelf) { return name == shelf.fails ? Result<>(std::unexpected(shelf.error)) : Result<>{}; });
  }
  Guarded<Shelf>& shelf_;
};

class Transferring : public ::testing::Test {
 protected:
  Transferring() {
    terms_.title = "S3";
    terms_.open = [this](const Connection&) -> Result<std::unique_ptr<ObjectStore>> {
      return std::make_unique<FakeStore>(shelf_);
    };
  }
  void put(const std::string& name, const std::string& content) {
    shelf_.with([&](auto& shelf) { shelf.objects[name] = content; });
  }
  void fail_at(const std::string& name, Error error) {
    shelf_.with([&](auto& shelf) {
      shelf.fails = name;
      shelf.error = std::move(error);
    });
  }
  /// "dir/name=content" of every imported file.
  std::vector<std::string> import() {
    const auto outcome = import_objects(context_, terms_);
    if (!outcome) return {std::string(code_name(outcome.error().code)) + ": " + outcome.error().message};
    std::vector<std::string> files;
    for (const auto& file : outcome->files) {
      EXPECT_EQ(file.size, fs::file_size(file.path));
      files.push_back((file.dir.empty() ? "" : file.dir + "/") + file.name + "=" + recast::test::read_file(file.path));
    }
    return files;
  }
  using Texts = std::vector<std::string>;

  Guarded<Shelf> shelf_;
  FakeContext context_;
  Terms terms_;
};

TEST_F(Transferring, BringsOneObject) {
  put("in/a.txt", "hello");
  terms_.choice = {.single = "in/a.txt", .many = "ignored"};
  EXPECT_EQ(import(), Texts{"a.txt=hello"});
  EXPECT_EQ(context_.percents, std::vector<int>{100});
  terms_.choice.filename = "../b.doc";
  EXPECT_EQ(import(), Texts{"b.doc=hello"});
}

TEST_F(Transferring, BringsAllWithAPrefix) {
  put("in/b/x.txt", "1");
  put("in/a.txt", "2");
  put("out/c.txt", "3");
  terms_.choice = {.many = "in/", .filename = "ignored for several.txt"};
  EXPECT_EQ(import(), (Texts{"a.txt=2", "b/x.txt=1"}));
}

TEST_F(Transferring, NamesOneFileOfAPrefix) {
  put("in/a.txt", "1");
  terms_.choice = {.many = "in/", .filename = "b.txt"};
  EXPECT_EQ(import(), Texts{"b.txt=1"});
}

TEST_F(Transferring, GivesEqualNamesANumber) {
  put("in//n.txt", "1");
  put("in/n.txt", "2");
  terms_.choice = {.many = "in/"};
  EXPECT_EQ(import(), (Texts{"n.txt=1", "n-1.txt=2"}));
}

TEST_F(Transferring, FindsTheExtensionInTheContent) {
  put("photo", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16));
  terms_.choice = {.single = "photo"};
  EXPECT_TRUE(import().at(0).starts_with("photo.png="));
}

TEST_F(Transferring, KeepsItsLimits) {
  for (int i = 0; i < 5; ++i) put("in/" + std::to_string(i) + ".txt", "12345");
  terms_.choice = {.many = "in/"};
  terms_.settings.max_files = 4;
  EXPECT_EQ(import(), Texts{"DOWNLOAD_FAILED: Download from S3 failed: There are more than 4 files"});
  terms_.settings.max_files = 5;
  EXPECT_EQ(import().size(), 5u);
  terms_.settings.max_total_bytes = 24;
  EXPECT_EQ(import(), Texts{"FILE_TOO_LARGE: The files exceed the maximum size of 24 bytes"});
  terms_.settings.max_file_bytes = 4;
  EXPECT_EQ(import(), Texts{"FILE_TOO_LARGE: A file exceeds the maximum size of 4 bytes"});
}

TEST_F(Transferring, KeepsToTheQuotaOfItsOwner) {
  put("in/a.txt", "12345");
  terms_.choice = {.many = "in/"};
  context_.largest = 5;
  EXPECT_EQ(import().size(), 1u);
  context_.largest = 4;
  EXPECT_EQ(import(), Texts{"FILE_TOO_LARGE: A file exceeds the maximum size of 4 bytes"});
  terms_.settings.max_file_bytes = 3;
  EXPECT_EQ(import(), Texts{"FILE_TOO_LARGE: A file exceeds the maximum size of 3 bytes"}) << "the server's cap stays";
}

TEST_F(Transferring, SaysThatNothingWasFound) {
  terms_.choice = {.many = "in/"};
  EXPECT_EQ(import(), Texts{"DOWNLOAD_FAILED: Download from S3 failed: No files found for prefix \"in/\""});
  terms_.choice.many_is_folder = true;
  EXPECT_EQ(import(), Texts{"DOWNLOAD_FAILED: Download from S3 failed: No files found in \"in/\""});
}

TEST_F(Transferring, FailsAsAWhole) {
  for (int i = 0; i < 9; ++i) put(std::to_string(i), "x");
  fail_at("5", {ErrorCode::unavailable, "it broke", {}});
  EXPECT_EQ(import(), Texts{"DOWNLOAD_FAILED: Download from S3 failed: it broke"});
}

TEST_F(Transferring, SavesEveryInput) {
  context_.add_input("a.png", "1", "sub");
  context_.add_input("b.png", "22");
  terms_.choice = {.many = "out/"};
  const auto outcome = export_objects(context_, terms_);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->files.empty());
  const operation::json::array expected{{{"dir", "out/sub"}, {"filename", "a.png"}, {"size", 1}},
                                        {{"dir", "out"}, {"filename", "b.png"}, {"size", 2}}};
  EXPECT_EQ(outcome->extra.at("files"), expected);
  EXPECT_EQ(shelf_.with([](const auto& shelf) { return shelf.objects; }),
            (std::map<std::string, std::string>{{"out/b.png", "22"}, {"out/sub/a.png", "1"}}));
  EXPECT_EQ(context_.percents.back(), 100);
}

TEST_F(Transferring, SavesNothingOfNothing) {
  const auto outcome = export_objects(context_, terms_);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->extra.at("files"), operation::json::array());
}

TEST_F(Transferring, DoesNotBeginWithOneNameForSeveral) {
  context_.add_input("a", "1");
  context_.add_input("b", "2");
  terms_.choice = {.single = "x", .single_option = "key"};
  const auto outcome = export_objects(context_, terms_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::upload_failed);
  EXPECT_EQ(outcome.error().message, "Saving to S3 failed: several files need a placeholder such as %d in key");
  EXPECT_TRUE(shelf_.with([](const auto& shelf) { return shelf.objects.empty(); }));
}

TEST(Told, HasTheCodesOfTheWire) {
  Terms terms;
  terms.title = "SFTP";
  const auto code = [&](ErrorCode from, Direction direction) {
    return told({from, "x", "field"}, direction, terms).code;
  };
  EXPECT_EQ(code(ErrorCode::not_found, Direction::fetching), ErrorCode::download_failed);
  EXPECT_EQ(code(ErrorCode::not_found, Direction::saving), ErrorCode::upload_failed);
  EXPECT_EQ(code(ErrorCode::invalid_data, Direction::saving), ErrorCode::upload_failed);
  EXPECT_EQ(code(ErrorCode::invalid_credentials, Direction::saving), ErrorCode::invalid_credentials);
  EXPECT_EQ(code(ErrorCode::cancelled, Direction::saving), ErrorCode::cancelled);
  EXPECT_EQ(code(ErrorCode::disk_full, Direction::fetching), ErrorCode::disk_full);
  EXPECT_EQ(told({ErrorCode::timeout, "timed out", {}}, Direction::saving, terms).message, "Saving to SFTP timed out");
}

TEST(Told, MasksSecretsThatAStoreRepeats) {
  Terms terms;
  terms.title = "S3";
  terms.secrets = {"hush-hush", "a"};
  EXPECT_EQ(
      told({ErrorCode::unavailable, "key hush-hush and hush-hush are bad", {}}, Direction::fetching, terms).message,
      "Download from S3 failed: key *** and *** are bad");
}

TEST(Told, AFullStoreIsNotThisServersDisk) {
  Terms terms;
  terms.title = "S3";
  const auto full = told({ErrorCode::disk_full, "the store is full", {}}, Direction::saving, terms);
  EXPECT_EQ(full.code, ErrorCode::upload_failed);
  EXPECT_EQ(full.message, "Saving to S3 failed: the store is full");
}

}  // namespace
}  // namespace recast::storage
