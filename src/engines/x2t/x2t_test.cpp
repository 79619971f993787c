#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"

/// Debian has no x2t. Scripts stand for it here: what is tested is the way it is called and what is made of its
/// answers.
namespace recast::engines {

Result<> register_x2t(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr auto* kHead = R"(#!/bin/sh
[ $# -eq 0 ] && { echo "OOX/binary file converter. Version: 8.1.0"; exit 88; }
value() { sed -n "s,.*<$1>\(.*\)</$1>.*,\1,p" "$parameters"; }
parameters="$1"
from=$(value m_sFileFrom)
to=$(value m_sFileTo)
)";

class X2tStandIn : public testing::Test {
 protected:
  static test::EngineRun& run() {
    static test::EngineRun one(&register_x2t);
    return one;
  }
  /// An installation whose x2t goes on like this.
  static fs::path installed(const std::string& name, const std::string& rest, const std::string& below = "") {
    const auto prefix = run().folder() / name;
    const auto folder = prefix / below;
    fs::create_directories(folder);
    const auto program = run().folder().write("script-" + name, kHead + rest);
    fs::rename(program, folder / "x2t");
    fs::permissions(folder / "x2t", fs::perms(0755));
    return prefix;
  }
  static Result<operation::Executed> convert(const fs::path& install, const std::string& from, const std::string& to,
                                             const std::string& content, const boost::json::object& options = {}) {
    const auto file = run().folder().write("document." + from, content);
    return run().run({.from = from, .to = to, .files = {file}, .options = options, .install = install});
  }
};

TEST_F(X2tStandIn, IsCalledWithItsParameters) {
  const auto prefix =
      installed("recording", "mkdir \"$from.Temp\" && cp \"$parameters\" out/seen.xml && cp \"$from\" \"$to\"");
  const auto done = convert(prefix, "docx", "pdf", "the document", {{"password", "a<b>&c\1"}});
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 1U);
  EXPECT_EQ(test::read_file(done->files[0]), "the document");
  const auto seen = test::read_file(done->files[0].parent_path() / "seen.xml");
  EXPECT_THAT(seen, HasSubstr("<m_nFormatFrom>65</m_nFormatFrom>"));
  EXPECT_THAT(seen, HasSubstr("<m_nFormatTo>513</m_nFormatTo>"));
  EXPECT_THAT(seen, HasSubstr("<m_sPassword>a&lt;b&gt;&amp;c</m_sPassword>"));
  EXPECT_THAT(seen, HasSubstr("<m_sThemeDir>" + prefix.string() + "/sdkjs/slide/themes</m_sThemeDir>"));
  EXPECT_THAT(test::output_of("xmllint --noout " + (done->files[0].parent_path() / "seen.xml").string()),
              testing::AnyOf("", HasSubstr("not found")));
}

TEST_F(X2tStandIn, IsFoundWhereTheVendorPutsIt) {
  for (const auto* const below : {"bin", "converter", "server/FileConverter/bin"}) {
    const auto name = "vendor-" + std::string(1, below[0]);
    const auto done = convert(installed(name, "cp \"$from\" \"$to\"", below), "xlsx", "ods", "sheet");
    EXPECT_TRUE(done) << below << ": " << done.error().message;
  }
}

TEST_F(X2tStandIn, SaysOfTextWhatItIsWrittenIn) {
  const auto plan = test::engine_of(&register_x2t).plan({.inputs = {"in/in-1.csv"}, .from = "csv", .to = "xlsx"});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_THAT(plan->files.at("in/parameters.xml"), HasSubstr("<m_nCsvTxtEncoding>46</m_nCsvTxtEncoding>"));
  EXPECT_THAT(plan->files.at("in/parameters.xml"), HasSubstr("<m_nCsvDelimiter>4</m_nCsvDelimiter>"));
  EXPECT_THAT(plan->files.at("in/parameters.xml"), Not(HasSubstr("m_sThemeDir")));
}

TEST_F(X2tStandIn, EndsAreExplained) {
  const auto end = [&](int status) {
    const auto done =
        convert(installed("ends-" + std::to_string(status), "exit " + std::to_string(status)), "docx", "pdf", "x");
    EXPECT_FALSE(done) << status;
    return done ? Error{} : done.error();
  };
  EXPECT_EQ(end(86).code, ErrorCode::open_failed);
  EXPECT_EQ(end(91).code, ErrorCode::open_failed);
  EXPECT_EQ(end(91).field, "password");
  EXPECT_EQ(end(90).field, "password");
  EXPECT_EQ(end(80).code, ErrorCode::conversion_failed);
  EXPECT_EQ(end(0).code, ErrorCode::conversion_failed) << "no file at all";
}

/// A real converter behind the same call. (Not LibreOffice: the jail of programs has no sockets, on which soffice
/// insists. Another LibreOffice is an installation of the engine libreoffice.)
TEST_F(X2tStandIn, WithTheRealPandocBehindItGivesADocument) {
  if (execution::find_program("pandoc", {}).empty()) GTEST_SKIP() << "pandoc is not installed";
  const auto prefix = installed("pandoc", "pandoc -f html -t docx -o \"$to\" \"$from\"");
  const auto done = convert(prefix, "html", "docx", "<h1>Recast speaks</h1><p>of documents</p>");
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(test::output_of("unzip -p " + done->files.at(0).string() + " word/document.xml"),
              testing::AllOf(HasSubstr("Recast speaks"), HasSubstr("of documents")));
}

}  // namespace
}  // namespace recast::engines
