#include "operation/partial.hpp"

#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {
Result<> register_convert(operation::Registry& registry);

namespace {

namespace json = boost::json;
using operation::test::FakeEngine;

schema::FieldInfo number(std::string name, double min, double max, std::vector<std::string> aliases = {}) {
  auto info = operation::test::option(std::move(name));
  info.type = schema::Type::integer;
  info.min = min;
  info.max = max;
  info.aliases = std::move(aliases);
  return info;
}

/// Pictures, pages and films: options of the same name mean something else to each.
class ConvertInPart : public testing::Test {
 protected:
  ConvertInPart() {
    vips.check = [](const engine::Request& request) -> Result<> {
      const auto* const pages = request.options.if_contains("pages");
      if (pages != nullptr && *pages == "3-1")
        return fail(ErrorCode::invalid_data, "The pages are not in order.", "pages");
      const auto* const width = request.options.if_contains("width");
      if (width != nullptr && width->is_null()) return fail(ErrorCode::invalid_data, "The width is required.", "width");
      if (request.options.contains("cmyk") && request.to != "webp")
        return fail(ErrorCode::invalid_data, "The cmyk is for webp only.", "cmyk");
      if (request.options.contains("exif") && request.from != "tiff")
        return fail(ErrorCode::invalid_data, "The exif is of tiff only.", "exif");
      return {};
    };
  }
  static Error error(const json::object& options, const engine::Catalogue& catalogue) {
    static const auto operation = operation::test::registered(&register_convert, "convert");
    const auto done = operation::check_partial(operation, options, catalogue);
    return done ? Error{} : done.error();
  }
  Error convert(const json::object& options) const { return error(options, catalogue); }

