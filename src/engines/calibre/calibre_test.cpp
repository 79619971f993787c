#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_calibre(engine::Registry& registry);

namespace {

using test::EngineRun;

const engine::Engine& calibre() { return test::engine_of(&register_calibre); }

TEST(CalibrePlan, TellsTheProgramWhatTheClientWants) {
  const auto plan = calibre().plan({.inputs = {"in/in-1.epub"},
                                    .from = "epub",
                                    .to = "mobi",
                                    .options = {{"title", "-o --x"},
                                                {"outputprofile", "kindle"},
                                                {"margin_top", 12.5},
                                                {"font_size", 14},
                                                {"remove_paragraph_spacing", true}}});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(test::line(*plan, 0),
            (std::vector<std::string>{"ebook-convert", "in/in-1.epub", "out/out.mobi", "--title=-o --x",
                                      "--output-profile=kindle", "--margin-top=12.5", "--base-font-size=14",
                                      "--remove-paragraph-spacing"}));
}

TEST(CalibrePlan, NamesTheWrongOption) {
  const auto wrong = [](const boost::json::object& options) {
    const auto plan = calibre().plan({.inputs = {"in/in-1.epub"}, .from = "epub", .to = "mobi", .options = options});
    return plan ? std::string() : plan.error().field;
  };
  EXPECT_EQ(wrong({{"output_profile", "toaster"}}), "output_profile");
  EXPECT_EQ(wrong({{"font_size", 1000}}), "font_size");
  EXPECT_EQ(wrong({{"margin_left", -1}}), "margin_left");
}

TEST(CalibrePlan, LeavesRichTextToLibreOffice) {
  for (const auto& ability : test::engine_of(&register_calibre).info().abilities) {
    for (const auto& pair : ability.conversions) {
      if (pair.from == "rtf" && pair.to == "epub") {
        EXPECT_GT(pair.rank, 70);
      }
    }
  }
}

TEST(CalibrePlan, PacksAFolder) {
  const auto plan = calibre().plan({.inputs = {"in/in-1.epub"}, .from = "epub", .to = "oeb"});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->steps.size(), 2U);
  EXPECT_EQ(test::line(*plan, 1).front(), "bsdtar");
}

TEST(CalibrePlan, KnowsHowFarItIs) {
  const auto plan = calibre().plan({.inputs = {"in/in-1.epub"}, .from = "epub", .to = "mobi"});
  const auto& progress = std::get<engine::ProgramStep>(plan->steps.front().action).progress;
  EXPECT_EQ(progress("34% Running transforms on e-book..."), 34);
  EXPECT_EQ(progress("Input Plugin: EPUB Input running"), std::nullopt);
  EXPECT_EQ(progress("400% x"), std::nullopt);
}

class Calibre : public testing::Test {
 protected:
  void SetUp() override {
    if (execution::find_program("ebook-convert", {}).empty()) GTEST_SKIP() << "ebook-convert is not installed";
  }
  static EngineRun& run() {
    static EngineRun one(&register_calibre);
    return one;
  }
  static constexpr std::string_view kText =
      "<html><head><title>Small book</title></head><body><h1>First chapter</h1><p>It was a bright cold day in April "
      "&amp; the "
      "clocks were striking thirteen.</p></body></html>";
  static std::filesystem::path book(const std::string& to, const boost::json::object& options = {}) {
    const auto files = run().convert_bytes(kText, "html", to, options);
    EXPECT_TRUE(files) << to << ": " << files.error().message;
    return files ? files->front() : std::filesystem::path();
  }
};

TEST_F(Calibre, MakesAnEpub) {
  const auto file = book("epub", {{"title", "Another \"title\" & more"}, {"authors", "Ann Other"}});
  EXPECT_EQ(test::output_of("unzip -p " + file.string() + " mimetype"), "application/epub+zip");
  const auto package = test::output_of("unzip -p " + file.string() + " content.opf");
  EXPECT_TRUE(package.contains("Another \"title\" &amp; more")) << package;
  EXPECT_TRUE(package.contains("Ann Other"));
}

