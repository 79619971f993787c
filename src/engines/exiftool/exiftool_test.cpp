#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_exiftool(engine::Registry& registry);

namespace {

namespace json = boost::json;
using testing::HasSubstr;

Result<engine::Plan> write_plan(const std::string& from, const json::object& metadata) {
  return test::engine_of(&register_exiftool)
      .plan({.inputs = {"in/in-1." + from},
             .from = from,
             .to = {},
             .options = {{"metadata", metadata}},
             .operation = "metadata/write"});
}

TEST(ExifToolPlan, ReadsWithoutAnyConfigurationFile) {
  const auto plan = test::engine_of(&register_exiftool)
                        .plan({.inputs = {"in/in-1.pdf"}, .from = "pdf", .to = {}, .operation = "metadata"});
  ASSERT_TRUE(plan) << plan.error().message;
  const auto line = test::line(*plan, 0);
  ASSERT_GT(line.size(), 4U);
  EXPECT_EQ(std::vector(line.begin(), line.begin() + 3), (std::vector<std::string>{"exiftool", "-config", ""}));
  EXPECT_EQ(line.back(), "in/in-1.pdf");
}

TEST(ExifToolPlan, PutsValuesIntoAFileAndNeverIntoArguments) {
  const auto plan = write_plan("jpg", {{"Title", "needle <=x"}, {"Rating", 5}});
  ASSERT_TRUE(plan) << plan.error().message;
  for (const auto& word : test::line(*plan, 0)) {
    EXPECT_EQ(word.find("needle"), std::string::npos);
    EXPECT_EQ(word.find("Title"), std::string::npos);
  }
  EXPECT_EQ(plan->files.at("in/arguments"), "-All:Rating=5\n-All:Title=needle &#60;=x\n");
  EXPECT_THAT(test::line(*plan, 0), testing::ElementsAre("exiftool", "-config", "", "-api", "LargeFileSupport=1", "-E",
                                                         "-@", "in/arguments", "-o", "out/out.jpg", "in/in-1.jpg"));
}

TEST(ExifToolPlan, WritesTheDictionaryOfAPdfAndMakesItFinal) {
  const auto plan = write_plan("pdf", {{"Title", "Plan"}, {"XMP:Rating", "3"}});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->files.at("in/arguments"), "-XMP:Title=Plan\n-PDF:Title=Plan\n-XMP:Rating=3\n");
  ASSERT_EQ(plan->steps.size(), 2U);
  EXPECT_EQ(test::line(*plan, 1),
            (std::vector<std::string>{"qpdf", "--warning-exit-0", "tmp/written.pdf", "out/out.pdf"}));
}

TEST(ExifToolPlan, RefusesTagsAndValuesBeforeAnythingRuns) {
  const json::object many = [] {
    json::object all;
    for (int i = 0; i < 201; ++i) all["Tag" + std::to_string(i)] = "x";
    return all;
  }();
  const std::string nul("a\0b", 3);
  for (const auto& metadata : {json::object{}, json::object{{"FileName", "x"}}, json::object{{"Title<", "/etc/passwd"}},
                               json::object{{"-execute", "x"}}, json::object{{"Title", nul}},
                               json::object{{"Title", json::array{"a"}}}, many}) {
    const auto plan = write_plan("jpg", metadata);
    ASSERT_FALSE(plan) << metadata;
    EXPECT_EQ(plan.error().code, ErrorCode::invalid_data);
    EXPECT_TRUE(plan.error().field.starts_with("metadata")) << plan.error().field;
  }
}

