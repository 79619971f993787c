#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "../../../tests/support/engine_fixture.hpp"
#include "engines/fontforge/samples.hpp"
#include "format/format.hpp"

namespace recast::engines {
Result<> register_fontforge(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(FontForgePlan, GivesTheScriptTwoWordsOnly) {
  const auto plan = test::engine_of(&register_fontforge)
                        .plan({.inputs = {"in/in-1.ttf"}, .from = "ttf", .to = "woff2", .options = {{"x", "y"}}});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_THAT(test::line(*plan, 0), ElementsAre("/usr/bin/python3", "-I", "-B", "in/convert.py", "ttf", "woff2"));
}

class FontForgeRun : public test::EngineFixture<&register_fontforge> {
 protected:
  void SetUp() override {
    if (const auto program = lacks({"fontforge", "mkeot"}); !program.empty())
      GTEST_SKIP() << program << " is not installed";
  }
  /// Family and characters, as fontconfig's own reader of fonts sees them.
  static std::string facts(const std::string& bytes, const std::string& format) {
    const auto file = run().folder().write("font." + format, bytes);
    return test::output_of("fc-query -f '%{family} %{charset}' " + file.string());
  }
};

/// Tag, checksum and length of every table but "head", which holds the checksum of the whole file.
std::set<std::string> tables(std::string_view font) {
  std::set<std::string> result;
  constexpr std::size_t kFirst = 12, kEntry = 16;
  for (std::size_t at = kFirst; at < kFirst + kEntry * static_cast<unsigned char>(font.at(5)); at += kEntry) {
    const auto entry = font.substr(at, kEntry);
    if (!entry.starts_with("head")) result.insert(std::string(entry.substr(0, 8)) + std::string(entry.substr(12)));
  }
  return result;
}

TEST_F(FontForgeRun, DrawsASpecimenForAThumbnail) {
  if (const auto program = lacks({"convert-im6.q16"}); !program.empty()) GTEST_SKIP() << program << " is not installed";
  const auto font = fontforge::sample_font();
  for (const auto* const from : {"ttf", "otf", "woff", "woff2", "eot"}) {
    const auto file = run().folder().write(std::string("font.") + from,
                                           from == std::string_view("ttf") ? font : bytes_of(font, "ttf", from));
    const auto done = run().run({.operation = "thumbnail", .from = from, .to = "png", .files = {file}});
    ASSERT_TRUE(done) << from << ": " << done.error().message;
    const auto ink = test::output_of("convert-im6.q16 " + done->files.at(0).string() +
                                     " -colorspace gray -format '%[fx:minima<0.1] %[fx:maxima>0.9]' info:");
    EXPECT_EQ(ink, "1 1") << from << ": black on white";
  }
  const auto none = run().run({.operation = "thumbnail",
                               .from = "ttf",
                               .to = "png",
                               .files = {run().folder().write("none.ttf", "this is no font")}});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::open_failed) << none.error().message;
}

TEST_F(FontForgeRun, ConvertsEveryPairAndKeepsNameAndCharacters) {
  const auto font = fontforge::sample_font();
  const auto expected = facts(font, "ttf");
  EXPECT_THAT(expected, HasSubstr("Recast Sample 41-42"));
  for (const auto* const from : {"otf", "woff", "woff2", "eot"}) {
    const auto there = bytes_of(font, "ttf", from);
    EXPECT_EQ(format::check(from, there, there.size()), format::Verdict::agrees) << from;
    for (const auto* const to : {"ttf", "otf", "woff", "woff2", "eot"}) {
      if (from == std::string_view(to)) continue;
      const auto bytes = bytes_of(there, from, to);
      EXPECT_EQ(format::check(to, bytes, bytes.size()), format::Verdict::agrees) << from << " to " << to;
      if (to != std::string_view("eot")) {
        EXPECT_EQ(facts(bytes, to), expected) << from << " to " << to;
      }
    }
  }
}

TEST_F(FontForgeRun, ChangesNothingButTheContainer) {
  const auto font = fontforge::sample_font();
  const auto back = bytes_of(bytes_of(font, "ttf", "woff"), "woff", "ttf");
  EXPECT_EQ(tables(back), tables(font));
}

TEST_F(FontForgeRun, MakesOutlinesOfTheOtherKind) {
  const auto otf = bytes_of(fontforge::sample_font(), "ttf", "otf");
  EXPECT_THAT(otf, HasSubstr("CFF "));
  EXPECT_THAT(otf, Not(HasSubstr("glyf")));
  const auto ttf = bytes_of(otf, "otf", "ttf");
  EXPECT_THAT(ttf, HasSubstr("glyf"));
}

TEST_F(FontForgeRun, CannotOpenWhatIsNoFont) {
  const auto font = fontforge::sample_font();
  for (const auto& content : {std::string(), std::string("hello"), font.substr(0, 100)}) {
    for (const auto* const from : {"ttf", "woff", "eot"}) {
      const auto files = run().convert_bytes(content, from, "woff2");
      ASSERT_FALSE(files);
      EXPECT_EQ(files.error().code, ErrorCode::open_failed) << from << ": " << files.error().message;
    }
  }
}

TEST_F(FontForgeRun, ReadsTheCorpus) {
  const auto* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  for (const auto& entry : fs::directory_iterator(fs::path(corpus) / "font")) {
    const auto from = format::of_file_name(entry.path().filename().string());
    for (const auto* const to : {"ttf", "otf", "woff", "woff2", "eot"}) {
      if (from == to) continue;
      const auto files = run().convert(from, to, {entry.path()});
      // mkeot wants names that this one does not have.
      if (entry.path().stem() == "noto-vf-subset" && to == std::string_view("eot")) continue;
      EXPECT_TRUE(files) << entry.path() << " to " << to << ": " << files.error().message;
    }
  }
}

}  // namespace
}  // namespace recast::engines
