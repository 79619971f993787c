#include "engine/catalogue.hpp"

#include <gtest/gtest.h>

namespace recast::engine {
namespace {

struct Named final : Engine {
  Named(std::string name, std::vector<std::string> aliases, int rank)
      : Engine(describe(std::move(name), std::move(aliases), rank)) {}
  static Info describe(std::string name, std::vector<std::string> aliases, int rank) {
    Info info;
    info.name = std::move(name);
    info.aliases = std::move(aliases);
    info.abilities = {{.conversions = {{"docx", "pdf", rank}, {"jpg", "png", rank}}, .options = {}}};
    if (rank == 20) {
      info.abilities.push_back({.operation = "optimize",
                                .conversions = {{"pdf", "pdf"}},
                                .options = {{.name = "profile"}},
                                .most_inputs = 3});
    }
    return info;
  }
  Result<Plan> make_plan(const Request&) const override { return Plan{}; }
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

/// Has one of the pairs, and the name of another engine there.
struct Guest final : Engine {
  Guest() : Engine(describe()) {}
  static Info describe() {
    Info info;
    info.name = "guest";
    info.takes_over = {"office"};
    info.abilities = {{.conversions = {{"docx", "pdf", 80}, {"docx", "odt", 80, {"ghost"}}}, .options = {}}};
    return info;
  }
  Result<Plan> make_plan(const Request&) const override { return Plan{}; }
};

TEST_F(CatalogueTest, AnAliasMeansTheEngineThatTakesItOverWhereThatIsInstalled) {
  const Guest guest;
  const Catalogue both{{{&writer, "7.4", "", true, false, false, false, {}},
                        {&guest, "8.1", "/opt/guest", true, true, false, false, {}}}};
  const auto choice = both.choose({.from = "docx", .to = "pdf", .engine = "office"});
  ASSERT_TRUE(choice) << choice.error().message;
  EXPECT_EQ(choice->engine, &guest);
  EXPECT_EQ(choice->reported_name, "office");
  EXPECT_EQ(choice->installation->prefix, "/opt/guest");
  EXPECT_EQ(both.choose({.from = "docx", .to = "pdf", .engine = "office", .version = "2019"})->engine, &guest);
  EXPECT_EQ(both.choose({.from = "docx", .to = "pdf"})->engine, &writer) << "the default stays";
  EXPECT_EQ(both.choose({.from = "docx", .to = "pdf", .engine = "guest"})->engine, &guest);
  EXPECT_EQ(both.choose({.from = "jpg", .to = "png", .engine = "office"})->engine, &writer) << "a pair it has not";
  EXPECT_EQ(both.choices({.from = "docx", .to = "pdf", .engine = "office"})->size(), 1U);
}

TEST_F(CatalogueTest, AVersionIsChosenExactlyOrAsLatest) {
  EXPECT_EQ(
      catalogue.choose({.from = "docx", .to = "pdf", .engine = "writer", .version = "24.8"})->installation->prefix,
      "/opt/writer");
  EXPECT_EQ(
      catalogue.choose({.from = "docx", .to = "pdf", .engine = "writer", .version = "latest"})->installation->version,
      "24.8");
}

TEST_F(CatalogueTest, VersionsOfTheProductAnAliasStandsForMeanTheDefault) {
  const auto pinned = catalogue.choose({.from = "docx", .to = "pdf", .engine = "office", .version = "2019"});
  ASSERT_TRUE(pinned) << pinned.error().message;
  EXPECT_EQ(pinned->installation->version, "7.4") << "what really runs is told";
  EXPECT_EQ(pinned->reported_name, "office");
  EXPECT_EQ(
      catalogue.choose({.from = "docx", .to = "pdf", .engine = "office", .version = "24.8"})->installation->prefix,
      "/opt/writer");
  EXPECT_EQ(catalogue.choose({.from = "docx", .to = "pdf", .engine = "writer", .version = "2019"}).error().field,
            "engine_version");
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

TEST_F(CatalogueTest, OthersStandBehindTheFirstUnlessTheClientNamedOne) {
  const auto all = catalogue.choices({.from = "docx", .to = "pdf"});
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);  // the alias is no other engine
  EXPECT_EQ(all->back().engine, &other);
  EXPECT_EQ(catalogue.choices({.from = "docx", .to = "pdf", .engine = "office"})->size(), 1U);
}

TEST_F(CatalogueTest, AnEngineMayServeSeveralOperations) {
  EXPECT_TRUE(catalogue.choose({.from = "pdf", .to = "pdf", .operation = "optimize"}));
  EXPECT_EQ(catalogue.choose({.from = "pdf", .to = "pdf"}).error().message, "No engine converts pdf to pdf.");
  EXPECT_EQ(catalogue.choose({.from = "png", .to = "png", .operation = "optimize"}).error().message,
            "No engine does optimize with png.");
  EXPECT_EQ(catalogue.pairs("optimize").size(), 1U);
  EXPECT_TRUE(other.has_option("optimize", "pdf", "pdf", "profile"));
  EXPECT_FALSE(other.has_option("convert", "docx", "pdf", "profile"));
}

TEST(Abilities, OfOneOperationHaveOptionsOfTheirOwn) {
  Info info{.name = "two"};
  info.abilities = {{.conversions = pairs({"pdf", "xps"}, {"png", "pdf"}), .options = {{.name = "pages"}}},
                    {.conversions = {{"docx", "pdf"}}, .options = {{.name = "quality"}}}};
  struct Two final : Engine {
    explicit Two(Info what) : Engine(std::move(what)) {}
    Result<Plan> make_plan(const Request&) const override { return Plan{}; }
  };
  const Two engine(std::move(info));
  EXPECT_TRUE(engine.has_option("convert", "xps", "pdf", "pages"));
  EXPECT_EQ(engine.ability("convert", "pdf", "pdf"), nullptr);
  EXPECT_FALSE(engine.has_option("convert", "docx", "pdf", "pages"));
  EXPECT_TRUE(engine.has_option("convert", "docx", "pdf", "quality"));
}

TEST(Installations, LackThePairsWhoseProgramsAreNotThere) {
  Info info{.name = "raster"};
  info.abilities = {{.conversions = pairs({"png"}, {"pdf", "eps"}, 10, {"ghost"}), .options = {}},
                    {.conversions = pairs({"png"}, {"jpg"}), .options = {}}};
  struct Raster final : Engine {
    explicit Raster(Info what) : Engine(std::move(what)) {}
    Result<Plan> make_plan(const Request&) const override { return Plan{}; }
  };
  const Raster engine(std::move(info));
  Installation without{.engine = &engine, .version = "1"};
  without.lacking = {"ghost"};
  const Catalogue catalogue({without});
  EXPECT_TRUE(catalogue.choose({.from = "png", .to = "jpg"}));
  EXPECT_FALSE(catalogue.choose({.from = "png", .to = "pdf"}));
  EXPECT_EQ(catalogue.pairs("convert").size(), 1U);
}

TEST_F(CatalogueTest, AnEngineRefusesWhatItDoesNotDo) {
  const auto plan = [&](std::string operation, std::string from, std::size_t inputs) {
    Request request{.inputs = std::vector<std::string>(inputs, "in/in-1.pdf"), .from = from, .to = "pdf"};
    request.operation = std::move(operation);
    return other.plan(request);
  };
  EXPECT_TRUE(plan("optimize", "pdf", 3));
  EXPECT_EQ(plan("optimize", "png", 1).error().code, ErrorCode::invalid_conversion_type);
  EXPECT_EQ(plan("convert", "pdf", 1).error().code, ErrorCode::invalid_conversion_type);
  EXPECT_EQ(plan("optimize", "pdf", 4).error().field, "input");
  EXPECT_EQ(plan("convert", "docx", 2).error().message, "other takes one file at a time.");
  EXPECT_EQ(plan("convert", "docx", 0).error().field, "input");
}

TEST_F(CatalogueTest, EachPairHasExactlyOneDefault) {
  int defaults = 0;
  for (const auto& pair : catalogue.pairs("convert")) defaults += pair.from == "docx" && pair.is_default;
  EXPECT_EQ(defaults, 1);
  EXPECT_EQ(catalogue.pairs("convert").size(), 6U);  // two engines and an alias, two pairs each
  EXPECT_EQ(catalogue.targets("docx"), std::vector<std::string>{"pdf"});
}

}  // namespace
}  // namespace recast::engine