class ExifTool : public testing::Test {
 protected:
  static test::EngineRun& run() {
    static test::EngineRun one(&register_exiftool);
    return one;
  }
  static Result<json::object> read(const std::filesystem::path& file, const std::string& from) {
    RECAST_TRY(const auto done, run().run({.operation = "metadata", .from = from, .to = {}, .files = {file}}));
    return json::parse(done.steps.at(0).output).as_array().at(0).as_object();
  }
  static Result<std::filesystem::path> write(const std::filesystem::path& file, const std::string& from,
                                             const json::object& metadata) {
    RECAST_TRY(const auto done, run().run({.operation = "metadata/write",
                                           .from = from,
                                           .to = {},
                                           .files = {file},
                                           .options = {{"metadata", metadata}}}));
    return done.files.at(0);
  }
  std::filesystem::path pdf() { return temp_.write("probe.pdf", run().engine().info().probe.content); }
  /// A picture of one pixel, 43 bytes.
  std::filesystem::path gif() {
    return temp_.write("one.gif", std::string("GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,"
                                              "\0\0\0\0\1\0\1\0\0\2\2D\1\0;",
                                              43));
  }
  std::filesystem::path png() {
    std::string bytes;
    for (const auto* const part : {"89504e470d0a1a0a", "0000000d49484452000000010000000108060000001f15c489",
                                   "0000000d49444154789c63f8cfc0f01f00050001ff89993d1d", "0000000049454e44ae426082"}) {
      const std::string_view hex = part;
      for (std::size_t at = 0; at < hex.size(); at += 2)
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
    }
    return temp_.write("one.png", bytes);
  }
  test::TemporaryFolder temp_;
};

TEST_F(ExifTool, ReadsAPdf) {
  const auto tags = read(pdf(), "pdf");
  ASSERT_TRUE(tags) << tags.error().message;
  EXPECT_EQ(tags->at("FileType"), "PDF");
  EXPECT_EQ(tags->at("PageCount"), 1);
  EXPECT_FALSE(tags->contains("FilePermissions")) << "says something of this server only";
  EXPECT_FALSE(tags->contains("FileModifyDate"));
}

TEST_F(ExifTool, ReadsASizeOfAPicture) {
  const auto tags = read(gif(), "gif");
  ASSERT_TRUE(tags) << tags.error().message;
  EXPECT_EQ(tags->at("ImageSize"), "1x1");
}

TEST_F(ExifTool, SaysThatAFileIsDamaged) {
  const std::string garbage("\0\1\2\3no picture\0at all", 21);
  for (const auto& content : {garbage, std::string()}) {
    const auto tags = read(temp_.write("a.jpg", content), "jpg");
    ASSERT_FALSE(tags);
    EXPECT_EQ(tags.error().code, ErrorCode::open_failed) << tags.error().message;
    const auto written = write(temp_.write("b.jpg", content), "jpg", {{"Title", "x"}});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::open_failed) << written.error().message;
  }
}

TEST_F(ExifTool, WritesWhatOtherProgramsRead) {
  const auto written = write(pdf(), "pdf", {{"Title", "Größe <&> \"x\""}, {"Author", "R. Vale"}});
  ASSERT_TRUE(written) << written.error().message;
  const auto said = test::output_of("pdfinfo " + written->string());
  EXPECT_THAT(said, HasSubstr("Größe <&> \"x\""));
  EXPECT_THAT(said, HasSubstr("R. Vale"));
  EXPECT_THAT(test::output_of("qpdf --check " + written->string()), HasSubstr("No syntax or stream encoding errors"));
}

TEST_F(ExifTool, ReplacesTheListsOfAPdf) {
  auto file = pdf();
  for (const std::string value : {"red, green", "blue"}) {
    const auto written = write(file, "pdf", {{"Keywords", value}, {"Subject", "About " + value}});
    ASSERT_TRUE(written) << written.error().message;
    file = temp_.write(value + ".pdf", test::read_file(*written));
    const auto said = test::output_of("pdfinfo '" + file.string() + "'");
    EXPECT_THAT(said, testing::ContainsRegex("Keywords: +" + value + "\n"));
    EXPECT_THAT(said, testing::ContainsRegex("Subject: +About " + value + "\n"));
    const auto every =
        test::output_of("exiftool -a -s -s -s -XMP:Subject -PDF:Subject -PDF:Keywords '" + file.string() + "'");
    EXPECT_EQ(every, "About " + value + "\nAbout " + value + "\n" + value + "\n");
    const auto tags = read(file, "pdf");
    ASSERT_TRUE(tags);
    EXPECT_EQ(tags->at("Keywords"), json::value(value));
  }
}

