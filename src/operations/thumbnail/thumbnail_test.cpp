#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "operation/fake_context.hpp"
#include "operations/thumbnail/route.hpp"

namespace recast::operations {
Result<> register_thumbnail(operation::Registry& registry);

namespace {

namespace json = boost::json;
using operation::test::check_error;
using operation::test::FakeContext;
using operation::test::FakeEngine;
using operation::test::option;
using Made = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
constexpr std::string_view kPdf = "%PDF-1.7\n";
constexpr std::string_view kMkv = "\x1a\x45\xdf\xa3";

operation::Operation make() { return operation::test::registered(&register_thumbnail, "thumbnail"); }

class Thumbnails : public ::testing::Test {
 protected:
  Thumbnails() {
    context.input_seconds = 100;
    context.on_execute = [this](const operation::Execution& execution) {
      const auto& step = std::get<engine::ProgramStep>(execution.plan->steps.at(0).action);
      return Made(results, {"out." + step.arguments.at(0), "picture"});
    };
  }
  static std::vector<engine::Installation> installed(std::initializer_list<const engine::Engine*> engines) {
    std::vector<engine::Installation> list;
    for (const auto* const one : engines) list.push_back({.engine = one, .version = "1.0", .prefix = ""});
    return list;
  }
  Result<operation::Outcome> run(json::object payload) { return make().run(context, payload); }
  static std::vector<std::string> names(const Result<operation::Outcome>& outcome) {
    if (!outcome) return {outcome.error().message};
    std::vector<std::string> list;
    for (const auto& file : outcome->files) list.push_back(file.name);
    return list;
  }
  static json::object options(const FakeEngine& engine, std::size_t at = 0) { return engine.requests.at(at).options; }

