#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_qpdf(engine::Registry& registry);

namespace {

namespace json = boost::json;

Result<engine::Plan> plan(const std::string& operation, json::object options = {},
                          std::vector<std::string> inputs = {"in/in-1.pdf"}) {
  return test::engine_of(&register_qpdf)
      .plan({.inputs = std::move(inputs),
             .from = {},
             .to = operation == "merge" ? "pdf" : "",
             .options = std::move(options),
             .operation = operation});
}

const engine::WorkerStep& step(const Result<engine::Plan>& made) {
  return std::get<engine::WorkerStep>(made->steps.at(0).action);
}

std::string refused(const std::string& operation, json::object options) {
  const auto made = plan(operation, std::move(options));
  if (made) return "accepted";
  return made.error().code == ErrorCode::invalid_data ? made.error().field : made.error().message;
}

TEST(QpdfPlan, OneJobOfTheWorkerMakesOneFile) {
  const auto made = plan("pdf/rotate-pages", {{"rotation", "+90"}, {"pages", "1-2"}, {"unknown", 1}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(step(made).worker, "qpdf");
  EXPECT_EQ(step(made).request.at("job"), "pdf/rotate-pages");
  EXPECT_EQ(step(made).request.at("options"), (json::object{{"pages", "1-2"}, {"rotation", "+90"}}));
  EXPECT_EQ(step(made).inputs, std::vector<std::string>{"in/in-1.pdf"});
  EXPECT_EQ(step(made).outputs, std::vector<std::string>{"out/out.pdf"});
  EXPECT_FALSE(step(made).sequence);
  EXPECT_EQ(made->outputs, std::vector<std::string>{"out/out.pdf"});
}

TEST(QpdfPlan, SplittingMakesASequence) {
  const auto made = plan("pdf/split-pages");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(step(made).sequence);
  EXPECT_EQ(step(made).request.at("most_parts"), step(made).limits.files);
  EXPECT_EQ(made->outputs, std::vector<std::string>{"out/out-*.pdf"});
}

TEST(QpdfPlan, MergingTakesManyFilesAndNothingElseDoes) {
  const std::vector<std::string> many(150, "in/in-1.pdf");
  const auto made = plan("merge", {}, many);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(step(made).inputs.size(), 150u);
  EXPECT_GT(step(made).limits.descriptors, 2 * 150u);
  EXPECT_EQ(plan("merge", {}, std::vector<std::string>(151, "in/in-1.pdf")).error().field, "input");
  EXPECT_EQ(plan("pdf/encrypt", {{"set_password", "x"}}, {"in/in-1.pdf", "in/in-2.pdf"}).error().field, "input");
}

TEST(QpdfPlan, RefusesWrongOptionsByName) {
  EXPECT_EQ(refused("pdf/extract-pages", {}), "pages");
  EXPECT_EQ(refused("pdf/extract-pages", {{"pages", "0"}}), "pages");
  EXPECT_EQ(refused("pdf/extract-pages", {{"pages", "2-1"}}), "pages");
  EXPECT_EQ(refused("pdf/extract-pages", {{"page_range", "2,1"}}), "accepted");
  EXPECT_EQ(refused("pdf/rotate-pages", {}), "rotation");
  EXPECT_EQ(refused("pdf/rotate-pages", {{"rotation", "45"}}), "rotation");
  EXPECT_EQ(refused("pdf/rotate-pages", {{"rotation", 90}}), "accepted");
  EXPECT_EQ(refused("pdf/rotate-pages", {{"rotation", -90}, {"pages", nullptr}}), "accepted");
  EXPECT_EQ(refused("pdf/rotate-pages", {{"rotation", "180"}, {"pages", "x"}}), "pages");
  EXPECT_EQ(refused("pdf/encrypt", {}), "set_password");
  EXPECT_EQ(refused("pdf/encrypt", {{"set_password", std::string(128, 'x')}}), "set_password");
  EXPECT_EQ(refused("pdf/encrypt", {{"set_owner_password", std::string("a\0b", 3)}}), "set_owner_password");
  EXPECT_EQ(refused("pdf/encrypt", {{"set_password", "x"}, {"allow_modify", "some"}}), "allow_modify");
  EXPECT_EQ(refused("pdf/encrypt", {{"set_password", "x"}, {"allow_print", "high"}}), "allow_print");
  EXPECT_EQ(refused("pdf/encrypt", {{"set_password", "x"}, {"allow_extract", "perhaps"}}), "allow_extract");
  EXPECT_EQ(refused("pdf/decrypt", {}), "accepted");  // whether the document needs one is known when it is read
}

TEST(QpdfPlan, KeepsPasswordsAsTheyWereSent) {
  const auto made = plan("pdf/encrypt", {{"set_password", " a b "}});
  ASSERT_TRUE(made);
  EXPECT_EQ(step(made).request.at("options").at("set_password"), " a b ");
}

TEST(QpdfPlan, PasswordsAreSecret) {
  std::vector<std::string> secrets;
  for (const auto& ability : test::engine_of(&register_qpdf).info().abilities) {
    for (const auto& option : ability.options) {
      if (option.secret) secrets.push_back(ability.operation + " " + option.name);
    }
  }
  EXPECT_EQ(secrets, (std::vector<std::string>{"pdf/encrypt set_password", "pdf/encrypt set_owner_password",
                                               "pdf/decrypt password"}));
}

}  // namespace
}  // namespace recast::engines
