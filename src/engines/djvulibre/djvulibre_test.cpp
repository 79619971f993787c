#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "../../../tests/support/engine_fixture.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/picture.hpp"
#include "engines/djvulibre/samples.hpp"

namespace recast::engines {
Result<> register_djvulibre(engine::Registry& registry);
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace fs = std::filesystem;

Result<engine::Plan> plan(const std::string& to, json::object options = {}) {
  return test::plan_of(&register_djvulibre, "djvu", to, std::move(options));
}

TEST(DjVuLibrePlan, LooksForPagesBeforeItDrawsThem) {
  const auto result = plan("pdf", {{"pages", "2-3, 7-"}, {"quality", 50}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(test::line(*result, 0), ElementsAre("djvused", "in/in-1.djvu", "-e", "select 2"));
  EXPECT_THAT(test::line(*result, 1), ElementsAre("djvused", "in/in-1.djvu", "-e", "select 7"));
  EXPECT_THAT(test::line(*result, 2),
              ElementsAre("ddjvu", "-format=pdf", "-quality=50", "-page=2-3,7-$", "in/in-1.djvu", "out/out.pdf"));
}

TEST(DjVuLibrePlan, NamesTheFieldItRejects) {
  EXPECT_EQ(plan("pdf", {{"quality", 1}}).error().field, "quality");
  EXPECT_EQ(plan("png", {{"background", "x"}}).error().field, "background");
}

class DjVuLibreRun : public test::EngineFixture<&register_djvulibre> {
 protected:
  void SetUp() override {
    if (const auto program = lacks({"ddjvu"}); !program.empty()) GTEST_SKIP() << program << " is not installed";
  }
  static std::vector<fs::path> pages(const std::string& to, const json::object& options = {}) {
    return convert(djvulibre::sample_document(), "djvu", to, options);
  }
};

TEST_F(DjVuLibreRun, WritesAPdfOfAllPagesOrSome) {
  const auto sizes = [](const json::object& options) {
    const auto files = pages("pdf", options);
    return files.size() == 1 ? test::page_sizes(test::read_file(files.front())) : std::vector<test::PageSize>();
  };
  const auto all = sizes({});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_NEAR(all.at(0).width, 43.2, 0.5);  // 60 pixels at 100 dots per inch
  EXPECT_EQ(sizes({{"pages", "2-9"}}).size(), 1U);
  EXPECT_EQ(sizes({{"pages", "1"}, {"quality", 60}}).size(), 1U);
}

TEST_F(DjVuLibreRun, DrawsPages) {
  const auto files = pages("png");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(test::size_of(files.at(0)), (std::pair{60, 30}));
  EXPECT_THAT(test::pixel_of(files.at(0), 20, 10), StartsWith("0"));
  int red = 0, green = 0, blue = 0;
  std::istringstream(test::pixel_of(files.at(1), 20, 10)) >> red >> green >> blue;
  EXPECT_GT(red, 200);
  EXPECT_LT(green + blue, 80);
  const auto second = pages("jpg", {{"pages", "2"}, {"width", 20}});
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(test::size_of(second.at(0)), (std::pair{20, 10}));
  EXPECT_EQ(pages("tiff").size(), 1U);
  const auto large = pages("png", {{"pages", "1"}, {"pixel_density", 200}});
  ASSERT_EQ(large.size(), 1U);
  EXPECT_EQ(test::size_of(large.at(0)), (std::pair{120, 60}));
}

TEST_F(DjVuLibreRun, ReadsTheText) {
  const auto files = pages("txt");
  ASSERT_EQ(files.size(), 1U);
  EXPECT_THAT(test::read_file(files.front()), HasSubstr("Recast"));
  const auto second = pages("txt", {{"pages", "2"}});
  ASSERT_EQ(second.size(), 1U);
  EXPECT_THAT(test::read_file(second.front()), Not(HasSubstr("Recast")));
}

TEST_F(DjVuLibreRun, SaysWhatIsWrong) {
  EXPECT_EQ(error_of(djvulibre::sample_document(), "djvu", "pdf", {{"pages", "5"}}).message, "no such page");
  for (const auto& content : {std::string("hello"), std::string(), djvulibre::sample_document().substr(0, 30)}) {
    for (const auto* const to : {"pdf", "png", "txt"}) {
      const auto files = run().convert_bytes(content, "djvu", to);
      ASSERT_FALSE(files) << to;
      EXPECT_EQ(files.error().code, ErrorCode::open_failed) << to << ": " << files.error().message;
    }
  }
}

}  // namespace
}  // namespace recast::engines