  FakeEngine vips{"vips",
                  {{"png", "png"}, {"png", "webp"}, {"png", "jpg"}, {"jpg", "png"}, {"gif", "png"}},
                  {option("width"), option("pages")}};
  FakeEngine poppler{"poppler", {{"pdf", "png"}}, {option("width"), option("pages")}};
  FakeEngine office{"libreoffice", {{"docx", "pdf"}, {"rtf", "pdf"}}, {option("pages")}};
  FakeEngine chrome{"chrome", {{"html", "png"}}, {option("screen_height")}};
  FakeEngine mail{"mail", {{"eml", "html"}}};
  FakeEngine ffmpeg{"ffmpeg", {{"mkv", "png"}, {"mkv", "mp4"}}, {option("width"), option("timestamp")}};
  FakeEngine calibre{engine::Info{.name = "calibre",
                                  .abilities = {{.conversions = {{"mobi", "epub"}}},
                                                {.operation = "thumbnail", .conversions = {{"mobi", "jpg"}}}}}};
  FakeEngine tagger{
      engine::Info{.name = "tagger", .abilities = {{.operation = "thumbnail", .conversions = {{"mp3", "png"}}}}}};
  FakeEngine mupdf{"mupdf", {{"epub", "png"}}, {option("width"), option("pages")}};
  std::size_t results = 1;
  FakeContext context{installed({&vips, &poppler, &office, &chrome, &ffmpeg, &calibre, &tagger, &mupdf, &mail})};
};

TEST_F(Thumbnails, SizeAPictureDirectly) {
  context.add_input("boat.png", kPng);
  const auto outcome = run({{"input", "x"}, {"output_format", "jpeg"}, {"width", 120}, {"fit", "crop"}});
  EXPECT_EQ(names(outcome), std::vector<std::string>{"boat.jpg"});
  EXPECT_EQ(options(vips), (json::object{{"width", 120}, {"fit", "crop"}}));
  EXPECT_EQ(context.last_run.first, "vips");
}

TEST_F(Thumbnails, AreThreeHundredPixelsByDefault) {
  context.add_input("boat.png", kPng);
  ASSERT_TRUE(run({{"output_format", "png"}}));
  EXPECT_EQ(options(vips), (json::object{{"width", 300}, {"height", 300}, {"fit", "max"}}));
}

TEST_F(Thumbnails, ShowTheFirstPictureOfSeveral) {
  context.add_input("moving.gif", "GIF89a\1\0\1\0");
  ASSERT_TRUE(run({{"output_format", "png"}, {"height", 10}}));
  EXPECT_EQ(options(vips), (json::object{{"pages", "1"}, {"height", 10}, {"fit", "max"}}));
}

TEST_F(Thumbnails, DrawTheFirstPagesOfADocument) {
  context.add_input("report.pdf", kPdf);
  results = 2;
  EXPECT_EQ(names(run({{"output_format", "png"}, {"count", 2}, {"filename", "shot-%02d.png"}})),
            (std::vector<std::string>{"shot-01.png", "shot-02.png"}));
  EXPECT_EQ(options(poppler).at("pages"), "1-2");
}

TEST_F(Thumbnails, GoByWayOfPdf) {
  context.add_input("letter.rtf", "{\\rtf1 Hello}");
  EXPECT_EQ(names(run({{"output_format", "webp"}, {"width", 100}})), std::vector<std::string>{"letter.webp"});
  ASSERT_EQ(context.executions.size(), 3u);  // rtf, pdf, png, webp
  EXPECT_EQ(options(office), (json::object{{"pages", "1"}}));
  EXPECT_EQ(options(poppler), (json::object{{"pages", "1"}, {"width", 100}, {"fit", "max"}}));
  EXPECT_EQ(options(vips), json::object());  // it has its size
  EXPECT_EQ(context.executions[0].percent_to, 33);
  EXPECT_EQ(context.executions[2].percent_to, 100);
  EXPECT_EQ(context.executions[1].input_names, std::vector<std::string>{"in/in-1.pdf"});
}

TEST_F(Thumbnails, SizeWhatAnEngineDrawsAtItsOwnSize) {
  context.add_input("page.html", "<!doctype html><p>Hi");
  ASSERT_TRUE(run({{"output_format", "png"}, {"width", 100}}));
  EXPECT_EQ(options(chrome), (json::object{{"screen_height", 1080}}));  // the first window, not the whole page
  EXPECT_EQ(options(vips), (json::object{{"width", 100}, {"fit", "max"}}));
}

TEST_F(Thumbnails, KeepOnlyAsManyAsAreWanted) {
  context.add_input("page.html", "<!doctype html><p>Hi");
  results = 5;
  EXPECT_EQ(names(run({{"output_format", "png"}, {"count", 1}})), std::vector<std::string>{"page.png"});
}

TEST_F(Thumbnails, TakeAFrameOfAFilm) {
  context.add_input("clip.mkv", kMkv);
  ASSERT_TRUE(run({{"output_format", "png"}, {"timestamp", "00:01:30"}}));
  EXPECT_EQ(options(ffmpeg).at("timestamp"), "00:01:30");
  context.add_input("clip2.mkv", kMkv);
  ASSERT_TRUE(run({{"output_format", "png"}}));
  EXPECT_FALSE(options(ffmpeg, 1).contains("timestamp"));  // the engine picks one
}

TEST_F(Thumbnails, SpreadFramesOverAFilm) {
  context.add_input("clip.mkv", kMkv);
  EXPECT_EQ(names(run({{"output_format", "webp"}, {"count", 4}})),
            (std::vector<std::string>{"clip-1.webp", "clip-2.webp", "clip-3.webp", "clip-4.webp"}));
  ASSERT_EQ(ffmpeg.requests.size(), 5u);  // the first is for the length
  std::vector<std::string> moments;
  for (std::size_t at = 1; at < 5; ++at) moments.emplace_back(options(ffmpeg, at).at("timestamp").as_string());
  EXPECT_EQ(moments, (std::vector<std::string>{"12.500", "37.500", "62.500", "87.500"}));
  EXPECT_EQ(context.executions.back().percent_to, 100);
}

// A part of the film may begin behind its last picture.
TEST_F(Thumbnails, AreAsManyAsAShortFilmHas) {
  context.add_input("clip.mkv", kMkv);
  std::vector<std::string> empty{"62.500", "87.500"};
  context.on_execute = [&](const operation::Execution&) -> Result<Made> {
    const auto moment = options(ffmpeg, ffmpeg.requests.size() - 1).at("timestamp").as_string();
    if (std::ranges::find(empty, std::string_view(moment)) != empty.end())
      return fail(ErrorCode::conversion_failed, "Nothing came out.");
    return Made{{"out.webp", "picture"}};
  };
  const auto two = run({{"output_format", "webp"}, {"count", 4}});
  EXPECT_EQ(names(two), (std::vector<std::string>{"clip-1.webp", "clip-2.webp"}));
  EXPECT_EQ(two->message, "clip.mkv gave 2 of 4 pictures.");
  empty = {"12.500", "37.500", "62.500", "87.500"};
  EXPECT_EQ(names(run({{"output_format", "webp"}, {"count", 4}})), std::vector<std::string>{"clip.webp"});
  EXPECT_EQ(options(ffmpeg, ffmpeg.requests.size() - 2).at("timestamp"), "0.000");
}

TEST_F(Thumbnails, ShowTheCoverOfASong) {
  context.add_input("song.mp3", "ID3\4\0\0\0\0\0\0");
  EXPECT_EQ(names(run({{"output_format", "webp"}, {"width", 100}})), std::vector<std::string>{"song.webp"});
  ASSERT_EQ(tagger.requests.size(), 1U);
  EXPECT_EQ(tagger.requests[0].operation, "thumbnail");
  EXPECT_EQ(options(vips), (json::object{{"width", 100}, {"fit", "max"}}));
}

TEST_F(Thumbnails, ShowTheCoverOfABookOrElseItsFirstPage) {
  context.add_input("book.mobi", std::string(60, '\0') + "BOOKMOBI");
  EXPECT_EQ(names(run({{"output_format", "png"}})), std::vector<std::string>{"book.png"});
  EXPECT_EQ(calibre.requests.back().operation, "thumbnail");
  EXPECT_TRUE(mupdf.requests.empty());
  context.on_execute = [](const operation::Execution& execution) -> Result<Made> {
    const auto& step = std::get<engine::ProgramStep>(execution.plan->steps.at(0).action);
    if (step.arguments.at(0) == "jpg") return fail(ErrorCode::conversion_failed, "The book has no cover.");
    return Made{{"out." + step.arguments.at(0), "page"}};
  };
  EXPECT_EQ(names(run({{"output_format", "png"}})), std::vector<std::string>{"book.png"});
  EXPECT_EQ(options(mupdf), (json::object{{"pages", "1"}, {"width", 300}, {"height", 300}, {"fit", "max"}}));
}

TEST_F(Thumbnails, ShowNoCoverOfAPixel) {
  context.answer = {{"source_width", 1}, {"source_height", 1}};
  context.add_input("book.mobi", std::string(60, '\0') + "BOOKMOBI");
  EXPECT_EQ(names(run({{"output_format", "png"}})), std::vector<std::string>{"book.png"});
  ASSERT_EQ(mupdf.requests.size(), 1U) << "the first page is drawn instead";
  FakeContext songs(installed({&vips, &tagger}));
  songs.answer = context.answer;
  songs.on_execute = context.on_execute;
  songs.add_input("song.mp3", "ID3\4\0\0\0\0\0\0");
  const auto song = make().run(songs, {{"output_format", "png"}});
  ASSERT_FALSE(song);
  EXPECT_EQ(song.error().message, "The cover is a picture of only 1 x 1 pixels.");
}

TEST_F(Thumbnails, DrawPagesOfABookIfSeveralAreWanted) {
  context.add_input("book.mobi", std::string(60, '\0') + "BOOKMOBI");
  results = 3;
  EXPECT_EQ(names(run({{"output_format", "png"}, {"count", 3}})).size(), 3U);
  EXPECT_EQ(calibre.requests.front().operation, "convert");
}

TEST_F(Thumbnails, GoByWayOfAWebPage) {
  context.add_input("letter.eml", "From: a@example.org\nSubject: x\n\nHello\n");
  EXPECT_EQ(names(run({{"output_format", "png"}})), std::vector<std::string>{"letter.png"});
  ASSERT_EQ(mail.requests.size(), 1U);
  EXPECT_EQ(mail.requests[0].to, "html");
  ASSERT_EQ(chrome.requests.size(), 1U);
  EXPECT_EQ(options(vips), (json::object{{"width", 300}, {"height", 300}, {"fit", "max"}}));
}

TEST_F(Thumbnails, SayWhenThereIsNoWay) {
  context.add_input("song.flac", "fLaC");
  const auto outcome = run({{"output_format", "png"}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::invalid_conversion_type);
  EXPECT_EQ(outcome.error().message, "No engine makes a png thumbnail of flac.");
}

TEST_F(Thumbnails, RefuseContentThatIsSomethingElse) {
  context.add_input("report.pdf", kPng);
  EXPECT_EQ(run({{"output_format", "png"}}).error().code, ErrorCode::open_failed);
}

TEST_F(Thumbnails, UseTheEngineThatIsAskedFor) {
  context.add_input("report.pdf", kPdf);
  EXPECT_TRUE(run({{"output_format", "png"}, {"engine", "poppler"}}));
  EXPECT_EQ(run({{"output_format", "png"}, {"engine", "vips"}}).error().code, ErrorCode::invalid_conversion_type);
}

TEST_F(Thumbnails, AreCheckedAtCreation) {
  const auto field = [&](json::object payload) { return check_error(make(), payload, context.catalogue()).field; };
  EXPECT_EQ(field({}), "output_format");
  EXPECT_EQ(field({{"output_format", "gif"}}), "output_format");
  EXPECT_EQ(field({{"output_format", "png"}, {"width", 0}}), "width");
  EXPECT_EQ(field({{"output_format", "png"}, {"fit", "fill"}}), "fit");
  EXPECT_EQ(field({{"output_format", "png"}, {"count", 0}}), "count");
  EXPECT_EQ(field({{"output_format", "png"}, {"timestamp", "noon"}}), "timestamp");
  EXPECT_EQ(field({{"output_format", "png"}, {"timestamp", "1:2:3:4"}}), "timestamp");
  EXPECT_EQ(field({{"output_format", "png"}, {"engine", "word"}}), "engine");
  EXPECT_EQ(field({{"output_format", "png"}, {"timestamp", "00:01:30.5"}, {"width", "480"}}), "");
}

TEST_F(Thumbnails, AreListedForEveryFormatThatCanBeReached) {
  const auto rows = make().records(context.catalogue());
  const auto listed = [&](std::string_view from, std::string_view to) {
    return std::ranges::any_of(rows, [&](const auto& row) { return row.from == from && row.to == to; });
  };
  EXPECT_TRUE(listed("docx", "webp"));
  EXPECT_TRUE(listed("pdf", "png"));
  EXPECT_TRUE(listed("mkv", "jpg"));
  EXPECT_TRUE(listed("html", "webp"));
  EXPECT_FALSE(listed("mp4", "png"));
  // What is listed is what can be had.
  std::set<std::string> sources;
  for (const auto& pair : context.catalogue().pairs("convert")) sources.insert(pair.from);
  sources.insert("mp3");
  for (const auto& from : sources) {
    for (const std::string to : {"png", "jpg", "webp"}) {
      const auto route = thumbnail::find_route(context.catalogue(), from, to);
      const auto cover = thumbnail::find_cover_route(context.catalogue(), from, to);
      EXPECT_EQ(route.has_value() || !cover.empty(), listed(from, to)) << from << " to " << to;
    }
  }
}

}  // namespace
}  // namespace recast::operations
