#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {
Result<> register_convert(operation::Registry& registry);

namespace {

namespace json = boost::json;
using operation::test::check_error;
using operation::test::FakeContext;
using operation::test::FakeEngine;

constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
constexpr std::string_view kPdf = "%PDF-1.7\n";

operation::Operation convert() { return operation::test::registered(&register_convert, "convert"); }

class Converting : public ::testing::Test {
 protected:
  Converting() {
    poppler.check = [](const engine::Request& request) -> Result<> {
      if (request.options.contains("bad")) return fail(ErrorCode::invalid_data, "The bad is wrong.", "bad");
      return {};
    };
    context.on_execute = [](const operation::Execution&) {
      return std::vector<std::pair<std::string, std::string>>{{"out.png", "picture"}};
    };
  }
  static std::vector<engine::Installation> installed(std::initializer_list<const engine::Engine*> engines) {
    std::vector<engine::Installation> list;
    for (const auto* const one : engines)
      list.push_back({.engine = one, .version = "1.0", .prefix = "/opt/" + one->info().name});
    return list;
  }
  Result<operation::Outcome> run(json::object payload) { return convert().run(context, payload); }
  static std::vector<std::string> names(const Result<operation::Outcome>& outcome) {
    std::vector<std::string> list;
    if (!outcome) return {outcome.error().message};
    for (const auto& file : outcome->files) list.push_back(file.name);
    return list;
  }

