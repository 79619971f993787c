#include "schema/parse.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace recast::schema {
namespace {

struct Options {
  std::string file;
  std::string title;
  std::string fit = "max";
  bool strip = false;
  int width = 10;
  std::int64_t big = 0;
  double ratio = 0.5;
  std::optional<int> density;
  std::optional<std::string> note;
  std::optional<bool> flag;
  std::vector<std::string> input;
  std::map<std::string, std::string> headers;
  std::string password;

  static constexpr auto fields = std::tuple{
      field(&Options::file, "file", "A file.", {.required = true, .verbatim = true}),
      field(&Options::title, "title", "A title."),
      field(&Options::fit, "fit", "How to fit.", {.values = {"max", "crop", "scale"}}),
      field(&Options::strip, "strip", "Strip.", {.aliases = {"strip_metadata"}}),
      field(&Options::width, "width", "Width.", {.min = 1, .max = 5000}),
      field(&Options::big, "big", "Big."),
      field(&Options::ratio, "ratio", "Ratio.", {.min = 0, .max = 1}),
      field(&Options::density, "density", "Density.", {.min = 1}),
      field(&Options::note, "note", "Note."),
      field(&Options::flag, "flag", "Flag."),
      field(&Options::input, "input", "Input."),
      field(&Options::headers, "headers", "Headers."),
      field(&Options::password, "password", "Password.", {.verbatim = true, .secret = true}),
  };
};

struct Key {
  std::string key;
  static constexpr auto fields =
      std::tuple{field(&Key::key, "key", "A key.", {.required = true, .verbatim = true, .secret = true})};
};

Result<Options> read(std::string_view text) {
  auto object = boost::json::parse(text).as_object();
  if (!object.contains("file")) object["file"] = "x";
  return parse<Options>(object);
}

Error error_of(std::string_view text) {
  const auto result = read(text);
  EXPECT_FALSE(result) << text;
  return result ? Error{} : result.error();
}

TEST(Parse, TakesNumbersAsText) {
  const auto options = read(R"({"width":"600","ratio":" 0.25 ","density":"72","big":"9007199254740992"})");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->width, 600);
  EXPECT_EQ(options->ratio, 0.25);
  EXPECT_EQ(options->density, 72);
  EXPECT_EQ(options->big, 9007199254740992);
}

TEST(Parse, TakesAWholeDoubleForAnInteger) { EXPECT_EQ(read(R"({"width":20.0})")->width, 20); }

TEST(Parse, TakesEverySpellingOfABoolean) {
  for (const auto* text : {"true", "1", "\"true\"", "\"1\"", "\"TRUE\"", "1.0"}) {
    const auto options = read(std::string(R"({"strip":)") + text + R"(,"flag":)" + text + "}");
    ASSERT_TRUE(options) << text;
    EXPECT_TRUE(options->strip);
    EXPECT_EQ(options->flag, true);
  }
  for (const auto* text : {"false", "0", "\"false\"", "\"0\""}) {
    EXPECT_EQ(read(std::string(R"({"flag":)") + text + "}")->flag, false) << text;
  }
  for (const auto* text : {"2", "\"yes\"", "[]", "{}"}) {
    EXPECT_EQ(error_of(std::string(R"({"flag":)") + text + "}").message, "The flag field must be true or false.");
  }
}

TEST(Parse, TakesAnEmptyTextForAbsent) {
  const auto options = read(
      R"({"width":"","fit":"","density":" ","input":"","headers":"","strip":"","strip_metadata":"1","flag":"","ratio":"\t"})");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->width, 10);
  EXPECT_EQ(options->fit, "max");
  EXPECT_FALSE(options->density);
  EXPECT_FALSE(options->flag);
  EXPECT_TRUE(options->strip);  // by its other name
  EXPECT_TRUE(options->input.empty());
  EXPECT_TRUE(options->headers.empty());
  EXPECT_EQ(options->ratio, 0.5);
  EXPECT_EQ(read(R"({"password":" "})")->password, " ");
  EXPECT_EQ(read(R"({"file":" "})")->file, " ");
  EXPECT_EQ(error_of(R"({"file":""})").message, "The file field is required.");
  EXPECT_EQ(parse<Key>({{"key", ""}}).error().message, "The key field is required.");
}

TEST(Parse, TakesNullForAbsent) {
  const auto options = read(R"({"width":null,"fit":null,"density":null,"input":null,"headers":null,"strip":null})");
  ASSERT_TRUE(options);
  EXPECT_EQ(options->width, 10);
  EXPECT_EQ(options->fit, "max");
  EXPECT_FALSE(options->density);
  EXPECT_EQ(error_of(R"({"file":null})").message, "The file field is required.");
}

