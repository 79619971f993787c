#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "job/job.hpp"
#include "schema/body.hpp"

namespace recast::job {
namespace {

struct Options {
  std::string output_format;
  int width = 0;
  static constexpr auto fields = std::tuple{
      schema::field(&Options::output_format, "output_format", "Target.", {.required = true}),
      schema::field(&Options::width, "width", "Width.", {.min = 1}),
  };
};
struct Url {
  std::string url;
  static constexpr auto fields = std::tuple{schema::field(&Url::url, "url", "Where.", {.required = true})};
};
struct Nothing {
  bool flag = false;
  static constexpr auto fields = std::tuple{schema::field(&Nothing::flag, "flag", "A flag.")};
};

template <class T>
Result<operation::Outcome> run(operation::TaskContext&, const T&) {
  return operation::Outcome{};
}

operation::Registry make_registry() {
  operation::Registry registry;
  const auto add = [&](operation::Operation operation) { EXPECT_TRUE(registry.add(std::move(operation))); };
  auto convert = operation::define<Options>({.name = "convert", .summary = "Converts.", .references = {"subtitles"}},
                                            &run<Options>);
  convert.engine_of = [](const json::object&, const engine::Catalogue&) {
    return std::pair<std::string, std::string>("poppler", "22");
  };
  add(std::move(convert));
  add(operation::define<Url>({.name = "import/url", .summary = "Imports.", .needs_input = false}, &run<Url>));
  add(operation::define<Nothing>({.name = "import/azure/blob", .summary = "Imports.", .needs_input = false},
                                 &run<Nothing>));
  add(operation::define<Nothing>({.name = "export/azure/blob", .summary = "Exports.", .needs_input = false},
                                 &run<Nothing>));
  add(operation::define<Nothing>({.name = "export/url", .summary = "Exports."}, &run<Nothing>));
  add(operation::define<Nothing>({.name = "merge", .summary = "Merges."}, &run<Nothing>));
  return registry;
}

class Parse : public testing::Test {
 protected:
  Result<JobSpec> parse(std::string_view text, ParseLimits limits = {}) const {
    RECAST_TRY(const auto body, schema::parse_body(text));
    return parse_job(body, registry_, catalogue_, limits);
  }
  Error error_of(std::string_view text) const {
    const auto result = parse(text);
    EXPECT_FALSE(result) << text;
    if (!result) {
      EXPECT_EQ(result.error().code, ErrorCode::invalid_data);
    }
    return result ? Error{} : result.error();
  }
  Result<TaskSpec> one(std::string_view operation, std::string_view text) const {
    RECAST_TRY(const auto body, schema::parse_body(text));
    return parse_task(operation, body, registry_, catalogue_);
  }

  operation::Registry registry_ = make_registry();
  engine::Catalogue catalogue_{std::vector<engine::Installation>{}};
};

TEST_F(Parse, ReadsAJobInTheOrderOfItsText) {
  const auto job = parse(R"({"tag":"demo","webhook_url":"https://example.org/hook","tasks":{
      "z-in":{"operation":"import/url","url":"https://example.org/a.docx","name":"ignored","page_range":null},
      "a_pdf":{"operation":"convert","input":"z-in","output_format":"pdf","ignore_error":"true","width":null},
      "out":{"operation":"export/url","input":["a_pdf","z-in"]}}})");
  ASSERT_TRUE(job) << job.error().message;
  EXPECT_EQ(job->tag, "demo");
  EXPECT_EQ(job->webhook_url, "https://example.org/hook");
  ASSERT_EQ(job->tasks.size(), 3u);
  EXPECT_EQ(job->tasks[0].name, "z-in");
  EXPECT_EQ(json::serialize(job->tasks[0].payload), R"({"url":"https://example.org/a.docx","page_range":null})");
  EXPECT_EQ(job->tasks[1].operation, "convert");
  EXPECT_EQ(job->tasks[1].engine, "poppler");
  EXPECT_EQ(job->tasks[1].engine_version, "22");
  EXPECT_TRUE(job->tasks[1].ignore_error);
  EXPECT_EQ(job->tasks[1].inputs, std::vector<std::string>{"z-in"});
  EXPECT_EQ(job->tasks[1].payload.at("input").as_string(), "z-in");
  EXPECT_EQ(job->tasks[2].inputs, (std::vector<std::string>{"a_pdf", "z-in"}));
}

TEST_F(Parse, RequiresTasks) {
  for (const auto* text : {"{}", R"({"tasks":[]})", R"({"tasks":{}})", R"({"tasks":null})", R"({"tasks":""})"}) {
    const auto error = error_of(text);
    EXPECT_EQ(error.field, "tasks") << text;
    EXPECT_EQ(error.message, "The tasks field is required.");
  }
  for (const auto* text : {R"({"tasks":"x"})", R"({"tasks":[{"operation":"import/url"}]})", R"({"tasks":3})"}) {
    EXPECT_EQ(error_of(text).message, "The tasks must be an object.") << text;
  }
}

TEST_F(Parse, LimitsTheNumberOfTasks) {
  const auto result = parse(R"({"tasks":{"a":{},"b":{},"c":{}}})", {.tasks_per_job = 2});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().field, "tasks");
}