TEST_F(ExifTool, LeavesNothingOfAnOlderValueInAPdf) {
  const auto first = write(pdf(), "pdf", {{"Author", "OldSecretName"}});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_THAT(test::read_file(*first), HasSubstr("OldSecretName"));
  const auto second = write(*first, "pdf", {{"Author", ""}});
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_THAT(test::read_file(*second), testing::Not(HasSubstr("OldSecretName")));
}

TEST_F(ExifTool, AnEmptyValueRemovesATag) {
  const auto with = write(png(), "png", {{"Title", "here"}});
  ASSERT_TRUE(with) << with.error().message;
  EXPECT_EQ(read(*with, "png")->at("Title"), "here");
  const auto without = write(*with, "png", {{"Title", ""}});
  ASSERT_TRUE(without) << without.error().message;
  EXPECT_FALSE(read(*without, "png")->contains("Title"));
}

TEST_F(ExifTool, SaysWhichTagItDoesNotKnow) {
  const auto written = write(png(), "png", {{"Title", "x"}, {"NoSuchTag", "x"}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::conversion_failed);
  EXPECT_THAT(written.error().message, HasSubstr("NoSuchTag"));
}

TEST_F(ExifTool, SaysWhichValueATagCannotHave) {
  const auto written = write(png(), "png", {{"Orientation", "sideways"}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::conversion_failed);
  EXPECT_THAT(written.error().message, HasSubstr("Orientation"));
}

/// Values that would be arguments, operators or names of files come back as they were sent.
TEST_F(ExifTool, KeepsHostileValuesAsTheyAre) {
  for (const std::string value :
       {"a\n-FileName=pwned.png\n-o\n/job/out/pwned.png", "<=/etc/passwd", "-@", "-execute", "@/etc/passwd",
        "$FileName", "a\n-if\n1", "&lt;=/etc/passwd", "#[CSTR]\\n-execute", " -csv=/etc/passwd", "%d%f.png"}) {
    const auto written = write(png(), "png", {{"Description", value}});
    ASSERT_TRUE(written) << value << ": " << written.error().message;
    EXPECT_EQ(written->filename(), "out.png");
    const auto read_back = read(*written, "png");
    ASSERT_TRUE(read_back);
    EXPECT_EQ(read_back->at("Description"), json::value(value));
    EXPECT_THAT(test::read_file(*written), testing::Not(HasSubstr("root:x:0")));
  }
}

/// Names of options, of tags that read files, and ways to redirect: nothing is read and nothing else is written.
TEST_F(ExifTool, HostileTagNamesReadNoFile) {
  for (const auto* const tag :
       {"csv", "json", "j", "TagsFromFile", "XMP:TagsFromFile", "Geotag", "p", "o", "use", "config"}) {
    const auto written = write(png(), "png", {{tag, "/etc/passwd"}});
    ASSERT_FALSE(written) << tag;
    EXPECT_TRUE(written.error().code == ErrorCode::invalid_data || written.error().code == ErrorCode::conversion_failed)
        << tag << ": " << written.error().message;
    EXPECT_THAT(written.error().message, testing::Not(HasSubstr("root:x:0"))) << tag;
  }
}

TEST_F(ExifTool, ReadsAHostileCommentAsText) {
  const std::string comment = "-execute\n<=/etc/passwd `id` $(id) \x1b[2J \xff\xfe \"},{\"SourceFile\":\"x\"";
  auto bytes = test::read_file(gif());
  const auto block = std::string("!\xfe") + static_cast<char>(comment.size()) + comment + '\0';
  bytes.insert(bytes.size() - 1, block);
  const auto tags = read(temp_.write("comment.gif", bytes), "gif");
  ASSERT_TRUE(tags) << tags.error().message;
  EXPECT_THAT(std::string(tags->at("Comment").as_string()), HasSubstr("<=/etc/passwd `id` $(id)"));
  EXPECT_EQ(tags->at("ImageSize"), "1x1");
}

}  // namespace
}  // namespace recast::engines