TEST(Parse, IgnoresUnknownMembers) { EXPECT_TRUE(read(R"({"some_other_option":{"deep":[1]},"name":"x"})")); }

TEST(Parse, TrimsTextUnlessItIsVerbatim) {
  const auto options = read(R"({"title":"  a b\n","password":" s ","file":" f "})");
  EXPECT_EQ(options->title, "a b");
  EXPECT_EQ(options->password, " s ");
  EXPECT_EQ(options->file, " f ");
}

TEST(Parse, TakesScalarsForText) {
  EXPECT_EQ(read(R"({"title":22})")->title, "22");
  EXPECT_EQ(read(R"({"title":true})")->title, "true");
  EXPECT_EQ(error_of(R"({"title":["a"]})").field, "title");
}

TEST(Parse, FindsTheWordOfAnEnumerationInAnyCase) {
  EXPECT_EQ(read(R"({"fit":"CROP"})")->fit, "crop");
  const auto error = error_of(R"({"fit":"squeeze"})");
  EXPECT_EQ(error.field, "fit");
  EXPECT_EQ(error.code, ErrorCode::invalid_data);
  EXPECT_NE(error.message.find("max, crop, scale"), std::string::npos);
}

TEST(Parse, NamesTheBoundThatWasCrossed) {
  EXPECT_EQ(error_of(R"({"width":0})").message, "The width must be at least 1.");
  EXPECT_EQ(error_of(R"({"width":5001})").message, "The width must not be greater than 5000.");
  EXPECT_EQ(error_of(R"({"width":1.5})").message, "The width must be an integer.");
  EXPECT_EQ(error_of(R"({"width":"abc"})").message, "The width must be an integer.");
  EXPECT_EQ(error_of(R"({"ratio":"1e999"})").message, "The ratio must be a number.");
  EXPECT_EQ(error_of(R"({"density":3000000000})").message, "The density is out of range.");
  EXPECT_EQ(error_of(R"({"big":1e30})").field, "big");
}

TEST(Parse, TakesOneTextForAList) {
  EXPECT_EQ(read(R"({"input":"a"})")->input, std::vector<std::string>{"a"});
  EXPECT_EQ(read(R"({"input":["a","b",3]})")->input, (std::vector<std::string>{"a", "b", "3"}));
  EXPECT_EQ(error_of(R"({"input":[["a"]]})").field, "input");
  EXPECT_EQ(error_of(R"({"input":{"a":1}})").field, "input");
}

TEST(Parse, TakesAnEmptyListForAMap) {
  EXPECT_TRUE(read(R"({"headers":[]})")->headers.empty());
  EXPECT_EQ(error_of(R"({"headers":["a"]})").field, "headers");
}

TEST(Parse, KeepsScalarsOfAMapAsText) {
  const auto options = read(R"({"headers":{"a":"x","b":1,"c":true,"d":null}})");
  ASSERT_TRUE(options);
  EXPECT_EQ(options->headers, (std::map<std::string, std::string>{{"a", "x"}, {"b", "1"}, {"c", "true"}}));
  EXPECT_EQ(error_of(R"({"headers":{"a":{}}})").message, "The headers.a must be a string.");
}

TEST(Parse, TakesAliases) { EXPECT_TRUE(read(R"({"strip_metadata":true})")->strip); }

TEST(Parse, PrintsNoSecrets) {
  EXPECT_EQ(to_object(*read(R"({"password":"hush"})")).at("password"), "hush");
  const auto object = dump(*read(R"({"password":"hush"})"));
  EXPECT_EQ(object.at("password").as_string(), "(hidden)");
  EXPECT_TRUE(dump(*read("{}")).at("password").is_null());
  EXPECT_EQ(object.at("width").as_int64(), 10);
}

TEST(Parse, DescribesItsRows) {
  const auto rows = describe<Options>();
  ASSERT_EQ(rows.size(), 13u);
  EXPECT_EQ(rows[0].type, Type::string);
  EXPECT_TRUE(rows[0].required);
  EXPECT_EQ(rows[2].type, Type::enumeration);
  EXPECT_EQ(rows[2].default_value.as_string(), "max");
  EXPECT_EQ(rows[4].min, 1);
  EXPECT_EQ(rows[4].max, 5000);
  EXPECT_EQ(rows[7].type, Type::integer);
  EXPECT_TRUE(rows[7].default_value.is_null());
  EXPECT_EQ(rows[10].type, Type::list);
  EXPECT_EQ(rows[11].type, Type::dictionary);
  EXPECT_TRUE(rows[12].secret);
}

}  // namespace
}  // namespace recast::schema
