#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {
Result<> register_merge(operation::Registry& registry);

namespace {

namespace json = boost::json;
using operation::test::check_error;
using operation::test::FakeContext;
using operation::test::FakeEngine;
using testing::ElementsAre;

constexpr std::string_view kPdf = "%PDF-1.7\n";
constexpr std::string_view kRtf = "{\\rtf1 Hello}";

operation::Operation make(std::string_view name = "merge") {
  return operation::test::registered(&register_merge, name);
}

class Merging : public testing::Test {
 protected:
  Merging() {
    context.on_execute = [this](const operation::Execution& execution) {
      inputs.push_back(execution.input_names);
      return std::vector<std::pair<std::string, std::string>>{{"out.pdf", "%PDF-1.7 made"}};
    };
  }
  static engine::Info joiner() {
    return {.name = "qpdf",
            .abilities = {{.operation = "merge", .conversions = {{"", "pdf", 10, {}}}, .most_inputs = 150}}};
  }
  Result<operation::Outcome> run(json::object payload = {{"output_format", "pdf"}}, std::string_view name = "merge") {
    return make(name).run(context, payload);
  }
  static std::vector<std::string> names(const Result<operation::Outcome>& outcome) {
    if (!outcome) return {outcome.error().message};
    std::vector<std::string> list;
    for (const auto& file : outcome->files) list.push_back(file.name);
    return list;
  }

  FakeEngine qpdf{joiner()};
  FakeEngine office{"libreoffice", {{"rtf", "pdf"}, {"docx", "pdf"}}, {operation::test::option("password")}};
  FakeContext context{{{.engine = &qpdf, .version = "11.3.0"}, {.engine = &office, .version = "7.4"}}};
  std::vector<std::vector<std::string>> inputs;
};

TEST_F(Merging, GivesAllFilesToTheEngineInOrder) {
  context.add_input("one.pdf", kPdf);
  context.add_input("two.PDF", kPdf);
  context.add_input("three", kPdf);
  const auto outcome = run();
  EXPECT_THAT(names(outcome), ElementsAre("one.pdf"));
  ASSERT_EQ(context.executions.size(), 1u);
  EXPECT_THAT(inputs[0], ElementsAre("in/in-1.pdf", "in/in-2.pdf", testing::StartsWith("in/in-3.")));
  for (std::size_t at = 0; at < 3; ++at) EXPECT_EQ(context.executions[0].inputs[at], context.inputs()[at].path);
  EXPECT_EQ(context.last_run, (std::pair<std::string, std::string>("qpdf", "11.3.0")));
  EXPECT_EQ(context.executions[0].percent_to, 100);
}

TEST_F(Merging, ConvertsWhatIsNotPdfBefore) {
  context.add_input("letter.final.rtf", kRtf);
  context.add_input("two.pdf", kPdf);
  EXPECT_THAT(names(run()), ElementsAre("letter.final.pdf"));
  ASSERT_EQ(context.executions.size(), 2u);
  EXPECT_THAT(inputs[0], ElementsAre("in/in-1.rtf"));
  EXPECT_THAT(inputs[1], ElementsAre("in/in-1.pdf", "in/in-2.pdf"));
  EXPECT_NE(context.executions[1].inputs[0], context.inputs()[0].path);
  EXPECT_EQ(context.executions[1].inputs[1], context.inputs()[1].path);
  EXPECT_EQ(context.last_run.first, "qpdf");
  EXPECT_LE(context.executions[0].percent_to, context.executions[1].percent_from);
}

TEST_F(Merging, PassesNoOptionsToInnerConversions) {
  context.add_input("a.rtf", kRtf);
  context.add_input("b.pdf", kPdf);
  ASSERT_TRUE(run({{"output_format", "pdf"}, {"engine", "qpdf"}, {"input_format", "docx"}, {"password", "x"}}));
  EXPECT_TRUE(office.requests.at(0).options.empty());
  EXPECT_EQ(office.requests.at(0).from, "rtf");  // input_format is what some clients send without a meaning
}

TEST_F(Merging, TakesTheNameThatIsAskedFor) {
  context.add_input("a.pdf", kPdf);
  context.add_input("b.pdf", kPdf);
  EXPECT_THAT(names(run({{"output_format", "pdf"}, {"filename", "x/all.pdf"}})), ElementsAre("all.pdf"));
}

TEST_F(Merging, MergesManyFilesInSeveralRounds) {
  for (int at = 0; at < 250; ++at) context.add_input("a" + std::to_string(at) + ".pdf", kPdf);
  EXPECT_THAT(names(run()), ElementsAre("a0.pdf"));
  ASSERT_EQ(inputs.size(), 4u);
  EXPECT_EQ(inputs[0].size(), 100u);
  EXPECT_EQ(inputs[1].size(), 100u);
  EXPECT_EQ(inputs[2].size(), 50u);
  EXPECT_EQ(inputs[3].size(), 3u);
  EXPECT_EQ(context.executions[1].inputs[0], context.inputs()[100].path);
}

TEST_F(Merging, NeedsTwoFiles) {
  EXPECT_EQ(run().error().code, ErrorCode::input_task_failed);
  context.add_input("a.pdf", kPdf);
  const auto outcome = run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::conversion_failed);
  EXPECT_EQ(outcome.error().field, "input");
}

