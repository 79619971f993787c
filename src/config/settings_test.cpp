#include "config/settings.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "../../tests/support/temporary_folder.hpp"

namespace recast::config {
namespace {

struct Sample {
  int lease_seconds = 60;
  bool loud = false;
  std::string name = "recast";
  std::vector<std::string> hosts;
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&Sample::lease_seconds, "lease_seconds", "How long.", {.min = 3, .max = 3600}),
      schema::field(&Sample::loud, "loud", "Whether."),
      schema::field(&Sample::name, "name", "Which."),
      schema::field(&Sample::hosts, "hosts", "Where."),
      schema::field(&Sample::password, "password", "Secret.", {.secret = true}),
  };
};

struct SettingsTest : testing::Test {
  SettingsTest() {
    settings.section("sample", "A sample.", sample);
    settings.tree("engines", "Engines.", engines);
    settings.tree("sample.override", "Other samples.", overrides);
  }
  Result<> load(std::string_view file, std::map<std::string, std::string> environment = {},
                std::vector<std::pair<std::string, std::string>> flags = {}) {
    return settings.load({folder.write("recast.toml", file), std::move(environment), std::move(flags)});
  }
  test::TemporaryFolder folder;
  Sample sample;
  json::object engines;
  json::object overrides;
  Settings settings;
};

TEST_F(SettingsTest, FlagsWinOverTheEnvironmentAndThatOverTheFile) {
  ASSERT_TRUE(load("[sample]\nlease_seconds = 10\nname = 'file'\nloud = true\n",
                   {{"RECAST_SAMPLE_LEASE_SECONDS", "20"}, {"RECAST_SAMPLE_NAME", "environment"}},
                   {{"sample.lease_seconds", "30"}}));
  EXPECT_EQ(sample.lease_seconds, 30);
  EXPECT_EQ(sample.name, "environment");
  EXPECT_TRUE(sample.loud);
}

TEST_F(SettingsTest, ListsComeFromCommasInTheEnvironment) {
  ASSERT_TRUE(load("", {{"RECAST_SAMPLE_HOSTS", "a.example, b.example:9000,"}}));
  EXPECT_EQ(sample.hosts, (std::vector<std::string>{"a.example", "b.example:9000"}));
}

TEST_F(SettingsTest, AnUnknownSettingIsNamed) {
  EXPECT_EQ(load("[sample]\nlaese_seconds = 10\n").error().field, "sample.laese_seconds");
  EXPECT_EQ(load("[smaple]\n").error().field, "smaple");
  EXPECT_EQ(load("", {}, {{"sample.nothing", "1"}}).error().field, "sample.nothing");
}

TEST_F(SettingsTest, AWrongValueIsNamedWithItsSection) {
  const auto loaded = load("[sample]\nlease_seconds = 1\n");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().field, "sample.lease_seconds");
  EXPECT_EQ(loaded.error().message, "The lease_seconds must be at least 3.");
}

TEST_F(SettingsTest, ABrokenFileIsReportedWithItsLine) {
  const auto loaded = load("[sample]\nname = \n");
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("recast.toml:2"), std::string::npos) << loaded.error().message;
}

TEST_F(SettingsTest, WhatIsPrintedCanBeLoadedAgainAndHidesSecrets) {
  ASSERT_TRUE(
      load("[sample]\npassword = 'hunter2'\nhosts = ['x']\n[engines.poppler.install.old]\npath = '/opt/poppler'\n"));
  const auto text = settings.print();
  EXPECT_EQ(text.find("hunter2"), std::string::npos);
  EXPECT_TRUE(load(text)) << text;
  EXPECT_EQ(sample.hosts, std::vector<std::string>{"x"});
  EXPECT_TRUE(engines.contains("poppler"));
  EXPECT_EQ(sample.password, "");  // and not the text that stands for it
}

TEST_F(SettingsTest, ATreeMayBePartOfASection) {
  ASSERT_TRUE(load("[sample]\nname = 'x'\n[sample.override.'export/sftp']\nallow = ['nas.lan:22']\nhttp = false\n"));
  EXPECT_EQ(sample.name, "x");
  EXPECT_EQ(json::serialize(overrides), R"({"export/sftp":{"allow":["nas.lan:22"],"http":false}})");
  const auto text = settings.print();
  EXPECT_NE(text.find("[sample.override.\"export/sftp\"]\nallow = [\"nas.lan:22\"]\n"), std::string::npos) << text;
  overrides.clear();
  ASSERT_TRUE(load(text)) << text;
  EXPECT_TRUE(overrides.contains("export/sftp"));
  EXPECT_EQ(load("[sample]\noverride = 'x'\n").error().field, "sample.override");
  EXPECT_EQ(load("", {}, {{"sample.override", "x"}}).error().field, "sample.override");
}

TEST_F(SettingsTest, AnEmptyValueIsNoDefault) {
  for (const auto* const name : {"lease_seconds", "loud", "name"}) {
    const auto loaded = load("", {}, {{std::string("sample.") + name, " "}});
    ASSERT_FALSE(loaded) << name;
    EXPECT_EQ(loaded.error().field, std::string("sample.") + name);
    EXPECT_EQ(loaded.error().message, std::string("The ") + name + " must not be empty.");
  }
  EXPECT_TRUE(load("", {{"RECAST_SAMPLE_HOSTS", ""}, {"RECAST_SAMPLE_PASSWORD", ""}}));
}

TEST_F(SettingsTest, TheReferenceHasARowPerSetting) {
  const auto text = settings.reference();
  for (const auto& [name, doc] : settings.names()) {
    EXPECT_NE(text.find("`" + name.substr(7) + "`"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace recast::config
