#include "engine/catalogue.hpp"

#include <gtest/gtest.h>

namespace recast::engine {
namespace {

struct Named final : Engine {
  Named(std::string name, std::vector<std::string> aliases, int rank)
      : name_(std::move(name)), aliases_(std::move(aliases)), rank_(rank) {}
  Info info() const override {
    Info info;
    info.name = name_;
    info.aliases = aliases_;
    info.conversions = {{"docx", "pdf", rank_}, {"jpg", "png", rank_}};
    return info;
  }
  Result<Plan> plan(const Request&) const override { return Plan{}; }
  std::string name_;
  std::vector<std::string> aliases_;
  int rank_;
};

struct CatalogueTest : testing::Test {
  Named writer{"writer", {"office"}, 10};
  Named other{"other", {}, 20};
  Catalogue catalogue{{{&writer, "7.4", "", true, false, false, false, {}},
                       {&writer, "24.8", "/opt/writer", false, true, false, false, {}},
                       {&other, "1.0", "", true, true, true, false, {}}}};
};

TEST_F(CatalogueTest, TheLowestRankIsTheDefaultOfAPair) {
  const auto choice = catalogue.choose({.from = "docx", .to = "pdf"});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->engine, &writer);
  EXPECT_EQ(choice->installation->version, "7.4");
  EXPECT_EQ(choice->reported_name, "writer");
}

TEST_F(CatalogueTest, AnAliasIsReportedBackAsTheClientWroteIt) {
  const auto choice = catalogue.choose({.from = "docx", .to = "pdf", .engine = "office"});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->engine, &writer);
  EXPECT_EQ(choice->reported_name, "office");
}

TEST_F(CatalogueTest, AVersionIsChosenExactlyOrAsLatest) {
  EXPECT_EQ(
      catalogue.choose({.from = "docx", .to = "pdf", .engine = "writer", .version = "24.8"})->installation->prefix,
      "/opt/writer");
  EXPECT_EQ(
      catalogue.choose({.from = "docx", .to = "pdf", .engine = "writer", .version = "latest"})->installation->version,
      "24.8");
}

TEST_F(CatalogueTest, UnknownNamesAreNamedByTheirField) {
  EXPECT_EQ(catalogue.choose({.from = "docx", .to = "pdf", .engine = "nobody"}).error().field, "engine");
  EXPECT_EQ(catalogue.choose({.from = "docx", .to = "pdf", .engine = "writer", .version = "3"}).error().field,
            "engine_version");
  EXPECT_EQ(catalogue.choose({.from = "docx", .to = "mp3"}).error().code, ErrorCode::invalid_conversion_type);
}

TEST_F(CatalogueTest, OtherSpellingsOfAFormatAreTheSameFormat) {
  EXPECT_TRUE(catalogue.choose({.from = "JPEG", .to = "png"}));
}

TEST_F(CatalogueTest, EachPairHasExactlyOneDefault) {
  int defaults = 0;
  for (const auto& pair : catalogue.pairs()) defaults += pair.from == "docx" && pair.is_default;
  EXPECT_EQ(defaults, 1);
  EXPECT_EQ(catalogue.pairs().size(), 6U);  // two engines and an alias, two pairs each
  EXPECT_EQ(catalogue.targets("docx"), std::vector<std::string>{"pdf"});
}

}  // namespace
}  // namespace recast::engine