TEST_F(Calibre, MakesBooksForOldDevices) {
  const std::vector<std::tuple<std::string, std::size_t, std::string>> kinds{
      {"mobi", 60, "BOOKMOBI"}, {"azw3", 60, "BOOKMOBI"}, {"lit", 0, "ITOLITLS"}, {"rb", 0, "\xb0\x0c\xb0\x0c"},
      {"snb", 0, "SNBP000B"},   {"lrf", 0, "L"},          {"tcr", 0, "!!8-Bit!!"}};
  for (const auto& [to, at, words] : kinds) {
    const auto bytes = test::read_file(book(to));
    EXPECT_EQ(bytes.substr(at, words.size()), words) << to;
  }
  EXPECT_TRUE(test::read_file(book("fb2")).contains("<FictionBook"));
  EXPECT_TRUE(test::output_of("unzip -l " + book("htmlz").string()).contains("index.html"));
  EXPECT_TRUE(test::output_of("unzip -l " + book("oeb").string()).contains("content.opf"));
}

TEST_F(Calibre, ReadsThemAgain) {
  for (const auto* const kind :
       {"epub", "mobi", "azw3", "fb2", "lit", "lrf", "pdb", "pml", "rb", "tcr", "txtz", "htmlz"}) {
    const auto files = run().convert(kind, "txt", {book(kind)});
    ASSERT_TRUE(files) << kind << ": " << files.error().message;
    EXPECT_TRUE(test::read_file(files->front()).contains("clocks were striking thirteen")) << kind;
  }
}

TEST_F(Calibre, GivesTheCoverOfABook) {
  const auto cover = [](const std::filesystem::path& file) {
    return run().run(
        {.operation = "thumbnail", .from = file.extension().string().substr(1), .to = "jpg", .files = {file}});
  };
  const auto folder = run().folder() / "comic";
  test::output_of("mkdir '" + folder.string() + "' && vips black '" + (folder / "1.png").string() + "' 70 50 && cd '" +
                  folder.string() + "' && zip -q ../comic.cbz 1.png");
  const auto done = cover(run().folder() / "comic.cbz");
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(test::output_of("file -b '" + done->files.front().string() + "'").contains("70 x 50"));
  const auto none = cover(book("mobi"));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "The book has no cover.");
}

TEST_F(Calibre, OpensHelpFilesOfTheCorpus) {
  const char* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  if (execution::find_program("extract_chmLib", {}).empty()) GTEST_SKIP() << "extract_chmLib is not installed";
  const auto folder = std::filesystem::path(corpus) / "ebook";
  const auto book = run().convert("chm", "epub", {folder / "help.chm"});
  ASSERT_TRUE(book) << book.error().message;
  const auto pages = test::output_of("unzip -Z1 " + book->front().string() + " '*.htm*' | wc -l");
  EXPECT_GE(std::atoi(pages.c_str()), 39) << "one for each page of the help file";
  const auto text = run().convert("chm", "txt", {folder / "gpedit.chm"});
  ASSERT_TRUE(text) << text.error().message;
  const auto words = test::read_file(text->front());
  EXPECT_NE(words.find("Filtrer en utilisant des filtres de conditions"), std::string::npos);
  EXPECT_NE(words.find("diteur d"), std::string::npos) << "of a page";
  const auto empty = run().convert("chm", "epub", {folder / "small.chm"});
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().message, "There are no pages in the help file.");
  const auto none = run().convert_bytes("this is no help file", "chm", "epub");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::open_failed) << none.error().message;
}

TEST_F(Calibre, SaysThatABookIsDamaged) {
  for (const auto* const kind : {"epub", "mobi", "lit"}) {
    const auto files = run().convert_bytes("this is no book at all", kind, "fb2");
    ASSERT_FALSE(files) << kind;
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << kind << ": " << files.error().message;
  }
}

TEST_F(Calibre, FetchesNothing) {
  const test::Canary canary;
  const auto text = "<html><body><p>Words<img src=\"http://" + canary.address() +
                    "/a.png\"><img src=\"file:///etc/hostname\"></body></html>";
  const auto files = run().convert_bytes(text, "html", "epub");
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_FALSE(canary.called());
}

}  // namespace
}  // namespace recast::engines
