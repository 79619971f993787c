#include "account/preset.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace recast::account {
namespace {

Preset invoice() {
  Preset preset{.name = "invoice-pdf", .version = 3, .operation = "convert", .description = {}};
  preset.options = {{"output_format", "pdf"}, {"quality", 80}};
  return preset;
}

TEST(Preset, CompletesWhatATaskDoesNotSay) {
  boost::json::object task{{"operation", "convert"}, {"input", "in"}, {"quality", 90}};
  ASSERT_TRUE(apply_preset(invoice(), "convert", task));
  EXPECT_EQ(boost::json::serialize(task),
            R"({"operation":"convert","input":"in","quality":90,"output_format":"pdf","from_preset":"invoice-pdf@3"})");
}

TEST(Preset, LendsItsOperation) {
  boost::json::object task{{"input", "in"}};
  ASSERT_TRUE(apply_preset(invoice(), "", task));
  EXPECT_EQ(task.at("operation").as_string(), "convert");
}

TEST(Preset, LeavesOutWhatATaskSaysIsNull) {
  boost::json::object task{{"quality", nullptr}};
  ASSERT_TRUE(apply_preset(invoice(), "convert", task));
  EXPECT_TRUE(task.at("quality").is_null());
}

TEST(Preset, IsForOneOperation) {
  boost::json::object task;
  EXPECT_EQ(apply_preset(invoice(), "optimize", task).error().field, "preset");
}

TEST(PresetChoice, IsANameAndMaybeAVersion) {
  EXPECT_EQ(read_preset_choice("invoice-pdf").value().version, std::nullopt);
  EXPECT_EQ(read_preset_choice("invoice-pdf@12").value().version, 12);
  for (const auto* const wrong : {"", "@1", "a@", "a@0", "a@x", "A", "a b", "a@1x"}) {
    EXPECT_FALSE(read_preset_choice(wrong)) << wrong;
  }
}

TEST(Preset, LeavesRoomForAnEnginesOptionOfThatName) {
  auto film = invoice();
  film.options["preset"] = "fast";
  boost::json::object task{{"operation", "convert"}, {"preset", "invoice-pdf"}};
  ASSERT_TRUE(apply_preset(film, "convert", task));
  EXPECT_EQ(task.at("preset"), "fast");
  EXPECT_EQ(task.at("from_preset"), "invoice-pdf@3");
}

TEST(Preset, HasNoNameThatIsAFolder) {
  EXPECT_FALSE(check_preset_name("."));
  EXPECT_FALSE(check_preset_name(".."));
  EXPECT_TRUE(check_preset_name("..."));
}

}  // namespace
}  // namespace recast::account
