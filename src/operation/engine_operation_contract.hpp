#pragma once

#include <gtest/gtest.h>

#include <string>

#include "operation/fake_context.hpp"

namespace recast::operation::test {

/// What holds for every operation that leaves all to an engine and takes and gives PDF: the engine gets the options as
/// they came, the output keeps the input's name, and the engine's complaint reaches the client before a task is made.
inline void expect_pdf_done_by_engine(Result<> (*register_one)(Registry&), const std::string& name) {
  const auto operation = registered(register_one, name);
  FakeEngine qpdf(engine::Info{.name = "qpdf", .abilities = {{.operation = name, .conversions = {{"", "", 10, {}}}}}});
  FakeContext context{{{.engine = &qpdf, .version = "1"}}};
  context.on_execute = [](const Execution&) {
    return std::vector<std::pair<std::string, std::string>>{{"out.pdf", "x"}};
  };
  context.add_input("a.b.PDF", "%PDF-1.7\n");
  const auto outcome = operation.run(context, {{"option", "value"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->files.at(0).name, "a.b.PDF");
  EXPECT_EQ(qpdf.requests.at(0).options.at("option"), "value");
  EXPECT_EQ(qpdf.requests.at(0).operation, name);
  EXPECT_EQ(context.last_run.first, "qpdf");

  qpdf.check = [](const engine::Request&) -> Result<> { return fail(ErrorCode::invalid_data, "Wrong.", "option"); };
  EXPECT_EQ(check_error(operation, {}, context.catalogue()).field, "option");
}

}  // namespace recast::operation::test
