#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {
Result<> register_pdf_rotate_pages(operation::Registry& registry);

namespace {

using operation::test::check_error;
using operation::test::FakeContext;
using operation::test::FakeEngine;

operation::Operation make() { return operation::test::registered(&register_pdf_rotate_pages, "pdf/rotate-pages"); }

engine::Info engine() {
  return {.name = "qpdf", .abilities = {{.operation = "pdf/rotate-pages", .conversions = {{"", "", 10, {}}}}}};
}

TEST(PdfRotatePages, IsDoneByAnEngineWithItsOptions) {
  const FakeEngine qpdf(engine());
  FakeContext context{{{.engine = &qpdf, .version = "1"}}};
  context.on_execute = [](const operation::Execution&) {
    return std::vector<std::pair<std::string, std::string>>{{"out.pdf", "x"}};
  };
  context.add_input("a.b.PDF", "%PDF-1.7\n");
  const auto outcome = make().run(context, {{"option", "value"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->files.at(0).name, "a.b.pdf");
  EXPECT_EQ(qpdf.requests.at(0).options.at("option"), "value");
  EXPECT_EQ(qpdf.requests.at(0).operation, "pdf/rotate-pages");
  EXPECT_EQ(context.last_run.first, "qpdf");
}

TEST(PdfRotatePages, HearsOfWrongOptionsAtCreation) {
  FakeEngine qpdf(engine());
  qpdf.check = [](const engine::Request&) -> Result<> { return fail(ErrorCode::invalid_data, "Wrong.", "option"); };
  const FakeContext context{{{.engine = &qpdf, .version = "1"}}};
  EXPECT_EQ(check_error(make(), {}, context.catalogue()).field, "option");
}

}  // namespace
}  // namespace recast::operations
