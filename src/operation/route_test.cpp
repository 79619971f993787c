#include "operation/route.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operation {
namespace {

using test::FakeContext;
using test::FakeEngine;
using testing::ElementsAre;
using testing::HasSubstr;

class Routes : public testing::Test {
 protected:
  Routes() {
    context.on_execute = [this](const Execution&) {
      return std::vector<std::pair<std::string, std::string>>(results, {"made", "x"});
    };
  }
  Result<Route> route(std::string from, std::string to, std::string engine = {}) {
    return find_route(context.catalogue(), {std::move(from), std::move(to), std::move(engine), {}});
  }

  FakeEngine office{
      "office", {{"docx", "pdf"}, {"pptx", "pdf"}, {"docx", "png"}}, {test::option("pages"), test::option("password")}};
  FakeEngine poppler{"poppler", {{"pdf", "png"}, {"pdf", "eps"}, {"pdf", "txt"}}};
  FakeEngine vips{"vips", {{"png", "webp"}, {"png", "pdf"}}, {test::option("width")}};
  FakeEngine raw{"raw", {{"cr2", "png"}}};
  FakeEngine ffmpeg{"ffmpeg", {{"mp4", "png"}}};
  FakeContext context{{{.engine = &office, .version = "1"},
                       {.engine = &poppler, .version = "1"},
                       {.engine = &vips, .version = "1"},
                       {.engine = &raw, .version = "1"},
                       {.engine = &ffmpeg, .version = "1"}}};
  std::size_t results = 1;
};

TEST(Secrets, OfEnginesAreHiddenInTheOperationsTheyServe) {
  auto password = test::option("password");
  password.secret = true;
  const test::FakeEngine engine("opener", {{"pdf", "png", 10}}, {password, test::option("pages")});
  Registry registry;
  ASSERT_TRUE(registry.add({.name = "convert"}));
  ASSERT_TRUE(registry.add({.name = "optimize"}));
  registry.hide_secrets_of({&engine, &engine});
  EXPECT_EQ(registry.find("convert")->hidden, std::vector<std::string>{"password"});
  EXPECT_TRUE(registry.find("optimize")->hidden.empty());
}

TEST(GoOn, EndsLoopsOfCancelledAndLateTasks) {
  test::FakeContext context;
  EXPECT_TRUE(context.go_on());
  context.stopper.request_stop();
  EXPECT_EQ(context.go_on().error().code, ErrorCode::cancelled);
}

TEST_F(Routes, GoFromMetafilesToCadThroughDrawings) {
  const FakeEngine draw{"draw", {{"wmf", "svg"}}}, inkscape{"inkscape", {{"svg", "dxf"}}};
  const engine::Catalogue catalogue({{.engine = &draw, .version = "1"}, {.engine = &inkscape, .version = "1"}});
  EXPECT_THAT(*find_route(catalogue, {"wmf", "dxf", {}, {}}), ElementsAre("wmf", "svg", "dxf"));
}

TEST_F(Routes, GoFromMetafilesToCadThroughPagesWhereNobodyDrawsThem) {
  const FakeEngine pages{"pages", {{"wmf", "pdf"}, {"odg", "pdf"}}}, inkscape{"inkscape", {{"pdf", "dxf"}}};
  const engine::Catalogue catalogue({{.engine = &pages, .version = "1"}, {.engine = &inkscape, .version = "1"}});
  EXPECT_THAT(*find_route(catalogue, {"wmf", "dxf", {}, {}}), ElementsAre("wmf", "pdf", "dxf"));
  EXPECT_FALSE(find_route(catalogue, {"odg", "dxf", {}, {}}));
}

TEST_F(Routes, AreDirectWhereAnEngineGoesThere) { EXPECT_THAT(*route("docx", "pdf"), ElementsAre("docx", "pdf")); }

TEST_F(Routes, GoThroughWhatLosesNothing) {
  EXPECT_THAT(*route("docx", "webp"), ElementsAre("docx", "png", "webp"));
  EXPECT_THAT(*route("docx", "eps"), ElementsAre("docx", "pdf", "eps"));
  EXPECT_THAT(*route("pptx", "png"), ElementsAre("pptx", "pdf", "png"));
  EXPECT_THAT(*route("pptx", "txt"), ElementsAre("pptx", "pdf", "txt"));
  EXPECT_THAT(*route("cr2", "webp"), ElementsAre("cr2", "png", "webp"));
  EXPECT_THAT(*route("cr2", "pdf"), ElementsAre("cr2", "png", "pdf"));
}

TEST(RareFormats, AreReachedThroughTheOneThatHoldsTheSame) {
  const FakeEngine archives{"archivetool", {{"cbr", "cbz"}, {"rar", "cbz"}}};
  const FakeEngine books{"calibre", {{"cbz", "epub"}, {"cbz", "pdf"}}};
  const FakeEngine drawings{"potrace", {{"png", "svg"}, {"svg", "svgz"}}};
  const FakeEngine sounds{"ffmpeg", {{"mp3", "wav"}, {"mp4", "wav"}, {"wav", "amr"}}};
  FakeContext context{{{.engine = &archives, .version = "1"},
                       {.engine = &books, .version = "1"},
                       {.engine = &drawings, .version = "1"},
                       {.engine = &sounds, .version = "1"}}};
  const auto route = [&](std::string from, std::string to) {
    return find_route(context.catalogue(), {std::move(from), std::move(to), {}, {}});
  };
  EXPECT_THAT(*route("cbr", "epub"), ElementsAre("cbr", "cbz", "epub"));
  EXPECT_THAT(*route("cbr", "pdf"), ElementsAre("cbr", "cbz", "pdf"));
  EXPECT_FALSE(route("rar", "pdf")) << "not every archive is a comic";
  EXPECT_THAT(*route("png", "svgz"), ElementsAre("png", "svg", "svgz"));
  EXPECT_THAT(*route("mp3", "amr"), ElementsAre("mp3", "wav", "amr"));
  EXPECT_THAT(*route("mp4", "amr"), ElementsAre("mp4", "wav", "amr"));
}

TEST(RareFormats, BecomePagesBeforeTheyAreCompressed) {
  const FakeEngine office{"libreoffice", {{"docx", "pdf"}}};
  const FakeEngine images{"imagemagick", {{"tiff", "pdf"}}};
  const FakeEngine pages{"pdf2djvu", {{"pdf", "djvu"}}};
  FakeContext context{
      {{.engine = &office, .version = "1"}, {.engine = &images, .version = "1"}, {.engine = &pages, .version = "1"}}};
  EXPECT_THAT(*find_route(context.catalogue(), {"docx", "djvu", {}, {}}), ElementsAre("docx", "pdf", "djvu"));
  EXPECT_THAT(*find_route(context.catalogue(), {"tiff", "djvu", {}, {}}), ElementsAre("tiff", "pdf", "djvu"));
}

TEST_F(Routes, DoNotGoThroughWhatWouldBeNonsense) {
  EXPECT_FALSE(route("mp4", "webp"));  // a frame is not the film
  EXPECT_FALSE(route("png", "txt"));
}

TEST_F(Routes, NameWhatTheFormatCanBecome) {
  const auto none = route("docx", "mp3");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::invalid_conversion_type);
  EXPECT_THAT(none.error().message, HasSubstr("It can become eps, pdf, png, webp"));
  EXPECT_THAT(route("xyz", "pdf").error().message, HasSubstr("No engine reads xyz"));
}

