#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {
Result<> register_pdf_split_pages(operation::Registry& registry);

namespace {

namespace json = boost::json;
using operation::test::check_error;
using operation::test::FakeContext;
using operation::test::FakeEngine;
using testing::ElementsAre;

constexpr std::string_view kPdf = "%PDF-1.7\n";

class Splitting : public testing::Test {
 protected:
  Splitting() {
    context.on_execute = [this](const operation::Execution&) {
      std::vector<std::pair<std::string, std::string>> made;
      for (int page = 1; page <= pages; ++page) made.emplace_back("out-" + std::to_string(page) + ".pdf", "x");
      return made;
    };
  }
  static operation::Operation make() {
    return operation::test::registered(&register_pdf_split_pages, "pdf/split-pages");
  }
  std::vector<std::string> names(const json::object& payload) {
    const auto outcome = make().run(context, payload);
    if (!outcome) return {outcome.error().message};
    std::vector<std::string> list;
    for (const auto& file : outcome->files) list.push_back(file.name);
    return list;
  }

  FakeEngine qpdf{{.name = "qpdf", .abilities = {{.operation = "pdf/split-pages", .conversions = {{"", "", 10, {}}}}}}};
  FakeContext context{{{.engine = &qpdf, .version = "1"}}};
  int pages = 3;
};

TEST_F(Splitting, NumbersThePages) {
  context.add_input("report.final.pdf", kPdf);
  EXPECT_THAT(names({}), ElementsAre("report.final-1.pdf", "report.final-2.pdf", "report.final-3.pdf"));
  EXPECT_THAT(names({{"filename", "page-%02d.pdf"}}), ElementsAre("page-01.pdf", "page-02.pdf", "page-03.pdf"));
}

TEST_F(Splitting, KeepsTheNameOfASinglePage) {
  pages = 1;
  context.add_input("upload", kPdf);
  EXPECT_THAT(names({}), ElementsAre("upload.pdf"));
}

TEST_F(Splitting, TreatsEveryFileByItself) {
  pages = 2;
  context.add_input("a.pdf", kPdf);
  context.add_input("b.pdf", kPdf);
  EXPECT_THAT(names({}), ElementsAre("a-1.pdf", "a-2.pdf", "b-1.pdf", "b-2.pdf"));
  EXPECT_EQ(context.executions.size(), 2u);
}

TEST_F(Splitting, TakesNothingButPdf) {
  context.add_input("letter.rtf", "{\\rtf1 Hello}");
  const auto outcome = make().run(context, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::invalid_conversion_type);
  EXPECT_EQ(outcome.error().message, "No engine does pdf/split-pages with rtf.");
  EXPECT_EQ(check_error(make(), {{"input_format", "docx"}}, context.catalogue()).field, "input_format");
  EXPECT_EQ(check_error(make(), {{"input_format", "PDF"}}, context.catalogue()).field, "");
}

TEST_F(Splitting, SaysWhenThereIsNoEngineForIt) {
  FakeContext other;
  other.add_input("a.pdf", kPdf);
  EXPECT_EQ(make().run(other, {}).error().message, "No engine does pdf/split-pages.");
}

TEST_F(Splitting, IsListedWithoutFormats) {
  const auto rows = make().records(context.catalogue());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].from + rows[0].to, "");
  EXPECT_EQ(rows[0].engine_name, "qpdf");
}

}  // namespace
}  // namespace recast::operations