TEST_F(Merging, SaysWhichFileCannotBeUsed) {
  context.add_input("a.pdf", kPdf);
  context.add_input("song.mp3", "ID3\4\0\0\0\0\0\0");
  EXPECT_EQ(run().error().code, ErrorCode::invalid_conversion_type);
  FakeContext other{{{.engine = &qpdf, .version = "1"}, {.engine = &office, .version = "1"}}};
  other.add_input("a.pdf", "{\\rtf1 no PDF}");
  other.add_input("b.pdf", kPdf);
  const auto wrong = make().run(other, {{"output_format", "pdf"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::open_failed);
  EXPECT_THAT(wrong.error().message, testing::HasSubstr("a.pdf"));
}

TEST_F(Merging, NamesTheFileWhoseConversionFails) {
  context.add_input("a.pdf", kPdf);
  context.add_input("b.rtf", kRtf);
  context.on_execute = [](const operation::Execution&) -> Result<std::vector<std::pair<std::string, std::string>>> {
    return fail(ErrorCode::conversion_failed, "It is broken.");
  };
  EXPECT_EQ(run().error().message, "b.rtf: It is broken.");
}

TEST_F(Merging, IsCheckedAtCreation) {
  const auto field = [&](json::object payload, std::string_view name = "merge") {
    return check_error(make(name), payload, context.catalogue()).field;
  };
  EXPECT_EQ(field({}), "output_format");
  EXPECT_EQ(field({{"output_format", "docx"}}), "output_format");
  EXPECT_EQ(field({{"output_format", "pdf"}}), "");
  EXPECT_EQ(field({{"output_format", "pdf"}, {"engine", "word"}}), "engine");
  EXPECT_EQ(field({{"output_format", "pdf"}, {"engine", "libreoffice"}}), "output_format");
  EXPECT_EQ(field({{"output_format", "pdf"}, {"engine_version", "9"}, {"engine", "qpdf"}}), "engine_version");
  EXPECT_EQ(field({}, "pdf/merge"), "");
}

TEST_F(Merging, HasAnotherNameThatTheCatalogueDoesNotShow) {
  context.add_input("a.pdf", kPdf);
  context.add_input("b.pdf", kPdf);
  EXPECT_THAT(names(run({}, "pdf/merge")), ElementsAre("a.pdf"));
  EXPECT_FALSE(make("pdf/merge").records);
  const auto rows = make().records(context.catalogue());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].from, "");
  EXPECT_EQ(rows[0].to, "pdf");
  EXPECT_EQ(make().engine_of({{"output_format", "pdf"}}, context.catalogue()).first, "qpdf");
}

TEST_F(Merging, StopsWhenItIsCancelled) {
  context.add_input("a.pdf", kPdf);
  context.add_input("b.pdf", kPdf);
  context.stopper.request_stop();
  EXPECT_EQ(run().error().code, ErrorCode::cancelled);
  EXPECT_TRUE(context.executions.empty());
}

}  // namespace
}  // namespace recast::operations
