#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_pandoc(engine::Registry& registry);

namespace {

using test::EngineRun;

const engine::Engine& pandoc() { return test::engine_of(&register_pandoc); }

TEST(PandocPlan, ReadsInItsSandbox) {
  const auto plan = pandoc().plan(
      {.inputs = {"in/in-1.md"}, .from = "md", .to = "html", .options = {{"toc", true}, {"css", "h1 { color: red }"}}});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(test::line(*plan, 0),
            (std::vector<std::string>{"pandoc", "--from=markdown", "--to=html", "--standalone", "--output=out/out.html",
                                      "--lua-filter=in/filter.lua", "--sandbox", "--mathml", "--toc",
                                      "--include-in-header=in/style.html", "in/in-1.md"}));
  EXPECT_EQ(plan->files.at("in/style.html"), "<style>\nh1 { color: red }\n</style>\n");
}

TEST(PandocPlan, TakesNoMarkupForAStyle) {
  for (const std::string& css :
       {std::string("</style><script>"), std::string("a</STYLE >"), std::string(70'000, 'x')}) {
    const auto plan = pandoc().plan({.inputs = {"in/in-1.md"}, .from = "md", .to = "html", .options = {{"css", css}}});
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().field, "css");
  }
}

class Pandoc : public testing::Test {
 protected:
  void SetUp() override {
    if (execution::find_program("pandoc", {}).empty()) GTEST_SKIP() << "pandoc is not installed";
  }
  static std::filesystem::path convert(std::string_view text, const std::string& from, const std::string& to) {
    static EngineRun one(&register_pandoc);
    const auto files = one.convert_bytes(text, from, to);
    EXPECT_TRUE(files) << from << " -> " << to << ": " << files.error().message;
    return files ? files->front() : std::filesystem::path();
  }
  static constexpr std::string_view kMarkdown =
      "# Größe\n\nA *short* text with $a^2$.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two\n";
};

TEST_F(Pandoc, KeepsStructure) {
  const auto html = test::read_file(convert(kMarkdown, "md", "html"));
  for (const auto* const words : {"<h1", "Größe", "<em>short</em>", "<table>", "<li>one</li>", "<msup>"})
    EXPECT_TRUE(html.contains(words)) << words;
  EXPECT_TRUE(test::read_file(convert(kMarkdown, "md", "rst")).contains("Größe\n====="));
  EXPECT_TRUE(test::read_file(convert(kMarkdown, "md", "tex")).contains("\\section{Größe}"));
  EXPECT_TRUE(test::read_file(convert(kMarkdown, "md", "rtf")).starts_with("{\\rtf1"));
}

TEST_F(Pandoc, MakesDocumentsAndReadsThemAgain) {
  for (const auto* const kind : {"docx", "odt", "epub", "rst", "tex", "html"}) {
    const auto file = convert(kMarkdown, "md", kind);
    const auto back = test::read_file(convert(test::read_file(file), kind, "md"));
    for (const auto* const words : {"Größe", "short", "- ", "one"})
      EXPECT_TRUE(back.contains(words)) << kind << ": " << back;
  }
  EXPECT_TRUE(test::output_of("unzip -p " + convert(kMarkdown, "md", "docx").string() + " word/document.xml")
                  .contains("Heading1"));
}

TEST_F(Pandoc, TitlesPagesByTheText) {
  EXPECT_TRUE(test::read_file(convert("---\ntitle: Größe\n---\n\nx\n", "md", "html")).contains("<title>Größe</title>"));
  EXPECT_TRUE(test::read_file(convert("x\n", "md", "html")).contains("<title>Document</title>"));
}

TEST_F(Pandoc, ReadsNoFileThatMetadataName) {
  for (const auto* const key : {"css", "stylesheet", "cover-image"}) {
    const auto markdown = std::string("---\ntitle: T\n") + key + ": /proc/self/status\n---\n\n# x\n\nhello\n";
    const auto html = std::string("<html><head><meta name=\"") + key +
                      "\" content=\"/proc/self/status\"></head><body>hello</body></html>";
    for (const auto& [from, text] : {std::pair<std::string, std::string>{"md", markdown}, {"html", html}}) {
      const auto all = test::output_of("unzip -p " + convert(text, from, "epub").string());
      EXPECT_TRUE(all.contains("hello")) << from << key;
      EXPECT_FALSE(all.contains("VmPeak")) << from << key;
    }
  }
}

TEST_F(Pandoc, ReadsNoPictureThatMetadataShow) {
  for (const auto* const title :
       {"![x](/proc/self/status)", "\\u0021[x](/proc/self/status)", "\\u003cimg src='/proc/self/status'\\u003e",
        "\\u003cvideo poster='/proc/self/status'\\u003e"}) {
    const auto text = std::string("---\ntitle: \"") + title + "\"\nabstract: \"" + title + "\"\n---\n\nhello\n";
    for (const auto* const to : {"epub", "docx", "odt"}) {
      const auto all = test::output_of("unzip -p " + convert(text, "md", to).string());
      EXPECT_TRUE(all.contains("hello")) << title << to;
      EXPECT_FALSE(all.contains("VmPeak")) << title << to;
    }
  }
}

TEST_F(Pandoc, KeepsPicturesThatAreInTheText) {
  const std::string text =
      "![dot](data:image/"
      "png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
      "RU5ErkJggg==) and ![a caption](other.png)\n";
  for (const auto& [to, place] : {std::pair{"docx", "word/media/"}, {"odt", "Pictures/"}, {"epub", "EPUB/media/"}}) {
    const auto file = convert(text, "md", to);
    EXPECT_TRUE(test::output_of("unzip -l " + file.string()).contains(place)) << to;
    EXPECT_TRUE(test::read_file(convert(test::read_file(file), to, "md")).contains("a caption")) << to;
  }
}

TEST_F(Pandoc, SaysWhereMetadataAreWrong) {
  static EngineRun one(&register_pandoc);
  const auto files = one.convert_bytes("---\ntitle: [a\n---\n\nx\n", "md", "docx");
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::open_failed);
  EXPECT_TRUE(files.error().message.contains("YAML")) << files.error().message;
}

TEST_F(Pandoc, ReadsAndFetchesNothingElse) {
  const test::Canary canary;
  const auto address = "http://" + canary.address() + "/a.png";
  const auto markdown =
      convert("![x](" + address + ") ![y](/etc/hostname) ![z](file:///proc/self/environ)", "md", "docx");
  EXPECT_FALSE(test::output_of("unzip -l " + markdown.string()).contains("word/media/"));
  for (const auto& [from, text] :
       {std::pair{"md", "a <img src='/etc/hostname'> b\n\n<video poster=/etc/hostname></video>\n"},
        {"rst", ".. raw:: html\n\n   <img src=\"/etc/hostname\">\n\nb\n"}}) {
    const auto listed = test::output_of("unzip -l " + convert(text, from, "epub").string());
    EXPECT_TRUE(listed.contains("EPUB/text/")) << listed;
    EXPECT_FALSE(listed.contains("EPUB/media/")) << from << listed;
  }
  const auto inside = convert(
      "a <img alt='x' src='data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlE"
      "QVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='> b\n",
      "md", "epub");
  EXPECT_TRUE(test::output_of("unzip -l " + inside.string()).contains("EPUB/media/"));
  const auto included = convert(".. include:: /usr/share/common-licenses/BSD\n\nText\n", "rst", "html");
  EXPECT_FALSE(test::read_file(included).contains("Redistribution"));
  EXPECT_FALSE(
      test::read_file(
          convert("\\documentclass{article}\\begin{document}\\input{/etc/passwd}Text\\end{document}", "tex", "html"))
          .contains("root:"));
  EXPECT_FALSE(canary.called());
}

TEST_F(Pandoc, SaysThatADocumentIsDamaged) {
  EngineRun run(&register_pandoc);
  const auto files = run.convert_bytes("no zip", "docx", "md");
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
}

}  // namespace
}  // namespace recast::engines