TEST_F(Parse, TakesAnEmptyTagForNone) {
  const auto text = [](std::string_view tag) {
    return std::string(R"({"tag":)") + std::string(tag) +
           R"(,"webhook_url":"","tasks":{"a":{"operation":"import/url","url":"x"}}})";
  };
  EXPECT_EQ(parse(text("\"\""))->tag, "");
  EXPECT_EQ(parse(text("null"))->tag, "");
  EXPECT_EQ(parse(text("42"))->tag, "42");
  EXPECT_EQ(error_of(text("{}")).field, "tag");
}

TEST_F(Parse, ChecksTheAddressOfTheWebhook) {
  for (const auto* url :
       {"example.org", "ftp://example.org", "https://", "https:///x", "https://exa mple.org", "http://a\\nb",
        "http://a@b@example.org/", "http://example.org:0/", "http://example.org:99999/", "http://example.org:8x/",
        "http://me@/", "http://example.org\\\\@127.0.0.1/"}) {
    EXPECT_EQ(
        error_of(std::string(R"({"webhook_url":")") + url + R"(","tasks":{"a":{"operation":"import/url","url":"x"}}})")
            .field,
        "webhook_url");
  }
}

TEST_F(Parse, NamesTheTaskInItsMessages) {
  const auto error =
      error_of(R"({"tasks":{"resize":{"operation":"convert","input":"resize","output_format":"png","width":0}}})");
  EXPECT_EQ(error.field, "tasks.resize.width");
  EXPECT_EQ(error.message, "Task resize: The width must be at least 1.");
}

TEST_F(Parse, RefusesAnUnknownOperation) {
  const auto error = error_of(R"({"tasks":{"a":{"operation":"transmogrify"}}})");
  EXPECT_EQ(error.field, "tasks.a.operation");
  EXPECT_EQ(error_of(R"({"tasks":{"a":{}}})").field, "tasks.a.operation");
  EXPECT_EQ(error_of(R"({"tasks":{"a":{"operation":null}}})").message, "Task a: The operation field is required.");
  EXPECT_EQ(error_of(R"({"tasks":{"a":{"operation":["convert"]}}})").field, "tasks.a.operation");
}

TEST_F(Parse, RefusesATaskThatIsNoObject) {
  EXPECT_EQ(error_of(R"({"tasks":{"a":"convert"}})").field, "tasks.a");
  EXPECT_EQ(error_of(R"({"tasks":{"a":null}})").field, "tasks.a");
}

TEST_F(Parse, RefusesStrangeNames) {
  for (const auto* name : {"", "a b", "a.b", "ä", "a/b", "a\\u0000"}) {
    EXPECT_EQ(error_of(std::string(R"({"tasks":{")") + name + R"(":{"operation":"import/url","url":"x"}}})").field,
              "tasks")
        << name;
  }
}

TEST_F(Parse, RefusesACycle) {
  const auto error = error_of(R"({"tasks":{
      "last":{"operation":"export/url","input":"a"},
      "a":{"operation":"merge","input":["in","c"]},
      "b":{"operation":"merge","input":"a"},
      "c":{"operation":"merge","input":"b"},
      "in":{"operation":"import/url","url":"x"}}})");
  EXPECT_EQ(error.field, "tasks.a.input");
  EXPECT_NE(error.message.find("cycle"), std::string::npos);
}

TEST_F(Parse, RefusesASelfReference) {
  const auto error = error_of(R"({"tasks":{"a":{"operation":"merge","input":"a"}}})");
  EXPECT_EQ(error.field, "tasks.a.input");
  EXPECT_NE(error.message.find("cycle"), std::string::npos);
}

TEST_F(Parse, RefusesAnUnknownInput) {
  const auto error = error_of(R"({"tasks":{"a":{"operation":"merge","input":["nobody"]}}})");
  EXPECT_EQ(error.field, "tasks.a.input");
  EXPECT_NE(error.message.find("nobody"), std::string::npos);
}