  FakeEngine vips{"vips",
                  {{"png", "jpg"}, {"png", "webp"}, {"tiff", "jpg"}},
                  {number("quality", 1, 100), operation::test::option("pages"), number("width", 1, 100, {"w"}),
                   operation::test::option("cmyk"), operation::test::option("exif")}};
  FakeEngine ffmpeg{"ffmpeg", {{"mp4", "mkv"}}, {number("quality", 0, 51), number("crf", 0, 51)}};
  FakeEngine office{"office", {{"docx", "png"}}, {operation::test::option("password")}};
  engine::Catalogue catalogue{
      {{.engine = &vips, .version = "1"}, {.engine = &ffmpeg, .version = "6"}, {.engine = &office, .version = "7"}}};
};

TEST_F(ConvertInPart, RequiresNothing) {
  EXPECT_EQ(convert({}).message, "");
  EXPECT_EQ(convert({{"input_format", "png"}}).message, "");
}

TEST_F(ConvertInPart, NamesAnOptionThatNobodyKnows) {
  EXPECT_EQ(convert({{"qualty", 3}}).message, "The option qualty is not known to convert. Did you mean quality?");
}

TEST_F(ConvertInPart, ChecksTheOperationsOwnOptionsAsATaskDoes) {
  EXPECT_EQ(convert({{"timeout", 0}}).message, "The timeout must be at least 1.");
}

TEST_F(ConvertInPart, ChecksFormatsAndEngines) {
  EXPECT_EQ(convert({{"output_format", "xyz"}}).field, "output_format");
  EXPECT_EQ(convert({{"output_format", "xyz"}}).message,
            "The selected output_format is invalid: no engine writes xyz.");
  EXPECT_EQ(convert({{"input_format", "xyz"}}).message, "The selected input_format is invalid: no engine reads xyz.");
  EXPECT_EQ(convert({{"output_format", "jpeg"}}).message, "") << "another name of jpg";
  EXPECT_EQ(convert({{"engine", "vipps"}}).message, "The selected engine is invalid; vipps is not installed.");
  EXPECT_EQ(convert({{"engine", "vips"}, {"engine_version", "2"}}).field, "engine_version");
  EXPECT_EQ(convert({{"engine", "vips"}, {"output_format", "webp"}}).message, "");
  EXPECT_EQ(convert({{"engine", "vips"}, {"output_format", "mkv"}}).field, "engine");
  EXPECT_EQ(convert({{"engine", "vips"}, {"output_format", "mkv"}}).message,
            "The selected engine is invalid: vips does not do convert with output_format mkv.");
  EXPECT_EQ(convert({{"input_format", "mp4"}, {"output_format", "jpg"}}).code, ErrorCode::invalid_data);
}

TEST_F(ConvertInPart, AsksOnlyThoseEnginesThatCouldDoIt) {
  EXPECT_EQ(convert({{"crf", 20}}).message, "");
  EXPECT_EQ(convert({{"crf", 20}, {"output_format", "mkv"}}).message, "");
  EXPECT_EQ(convert({{"crf", 20}, {"output_format", "jpg"}}).message,
            "The option crf is not known to convert with output_format jpg.");
  EXPECT_EQ(convert({{"crf", 20}, {"input_format", "png"}, {"engine", "vips"}}).message,
            "The option crf is not known to convert with input_format png and engine vips.");
}

TEST_F(ConvertInPart, RefusesAValueThatNoneOfThemTakes) {
  EXPECT_EQ(convert({{"quality", 0}}).message, "") << "a film may have it";
  EXPECT_EQ(convert({{"quality", 0}, {"output_format", "jpg"}}).field, "quality");
  EXPECT_EQ(convert({{"quality", 0}, {"output_format", "jpg"}}).message, "The quality must be at least 1.");
  EXPECT_EQ(convert({{"quality", 60}, {"output_format", "mkv"}}).message, "The quality must not be greater than 51.");
  EXPECT_EQ(convert({{"quality", 101}}).field, "quality");
  EXPECT_EQ(convert({{"quality", "high"}}).message, "The quality must be an integer.");
  EXPECT_EQ(convert({{"w", 0}}).message, "The width must be at least 1.");
  EXPECT_EQ(convert({{"quality", nullptr}}).message, "");
  EXPECT_EQ(convert({{"width", nullptr}}).message, "") << "null says nothing, so it is no fault of its own";
}

TEST_F(ConvertInPart, SaysWhatOnlyAPlanCanSay) {
  EXPECT_EQ(convert({{"pages", "3-1"}, {"output_format", "jpg"}}).message, "The pages are not in order.");
  EXPECT_EQ(convert({{"pages", "1-3"}, {"output_format", "jpg"}}).message, "");
}

TEST_F(ConvertInPart, AsksForEachSourceAndTargetThatMayBeMeant) {
  EXPECT_EQ(convert({{"cmyk", "yes"}}).message, "");
  EXPECT_EQ(convert({{"cmyk", "yes"}, {"output_format", "webp"}}).message, "");
  EXPECT_EQ(convert({{"cmyk", "yes"}, {"output_format", "jpg"}}).message, "The cmyk is for webp only.");
  EXPECT_EQ(convert({{"exif", "yes"}, {"output_format", "jpg"}}).message, "");
  EXPECT_EQ(convert({{"exif", "yes"}, {"input_format", "png"}}).message, "The exif is of tiff only.");
}

TEST_F(ConvertInPart, KnowsTheOptionsOfBothLegsOfARoute) {
  const json::object options{{"input_format", "docx"}, {"output_format", "webp"}, {"password", "x"}, {"quality", 80}};
  EXPECT_EQ(convert(options).message, "");
  EXPECT_EQ(convert({{"input_format", "docx"}, {"output_format", "webp"}, {"quality", 0}}).field, "quality");
  EXPECT_EQ(convert({{"input_format", "docx"}, {"output_format", "webp"}, {"crf", 1}}).field, "crf");
  EXPECT_EQ(convert({{"input_format", "docx"}, {"output_format", "webp"}, {"engine", "vips"}}).message, "");
}

TEST_F(ConvertInPart, SaysNothingOfEnginesThatAreNotThere) {
  const engine::Catalogue none({});
  EXPECT_EQ(error({{"output_format", "png"}, {"quality", 3}}, none).message, "");
  EXPECT_EQ(error({{"timeout", 0}}, none).field, "timeout");
}

}  // namespace
}  // namespace recast::operations
