#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <locale.h>

#include "operation/fake_context.hpp"
#include "operations/export_url/zip.hpp"

namespace recast::operations {
Result<> register_export_url(operation::Registry& registry);

namespace {

using operation::test::FakeContext;

operation::Operation export_url() { return operation::test::registered(&register_export_url, "export/url"); }

/// Names and contents of a ZIP, in order; of long contents the length and the first character.
std::vector<std::pair<std::string, std::string>> unzip(const std::filesystem::path& path) {
  std::vector<std::pair<std::string, std::string>> members;
  const auto utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const auto before = uselocale(utf8_locale);
  auto* const zip = archive_read_new();
  archive_read_support_format_zip(zip);
  EXPECT_EQ(archive_read_open_filename(zip, path.c_str(), 65536), ARCHIVE_OK);
  archive_entry* entry = nullptr;
  while (archive_read_next_header(zip, &entry) == ARCHIVE_OK) {
    std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    EXPECT_EQ(archive_read_data(zip, content.data(), content.size()), static_cast<la_ssize_t>(content.size()));
    members.emplace_back(archive_entry_pathname(entry),
                         content.size() > 1000 ? std::to_string(content.size()) + content[0] : content);
  }
  archive_read_free(zip);
  uselocale(before);
  freelocale(utf8_locale);
  return members;
}

TEST(ExportUrl, HandsItsInputsOnUnderUniqueNames) {
  FakeContext context;
  context.add_input("a.pdf", "1");
  context.add_input("a.pdf", "2");
  context.add_input("a.pdf", "3", "sub");
  const auto outcome = export_url().run(context, {{"input", "x"}, {"inline", "1"}});
  ASSERT_TRUE(outcome);
  ASSERT_EQ(outcome->files.size(), 3u);
  EXPECT_EQ(outcome->files[0].name, "a.pdf");
  EXPECT_EQ(outcome->files[1].name, "a-1.pdf");
  EXPECT_EQ(outcome->files[2].name, "a.pdf");
  EXPECT_EQ(outcome->files[2].dir, "sub");
  EXPECT_EQ(outcome->files[0].path, context.inputs()[0].path);
}

TEST(ExportUrl, MakesOneArchiveOfSeveralFiles) {
  FakeContext context;
  const std::string text(100'000, 'a');
  context.add_input("a.txt", text);
  context.add_input("a.txt", "2");
  context.add_input("größe: 日本.txt", "3", "sub/./../x");
  context.add_input("b.jpg", text);
  context.add_input("empty.txt", "");
  const auto outcome = export_url().run(context, {{"input", "x"}, {"archive_multiple_files", true}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->files.size(), 1u);
  const auto& zip = outcome->files[0];
  EXPECT_EQ(zip.name, "my-task.zip");
  EXPECT_EQ(zip.size, std::filesystem::file_size(zip.path));
  EXPECT_EQ(unzip(zip.path), (std::vector<std::pair<std::string, std::string>>{{"a.txt", "100000a"},
                                                                               {"a-1.txt", "2"},
                                                                               {"sub/x/größe_ 日本.txt", "3"},
                                                                               {"b.jpg", "100000a"},
                                                                               {"empty.txt", ""}}));
  EXPECT_GT(zip.size, 100'000u);  // the picture is stored
  EXPECT_LT(zip.size, 110'000u);  // the text is not
  EXPECT_EQ(context.percents.back(), 100);
}

TEST(ExportUrl, MarksNamesAsUtf8) {
  FakeContext context;
  context.add_input("ü.txt", "1");
  const auto path = context.work() / "x.zip";
  ASSERT_TRUE(write_zip(context, context.inputs(), path));
  const auto bytes = test::read_file(path);
  EXPECT_EQ(bytes.substr(0, 4), "PK\x03\x04");
  EXPECT_TRUE(static_cast<unsigned char>(bytes.at(7)) & 0x08) << "bit 11 of the flags";
}

TEST(ExportUrl, DoesNotArchiveASingleFile) {
  FakeContext context;
  context.add_input("a.txt", "1");
  const auto outcome = export_url().run(context, {{"input", "x"}, {"archive_multiple_files", true}});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->files.at(0).name, "a.txt");
}

TEST(ExportUrl, FinishesWithoutFilesWhenThereAreNone) {
  FakeContext context;
  const auto outcome = export_url().run(context, {{"input", "x"}, {"archive_multiple_files", true}});
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->files.empty());
}

TEST(ExportUrl, StopsWhenItIsCancelled) {
  FakeContext context;
  context.add_input("a.txt", "1");
  context.add_input("b.txt", "2");
  context.stopper.request_stop();
  const auto outcome = export_url().run(context, {{"input", "x"}, {"archive_multiple_files", true}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::cancelled);
}

TEST(ExportUrl, SaysWhenTheDiskIsFull) {
  FakeContext context;
  context.add_input("a.txt", std::string(100'000, 'x'));
  const auto written = write_zip(context, context.inputs(), "/dev/full");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::disk_full);
}

}  // namespace
}  // namespace recast::operations
