#include "schema/present.hpp"

#include <gtest/gtest.h>

#include "schema/parse.hpp"

namespace recast::schema {
namespace {

struct Options {
  std::string file;
  std::string fit = "max";
  bool strip = false;
  int width = 10;
  double ratio = 0.5;
  std::vector<std::string> input;
  std::map<std::string, std::string> headers;

  static constexpr auto fields = std::tuple{
      field(&Options::file, "file", "A file.", {.required = true}),
      field(&Options::fit, "fit", "How to fit.", {.values = {"max", "crop", "scale"}}),
      field(&Options::strip, "strip", "Strip.", {.aliases = {"strip_metadata"}}),
      field(&Options::width, "width", "Width.", {.min = 1, .max = 5000}),
      field(&Options::ratio, "ratio", "Ratio.", {.min = 0, .max = 1}),
      field(&Options::input, "input", "Input."),
      field(&Options::headers, "headers", "Headers."),
  };
};

TEST(Present, RequiresNothing) {
  EXPECT_TRUE(check_present(describe<Options>(), {}));
  EXPECT_TRUE(check_present(describe<Options>(), {{"file", nullptr}, {"width", ""}, {"unknown", 1}}));
  EXPECT_TRUE(check_present(describe<Options>(), {{"file", "   "}})) << "blanks are what is missing yet";
}

// Whatever a whole object would be refused for, with the same words.
TEST(Present, SaysOfAValueWhatAParserSays) {
  const json::object wrong[] = {
      {{"file", json::array{}}}, {{"fit", "huge"}},  {{"strip", "perhaps"}},
      {{"strip_metadata", 3}},   {{"width", 0}},     {{"width", 5001}},
      {{"width", "wide"}},       {{"width", 1.5}},   {{"ratio", 2}},
      {{"input", {1, {2}}}},     {{"headers", "x"}}, {{"headers", {{"a", json::array{}}}}},
  };
  for (const auto& one : wrong) {
    auto whole = one;
    if (!whole.contains("file")) whole["file"] = "x";
    const auto expected = parse<Options>(whole);
    const auto found = check_present(describe<Options>(), one);
    ASSERT_FALSE(expected);
    ASSERT_FALSE(found) << expected.error().message;
    EXPECT_EQ(found.error().message, expected.error().message);
    EXPECT_EQ(found.error().field, expected.error().field);
    EXPECT_EQ(found.error().code, ErrorCode::invalid_data);
  }
}

TEST(Present, TakesWhatAParserTakes) {
  EXPECT_TRUE(check_present(describe<Options>(), {{"fit", "CROP"},
                                                  {"strip", "true"},
                                                  {"width", "600"},
                                                  {"ratio", "0.5"},
                                                  {"input", "a"},
                                                  {"headers", json::array{}}}));
}

TEST(Present, KnowsFieldsByTheirAliases) {
  const auto fields = describe<Options>();
  EXPECT_TRUE(is_called(fields.at(2), "strip"));
  EXPECT_TRUE(is_called(fields.at(2), "strip_metadata"));
  EXPECT_FALSE(is_called(fields.at(2), "stripe"));
}

}  // namespace
}  // namespace recast::schema