TEST_F(Routes, KeepTheNamedEngineOnTheLegItHas) {
  EXPECT_TRUE(route("docx", "webp", "vips"));
  EXPECT_TRUE(route("docx", "webp", "office"));
  EXPECT_FALSE(route("docx", "webp", "ffmpeg"));
  EXPECT_EQ(route("docx", "webp", "nobody").error().field, "engine");
}

TEST_F(Routes, RunTheirLegsForEachFileBetween) {
  context.add_input("a.docx", "x");
  results = 3;
  const json::object options{{"pages", "1-3"}, {"password", "p"}, {"width", 100}};
  const auto done = run_route(context, {"docx", "png", "webp"},
                              {.wish = {"docx", "webp", {}, {}}, .options = options, .inputs = context.inputs()});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->files.size(), 9U);
  EXPECT_EQ(office.requests.at(0).options, (json::object{{"pages", "1-3"}, {"password", "p"}}));
  ASSERT_EQ(vips.requests.size(), 3U);
  EXPECT_EQ(vips.requests.at(0).options, (json::object{{"width", 100}}));
  EXPECT_EQ(context.executions.at(0).percent_to, 50);
  EXPECT_EQ(context.executions.back().percent_to, 100);
}

TEST_F(Routes, AreListedWithTheEngineThatReads) {
  const auto rows = routed_records(context.catalogue());
  const auto found = std::ranges::find_if(rows, [](const auto& row) { return row.from == "cr2" && row.to == "webp"; });
  ASSERT_NE(found, rows.end());
  EXPECT_EQ(found->engine_name, "raw");
  for (const auto& row : rows) {
    EXPECT_TRUE(route(row.from, row.to)) << row.from << row.to;
    EXPECT_FALSE(row.from == "docx" && row.to == "pdf");
  }
}

TEST_F(Routes, CheckTheOptionsOfEveryLeg) {
  vips.check = [](const engine::Request& request) -> Result<> {
    if (request.options.contains("bad")) return fail(ErrorCode::invalid_data, "bad", "bad");
    return {};
  };
  const engine::Wish wish{"docx", "webp", {}, {}};
  EXPECT_TRUE(check_route(context.catalogue(), {"docx", "png", "webp"}, wish, {}));
  EXPECT_EQ(check_route(context.catalogue(), {"docx", "png", "webp"}, wish, {{"bad", 1}}).error().field, "bad");
}

}  // namespace
}  // namespace recast::operation
