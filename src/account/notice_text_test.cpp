#include "account/notice_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "../../tests/support/temporary_folder.hpp"

namespace recast::account {
namespace {

constexpr std::array kAll{NoticeKind::engine_deprecated, NoticeKind::webhook_failing, NoticeKind::credits_low,
                          NoticeKind::new_login};

Notice of(NoticeKind kind) {
  Notice notice{.kind = kind};
  for (const auto& place : places_of(kind)) notice.values[place] = "<" + place + ">";
  return notice;
}

TEST(NoticeText, EveryKindHasWordsInEveryLanguageThatSayWhatItKnows) {
  EXPECT_EQ(NoticeTexts::languages(), (std::vector<std::string>{"de", "en"}));
  for (const auto& language : NoticeTexts::languages()) {
    const auto texts = NoticeTexts::open(language, {});
    ASSERT_TRUE(texts) << texts.error().message;
    for (const auto kind : kAll) {
      const auto message = texts->fill(of(kind), "ada", "https://recast.example.org");
      EXPECT_FALSE(message.subject.empty());
      EXPECT_EQ(message.text.find("{{"), std::string::npos) << message.text;
      EXPECT_NE(message.text.find(" ada,"), std::string::npos) << message.text;
      EXPECT_NE(message.text.find("Recast https://recast.example.org\n"), std::string::npos) << message.text;
      for (const auto& place : places_of(kind)) {
        if (place == "username" || place == "server" || place == "job") continue;
        EXPECT_NE((message.subject + message.text).find("<" + place + ">"), std::string::npos) << language << place;
      }
    }
  }
}

TEST(NoticeText, WhatComesFromOutsideStaysOnItsLine) {
  const auto texts = NoticeTexts::open("en", {}).value();
  Notice notice{.kind = NoticeKind::engine_deprecated};
  notice.values = {{"engine", "x\r\nBcc: all@example.org"}, {"version", 9}};
  const auto message = texts.fill(notice, "a\nb", "");
  EXPECT_EQ(message.subject, "x  Bcc: all@example.org 9 is deprecated");
  EXPECT_TRUE(message.text.starts_with("Hello a b,\n")) << message.text;
}

TEST(NoticeText, AnOperatorsOwnWordsTakeThePlaceOfOurs) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "credits.low.txt") << "Subject: Only {{ credits }}!\n\nBuy some, {{username}}.\n";
  const auto texts = NoticeTexts::open("en", folder.path());
  ASSERT_TRUE(texts) << texts.error().message;
  Notice notice{.kind = NoticeKind::credits_low};
  notice.values = {{"credits", 3}};
  const auto message = texts->fill(notice, "ada", "");
  EXPECT_EQ(message.subject, "Only 3!");
  EXPECT_EQ(message.text, "Buy some, ada.\n");
}

TEST(NoticeText, WrongTemplatesAreNamed) {
  const test::TemporaryFolder folder;
  const auto error_of = [&](const std::string& file) {
    std::ofstream(folder.path() / "login.new.txt") << file;
    const auto texts = NoticeTexts::open("en", folder.path());
    return texts ? Error{} : texts.error();
  };
  EXPECT_EQ(error_of("Hello\n").field, "mail.templates");
  const auto unknown = error_of("Subject: x\n\n{{password}}\n").message;
  EXPECT_NE(unknown.find("login.new.txt: {{password}} is not known here"), std::string::npos) << unknown;
  EXPECT_EQ(NoticeTexts::open("fr", {}).error().field, "mail.language");
  EXPECT_EQ(NoticeTexts::open("en", folder.path() / "none").error().field, "mail.templates");
}

TEST(NoticeText, LibraryHasEachLanguageAndElseTheServers) {
  const test::TemporaryFolder folder;
  const Notice notice{.kind = NoticeKind::credits_low};
  const auto subject = [&](std::string_view language) {
    const auto library = NoticeLibrary::open("en", folder.path());
    return library ? library->in(language).fill(notice, "ada", "").subject : library.error().message;
  };
  const auto ours = NoticeTexts::open("de", {}).value().fill(notice, "ada", "").subject;
  std::ofstream(folder.path() / "credits.low.txt") << "Subject: Buy some\n\nNow.\n";
  EXPECT_EQ(subject(""), "Buy some");
  EXPECT_EQ(subject("en"), "Buy some");
  EXPECT_EQ(subject("xx"), "Buy some");
  EXPECT_EQ(subject("de"), ours) << "an operator's words are in the server's language";
  std::filesystem::create_directory(folder.path() / "de");
  std::ofstream(folder.path() / "de" / "credits.low.txt") << "Subject: Kaufen\n\nJetzt.\n";
  EXPECT_EQ(subject("de"), "Kaufen");
  EXPECT_EQ(subject(""), "Buy some");
  std::ofstream(folder.path() / "de" / "credits.low.txt") << "Kaufen\n";
  EXPECT_NE(subject("").find("de/credits.low.txt"), std::string::npos) << "a wrong one is named at the start";
}

TEST(NoticeText, LanguageThatThereIsNotIsRefusedWithThoseThereAre) {
  EXPECT_TRUE(check_notice_language(""));
  EXPECT_TRUE(check_notice_language("de"));
  const auto error = check_notice_language("DE").error();
  EXPECT_EQ(error.field, "language");
  EXPECT_EQ(error.message, "There are no notices in \"DE\", only in de, en.");
}

TEST(NoticeChoice, ChangesWhatIsNamed) {
  NoticeChoice choice;
  for (const auto kind : notice_kinds()) EXPECT_TRUE(choice.mails(kind));
  NoticeChoiceChange{.language = "de", .mail = {{NoticeKind::new_login, false}, {NoticeKind::credits_low, false}}}
      .apply_to(choice);
  NoticeChoiceChange{.language = {}, .mail = {{NoticeKind::new_login, false}}}.apply_to(choice);
  EXPECT_EQ(choice.without_mail, (std::vector{NoticeKind::credits_low, NoticeKind::new_login}));
  EXPECT_EQ(choice.language, "de");
  NoticeChoiceChange{.language = "", .mail = {{NoticeKind::new_login, true}}}.apply_to(choice);
  EXPECT_TRUE(choice.mails(NoticeKind::new_login));
  EXPECT_EQ(choice.language, "");
  const auto error = read_chosen_kind("login.old").error();
  EXPECT_EQ(error.field, "mail");
  EXPECT_EQ(error.message,
            "There is no notice \"login.old\"; these are: engine.deprecated, webhook.failing, credits.low, login.new.");
}

}  // namespace
}  // namespace recast::account
