#include "account/credits.hpp"

#include <gtest/gtest.h>

namespace recast::account {
namespace {

Result<Prices> read(const boost::json::object& tree) {
  return Prices::read(
      tree, [](std::string_view name) { return name == "convert" || name == "pdf/ocr" || name == "import/url"; },
      [](std::string_view name) { return name == "chrome" || name == "tesseract"; });
}

TEST(Prices, AreOneForWorkAndNothingForTransfersFromTheStart) {
  const Prices prices;
  EXPECT_EQ(prices.of("convert", "vips"), 1);
  EXPECT_EQ(prices.of("import/url", ""), 0);
  EXPECT_EQ(prices.of("export/s3", ""), 0);
  EXPECT_EQ(prices.of("metadata", "exiftool"), 0);
}

TEST(Prices, OfAnEngineGoBeforeThoseOfItsOperation) {
  const auto prices = read({{"convert", 2}, {"convert/chrome", 5}, {"pdf/ocr/tesseract", 0}}).value();
  EXPECT_EQ(prices.of("convert", "vips"), 2);
  EXPECT_EQ(prices.of("convert", "chrome"), 5);
  EXPECT_EQ(prices.of("pdf/ocr", "tesseract"), 0);
  EXPECT_EQ(prices.of("pdf/ocr", "other"), 1);
}

TEST(Prices, KnowTheMostThatATaskMayCost) {
  const auto prices = read({{"convert", 2}, {"convert/chrome", 5}, {"pdf/ocr/tesseract", 0}}).value();
  EXPECT_EQ(prices.most("convert", ""), 5);
  EXPECT_EQ(prices.most("convert", "vips"), 2);
  EXPECT_EQ(prices.most("pdf/ocr", ""), 1);
}

TEST(Prices, NameWhatIsWrong) {
  EXPECT_EQ(read({{"convrt", 1}}).error().field, "credits.prices.convrt");
  EXPECT_EQ(read({{"convert/nobody", 1}}).error().message, "There is no engine nobody.");
  EXPECT_EQ(read({{"import/url", 1}}).error().message, "Imports and exports cost nothing.");
  EXPECT_FALSE(read({{"convert", -1}}));
  EXPECT_FALSE(read({{"convert", 1.5}}));
  EXPECT_FALSE(read({{"convert", "1"}}));
  EXPECT_FALSE(read({{"convert", 1'000'001}}));
}

TEST(Ledger, KindsHaveNames) {
  for (const auto kind : {EntryKind::grant, EntryKind::charge, EntryKind::refund, EntryKind::adjust})
    EXPECT_EQ(entry_kind_from(entry_kind_name(kind)), kind);
  EXPECT_FALSE(entry_kind_from("gift"));
}

}  // namespace
}  // namespace recast::account
