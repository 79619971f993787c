#include <gtest/gtest.h>

#include "engine/registry.hpp"

namespace recast::engines {

Result<> register_vips(engine::Registry& registry);

namespace {

class VipsPlan : public testing::Test {
 protected:
  VipsPlan() { EXPECT_TRUE(register_vips(registry_)); }

  Result<engine::Plan> plan(const std::string& from, const std::string& to, engine::json::object options = {}) const {
    return registry_.find("vips")->plan({.inputs = {"in/in-1." + from},
                                         .from = from,
                                         .to = to,
                                         .options = std::move(options),
                                         .engine = "vips",
                                         .install = {}});
  }
  static const engine::WorkerStep& step(const Result<engine::Plan>& plan) {
    return std::get<engine::WorkerStep>(plan->steps.at(0).action);
  }
  std::string refused(const std::string& to, engine::json::object options) const {
    const auto result = plan("png", to, std::move(options));
    return result ? "accepted" : result.error().field;
  }

  engine::Registry registry_;
};

TEST_F(VipsPlan, AnImageBecomesOneFile) {
  const auto made = plan("jpg", "png");
  ASSERT_TRUE(made);
  EXPECT_EQ(step(made).worker, "vips");
  EXPECT_EQ(step(made).inputs, std::vector<std::string>{"in/in-1.jpg"});
  EXPECT_EQ(step(made).outputs, std::vector<std::string>{"out/out.png"});
  EXPECT_FALSE(step(made).sequence);
  EXPECT_EQ(made->outputs, std::vector<std::string>{"out/out.png"});
}

TEST_F(VipsPlan, PagesBecomeFilesWhereTheFormatHoldsOne) {
  const auto made = plan("tiff", "png");
  ASSERT_TRUE(made);
  EXPECT_TRUE(step(made).sequence);
  EXPECT_EQ(made->outputs, std::vector<std::string>{"out/out-*.png"});
  EXPECT_TRUE(step(plan("gif", "jpg")).sequence);
  EXPECT_TRUE(step(plan("tiff", "webp")).sequence);
}

TEST_F(VipsPlan, PagesStayTogetherWhereTheFormatHoldsThem) {
  for (const auto* to : {"tiff", "gif", "pdf"}) EXPECT_FALSE(step(plan("tiff", to)).sequence) << to;
  EXPECT_FALSE(step(plan("gif", "webp")).sequence);
  EXPECT_FALSE(step(plan("webp", "gif")).sequence);
}

TEST_F(VipsPlan, OnePageIsOneFile) {
  EXPECT_FALSE(step(plan("tiff", "png", {{"pages", "3"}})).sequence);
  EXPECT_TRUE(step(plan("tiff", "png", {{"page_range", "1-2"}})).sequence);
  EXPECT_FALSE(step(plan("ico", "png")).sequence);
  EXPECT_TRUE(step(plan("ico", "png", {{"pages", "1-"}})).sequence);
}

TEST_F(VipsPlan, OptionsReachTheWorker) {
  const auto made = plan("jpg", "webp", {{"width", "640"}, {"strip", "true"}, {"unknown", 1}, {"quality", nullptr}});
  ASSERT_TRUE(made);
  const auto& options = step(made).request.at("options").as_object();
  EXPECT_EQ(options.at("width"), 640);
  EXPECT_EQ(options.at("strip"), true);
  EXPECT_TRUE(options.at("quality").is_null());
  EXPECT_FALSE(options.contains("unknown"));
}

TEST_F(VipsPlan, RefusesWrongOptionsByName) {
  EXPECT_EQ(refused("png", {{"width", 0}}), "width");
  EXPECT_EQ(refused("png", {{"fit", "stretch"}}), "fit");
  EXPECT_EQ(refused("jpg", {{"quality", 101}}), "quality");
  EXPECT_EQ(refused("png", {{"pages", "0"}}), "pages");
  EXPECT_EQ(refused("png", {{"background", "redish"}}), "background");
  EXPECT_EQ(refused("png", {{"colorspace", "cmyk"}}), "colorspace");
  EXPECT_EQ(refused("jpg", {{"colorspace", "cmyk"}, {"background", "#FF8000"}}), "accepted");
}

TEST_F(VipsPlan, RefusesPairsItDoesNotHave) {
  EXPECT_EQ(plan("pdf", "png").error().code, ErrorCode::invalid_conversion_type);
  EXPECT_EQ(plan("png", "svg").error().code, ErrorCode::invalid_conversion_type);
}

TEST_F(VipsPlan, ItsProbeIsAPairItHas) {
  const auto info = registry_.find("vips")->info();
  EXPECT_TRUE(plan(info.probe.from, info.probe.to));
  EXPECT_FALSE(info.probe.content.empty());
  EXPECT_EQ(info.workers.at(0).name, "vips");
}

}  // namespace
}  // namespace recast::engines
