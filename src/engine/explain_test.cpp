#include "engine/explain.hpp"

#include <gtest/gtest.h>

namespace recast::engine {
namespace {

Error explained(std::string_view errors, int exit_code = 1, int signal = 0) {
  return explain_by({{"Incorrect password", ErrorCode::open_failed, "The password is wrong.", "password"},
                     {"not a PDF", ErrorCode::open_failed, "The file is no PDF document."}},
                    {.exit_code = exit_code, .signal = signal, .output = {}, .errors = errors}, "tool");
}

TEST(Explain, TheFirstPhraseThatIsFoundIsTheCause) {
  const auto error = explained("warning: odd\nerror: INCORRECT password given\n");
  EXPECT_EQ(error.code, ErrorCode::open_failed);
  EXPECT_EQ(error.message, "The password is wrong.");
  EXPECT_EQ(error.field, "password");
  EXPECT_EQ(explained("it is not a pdf").field, "");
}

TEST(Explain, ElseTheLastLineIsOrHowTheProgramEnded) {
  EXPECT_EQ(explained("first\nlast words \n\n").message, "last words");
  EXPECT_EQ(explained("first").code, ErrorCode::conversion_failed);
  EXPECT_EQ(explained("", 3).message, "tool ended with status 3.");
  EXPECT_EQ(explained("", 0, 11).message, "tool crashed (signal 11).");
}

TEST(Explain, AFullDiskIsNoFaultOfTheDocument) {
  EXPECT_EQ(explained("write: No space left on device").code, ErrorCode::disk_full);
}

TEST(Explain, LinesAreCutToWhatAMessageBears) {
  EXPECT_EQ(last_line(std::string(5000, 'x')).size(), 300U);
  EXPECT_EQ(last_line("\n \n"), "");
}

}  // namespace
}  // namespace recast::engine