TEST_F(Parse, LeavesIdsToTheStore) {
  const auto job = parse(R"({"tasks":{"a":{"operation":"merge","input":"6b1f0c0e-5a0e-4f0e-9f57-0d7f4c1f3a10"}}})");
  ASSERT_TRUE(job);
  EXPECT_EQ(job->tasks[0].inputs[0], "6b1f0c0e-5a0e-4f0e-9f57-0d7f4c1f3a10");
}

TEST_F(Parse, RequiresAnInputWhereOneIsNeeded) {
  for (const auto* input : {"", R"(,"input":null)", R"(,"input":[])", R"(,"input":"")"}) {
    const auto error = error_of(std::string(R"({"tasks":{"a":{"operation":"export/url")") + input + "}}}");
    EXPECT_EQ(error.field, "tasks.a.input");
    EXPECT_EQ(error.message, "Task a: The input field is required.");
  }
  for (const auto* input : {"3", "{}", "[[]]", "[null]", "true"}) {
    EXPECT_EQ(error_of(std::string(R"({"tasks":{"a":{"operation":"export/url","input":)") + input + "}}}").field,
              "tasks.a.input")
        << input;
  }
}

TEST_F(Parse, CountsFurtherReferencesAsInputs) {
  const auto text = [](std::string_view subtitles) {
    return R"({"tasks":{"v":{"operation":"import/url","url":"x"},"s":{"operation":"import/url","url":"x"},
      "c":{"operation":"convert","input":"v","output_format":"mp4","subtitles":)" +
           std::string(subtitles) + "}}}";
  };
  EXPECT_EQ(parse(text("\"s\""))->tasks[2].inputs, (std::vector<std::string>{"v", "s"}));
  EXPECT_EQ(error_of(text("\"x\"")).field, "tasks.c.subtitles");
  EXPECT_EQ(error_of(text("\"c\"")).field, "tasks.c.subtitles");
}

TEST_F(Parse, KnowsTheMisspelledAzureOperation) {
  EXPECT_EQ(parse(R"({"tasks":{"a":{"operation":"import/azure-blob"}}})")->tasks[0].operation, "import/azure/blob");
  EXPECT_EQ(one("import/azure-blob", "{}")->operation, "import/azure/blob");
  EXPECT_EQ(one("export/azure-blob", "{}")->operation, "export/azure/blob");
}

TEST_F(Parse, RedirectsOnlyToAnExport) {
  EXPECT_EQ(error_of(R"({"redirect":true,"tasks":{"a":{"operation":"import/url","url":"x"}}})").field, "redirect");
  const auto job = parse(
      R"({"redirect":"true","tasks":{"a":{"operation":"import/url","url":"x"},"o":{"operation":"export/url","input":"a"}}})");
  ASSERT_TRUE(job);
  EXPECT_TRUE(job->redirect);
}

TEST_F(Parse, RefusesMoreInputsThanAJobCouldHave) {
  std::string inputs;
  for (int i = 0; i < 10'001; ++i) inputs += i == 0 ? "\"a\"" : ",\"a\"";
  const auto error = error_of(
      R"({"tasks":{"a":{"operation":"import/url","url":"x"},"m":{"operation":"merge","input":[)" + inputs + "]}}}");
  EXPECT_EQ(error.field, "tasks.m.input");
}

TEST_F(Parse, ReadsAStandaloneTask) {
  const auto task = one(
      "convert",
      R"({"operation":"convert","name":"x","input":["6b1f0c0e-5a0e-4f0e-9f57-0d7f4c1f3a10"],"output_format":"pdf","extra":1})");
  ASSERT_TRUE(task) << task.error().message;
  EXPECT_EQ(task->name, "");
  EXPECT_EQ(json::serialize(task->payload),
            R"({"input":["6b1f0c0e-5a0e-4f0e-9f57-0d7f4c1f3a10"],"output_format":"pdf","extra":1})");
  EXPECT_EQ(one("convert", R"({"input":"x"})").error().field, "output_format");
  EXPECT_EQ(one("convert", R"({"output_format":"x"})").error().field, "input");
  EXPECT_EQ(one("nothing", "{}").error().code, ErrorCode::not_found);
}

TEST_F(Parse, ListsReferencedTasks) {
  const auto body = schema::parse_body(R"({"input":["a","b","a"],"subtitles":["s"]})").value();
  const std::vector<Reference> expected{{"input", "a"}, {"input", "b"}, {"input", "a"}, {"subtitles", "s"}};
  EXPECT_EQ(references_of(body, *registry_.find("convert")).value(), expected);
}

}  // namespace
}  // namespace recast::job