  FakeEngine poppler{"poppler", {{"pdf", "png", 10}, {"pdf", "jpg", 10}}};
  FakeEngine magick{{.name = "imagemagick",
                     .aliases = {"graphicsmagick"},
                     .abilities = {{.conversions = {{"pdf", "png", 20}, {"jpg", "png", 10}, {"png", "png"}}}}}};
  FakeEngine ffmpeg{"ffmpeg", {{"mkv", "mp4"}}};
  FakeContext context{installed({&poppler, &magick, &ffmpeg})};
  const engine::Catalogue& catalogue = context.catalogue();
};

TEST_F(Converting, RunsTheDefaultEngineOnEachFile) {
  context.add_input("report.final.pdf", kPdf);
  context.add_input("b.PDF", kPdf, "sub");
  const auto outcome = run({{"input", "x"}, {"output_format", "PNG"}, {"pixel_density", 300}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(names(outcome), (std::vector<std::string>{"report.final.png", "b.png"}));
  EXPECT_EQ(outcome->files[1].dir, "sub");
  EXPECT_EQ(outcome->files[0].size, 7u);
  EXPECT_EQ(context.last_run, (std::pair<std::string, std::string>{"poppler", "1.0"}));
  ASSERT_EQ(poppler.requests.size(), 2u);
  const auto& request = poppler.requests[0];
  EXPECT_EQ(request.inputs, std::vector<std::string>{"in/in-1.pdf"});
  EXPECT_EQ(request.from, "pdf");
  EXPECT_EQ(request.to, "png");
  EXPECT_EQ(request.engine, "poppler");
  EXPECT_EQ(request.install, "/opt/poppler");
  EXPECT_EQ(request.options.at("pixel_density"), 300);
  EXPECT_EQ(context.executions[0].percent_to, 50);
  EXPECT_EQ(context.executions[1].percent_from, 50);
  EXPECT_EQ(context.executions[1].percent_to, 100);
  EXPECT_EQ(context.executions[1].inputs, std::vector<std::filesystem::path>{context.inputs()[1].path});
}

TEST_F(Converting, NumbersSeveralOutputs) {
  context.on_execute = [](const operation::Execution&) {
    return std::vector<std::pair<std::string, std::string>>{{"p-1.png", "1"}, {"p-2.png", "2"}};
  };
  context.add_input("a.pdf", kPdf);
  EXPECT_EQ(names(run({{"output_format", "png"}})), (std::vector<std::string>{"a-1.png", "a-2.png"}));
  context.add_input("b.pdf", kPdf);
  EXPECT_EQ(names(run({{"output_format", "png"}, {"filename", "pg-%02d.png"}})),
            (std::vector<std::string>{"pg-01.png", "pg-02.png", "pg-03.png", "pg-04.png"}));
}

TEST_F(Converting, MakesEqualNamesUnique) {
  context.add_input("a.pdf", kPdf);
  context.add_input("a.pdf", kPdf);
  EXPECT_EQ(names(run({{"output_format", "png"}})), (std::vector<std::string>{"a.png", "a-1.png"}));
}

TEST_F(Converting, UsesTheEngineThatIsAskedFor) {
  context.add_input("a.pdf", kPdf);
  ASSERT_TRUE(run({{"output_format", "png"}, {"engine", "graphicsmagick"}, {"engine_version", "latest"}}));
  EXPECT_EQ(context.last_run.first, "graphicsmagick");
  EXPECT_EQ(magick.requests.at(0).engine, "graphicsmagick");
}

TEST_F(Converting, KnowsAFileWithoutExtensionByItsContent) {
  context.add_input("upload", kPdf);
  EXPECT_EQ(names(run({{"output_format", "png"}})), std::vector<std::string>{"upload.png"});
}

TEST_F(Converting, TakesTheFormatFromTheOptionBeforeTheName) {
  context.add_input("upload", std::string_view("\x01\0\xff\xfe\x02", 5));
  const auto nameless = run({{"output_format", "png"}});
  ASSERT_FALSE(nameless);
  EXPECT_EQ(nameless.error().code, ErrorCode::invalid_filename);
  EXPECT_EQ(nameless.error().message,
            "The file name upload has no extension and its content is not known; set input_format");
}

TEST_F(Converting, SaysWhenNoEngineHasThePair) {
  context.add_input("a.pdf", kPdf);
  const auto outcome = run({{"output_format", "mp3"}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::invalid_conversion_type);
  EXPECT_EQ(outcome.error().message, "No engine converts pdf to mp3. It can become jpg, png.");
  context.add_input("b.pdf", kPdf);
  EXPECT_EQ(run({{"output_format", "pdf"}}).error().code, ErrorCode::invalid_conversion_type);
}

TEST_F(Converting, RefusesContentThatIsSomethingElse) {
  context.add_input("report.pdf", kPng);
  const auto outcome = run({{"output_format", "png"}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::open_failed);
  EXPECT_EQ(outcome.error().message, "The file report.pdf is not a pdf file: it looks like image/png");
  EXPECT_TRUE(context.executions.empty());
}

TEST_F(Converting, RefusesAnEmptyFile) {
  context.add_input("report.pdf", "");
  EXPECT_EQ(run({{"output_format", "png"}}).error().message, "The file report.pdf is empty");
}

TEST_F(Converting, AsksLibmagicOnlyWhenTheFirstBytesLeaveItOpen) {
  context.add_input("a.pdf", kPdf);
  ASSERT_TRUE(run({{"output_format", "png"}}));
  EXPECT_TRUE(context.asked_magic.empty());

  FakeContext other{installed({&magick})};
  other.on_execute = context.on_execute;
  other.add_input("a.jpg", std::string("\1\2\3\4 nothing anyone knows", 26));
  other.magic_answer = "video/mp4";
  const auto outcome = convert().run(other, {{"output_format", "png"}});
  if (!other.asked_magic.empty()) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::open_failed);
  }
}

TEST_F(Converting, GivesTheSubtitlesToTheEngine) {
  context.add_input("film.mkv", "\x1a\x45\xdf\xa3");
  context.add_further("subtitles", "film.srt", "1\n00:00:01,000 --> 00:00:02,000\nHi\n");
  ASSERT_TRUE(run({{"input", "x"}, {"output_format", "mp4"}, {"subtitles", {"subs"}}, {"subtitles_mode", "hard"}}));
  ASSERT_EQ(context.executions.size(), 1u);
  EXPECT_EQ(ffmpeg.requests.at(0).inputs, (std::vector<std::string>{"in/in-1.mkv", "in/in-2.srt"}));
  EXPECT_EQ(context.executions[0].inputs.size(), 2u);
  EXPECT_EQ(convert().references, std::vector<std::string>{"subtitles"});
}

TEST_F(Converting, ChecksWhatIsKnownAtCreation) {
  const auto error = [&](json::object payload) {
    payload["input"] = "x";
    return check_error(convert(), payload, catalogue);
  };
  EXPECT_EQ(error({}).message, "The output_format field is required.");
  EXPECT_EQ(error({{"output_format", "png"}, {"engine", "word"}}).field, "engine");
  EXPECT_EQ(error({{"output_format", "png"}, {"engine", "poppler"}, {"engine_version", "9"}}).field, "engine_version");
  EXPECT_EQ(error({{"output_format", "png"}, {"timeout", "soon"}}).field, "timeout");
  EXPECT_EQ(error({{"output_format", "png"}, {"timeout", 0}}).field, "timeout");
  EXPECT_EQ(error({{"output_format", "png"}, {"bad", 1}}).message, "");  // which engine it will be is not known
  EXPECT_EQ(error({{"output_format", "png"}, {"input_format", "pdf"}, {"bad", 1}}).field, "bad");
  EXPECT_EQ(error({{"output_format", "png"}, {"input_format", "pdf"}, {"some_other_option", 1}}).message, "");
  // With both formats known, what cannot be is refused at once, and what can is named.
  const auto impossible = error({{"output_format", "mp3"}, {"input_format", "pdf"}});
  EXPECT_EQ(impossible.field, "output_format");
  EXPECT_EQ(impossible.code, ErrorCode::invalid_data);
  EXPECT_EQ(impossible.message, "No engine converts pdf to mp3. It can become jpg, png.");
}

TEST_F(Converting, KnowsTheEngineEarlyIfItCan) {
  const auto engine = [&](const json::object& payload) { return convert().engine_of(payload, catalogue); };
  const std::pair<std::string, std::string> none, chosen{"imagemagick", "1.0"};
  EXPECT_EQ(engine({{"output_format", "png"}}), none);
  EXPECT_EQ(engine({{"output_format", "png"}, {"input_format", "jpeg"}}), chosen);
  EXPECT_EQ(engine({{"output_format", "png"}, {"engine", "imagemagick"}}), chosen);
  EXPECT_EQ(engine({{"output_format", "xyz"}, {"input_format", "jpeg"}}), none);
}

TEST_F(Converting, ListsEveryPair) {
  const auto rows = convert().records(catalogue);
  EXPECT_EQ(rows.size(), catalogue.pairs().size());
  EXPECT_EQ(std::ranges::count_if(
                rows, [](const auto& row) { return row.from == "pdf" && row.to == "png" && row.is_default; }),
            1);
}

TEST_F(Converting, SaysThatAScanHasNoText) {
  const FakeEngine reader("reader", {{"pdf", "txt", 10}});
  FakeContext scans(installed({&reader}));
  scans.add_input("scan.pdf", kPdf);
  std::string text = "\f \n\f";
  scans.on_execute = [&](const operation::Execution&) {
    return std::vector<std::pair<std::string, std::string>>{{"out.txt", text}};
  };
  const auto scan = convert().run(scans, {{"output_format", "txt"}});
  ASSERT_TRUE(scan) << scan.error().message;
  EXPECT_EQ(scan->message, "The PDF has no text, its pages may be pictures: pdf/ocr recognises their words.");
  text = "\n\f  words";
  EXPECT_EQ(convert().run(scans, {{"output_format", "txt"}})->message, "");
}

}  // namespace
}  // namespace recast::operations
