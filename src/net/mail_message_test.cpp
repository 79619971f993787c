#include "net/mail_message.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace recast::net {
namespace {

MailMessage message() {
  return {.from = {"Recast", "recast@example.org"},
          .to = {"", "ada@example.org"},
          .subject = "New log-in",
          .text = "Hello,\n\nall is well.\n",
          .id = "notice-1",
          .date = Time(std::chrono::seconds(1'700'000'000))};
}

TEST(MailMessage, IsAsTheStandardsWantIt) {
  EXPECT_EQ(to_wire(message()),
            "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nFrom: Recast <recast@example.org>\r\nTo: <ada@example.org>\r\n"
            "Subject: New log-in\r\nMessage-ID: <notice-1@example.org>\r\nAuto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\nHello,\r\n\r\nall is well.\r\n");
}

TEST(MailMessage, NothingInItAddsAHeader) {
  auto mail = message();
  mail.subject = "a\r\nBcc: b@example.org";
  mail.to.name = "x\nBcc: c@example.org";
  const auto wire = to_wire(mail);
  EXPECT_EQ(wire.substr(0, wire.find("\r\n\r\n")).find("\nBcc"), std::string::npos) << wire;
}

TEST(MailMessage, OtherCharactersAreEncodedInWordsThatCutNoneInTwo) {
  auto mail = message();
  mail.subject.clear();
  for (int i = 0; i < 40; ++i) mail.subject += "ä€";
  const auto wire = to_wire(mail);
  const auto begin = wire.find("Subject: ") + 9;
  const auto header = wire.substr(begin, wire.find("\r\nMessage-ID") - begin);
  std::string decoded;
  for (const auto line : split(header, '\n')) {
    const auto word = trim(line);
    EXPECT_LE(word.size(), 75U);
    ASSERT_TRUE(word.starts_with("=?UTF-8?B?") && word.ends_with("?=")) << word;
    const auto piece = from_base64(word.substr(10, word.size() - 12)).value();
    EXPECT_TRUE(is_valid_utf8(piece));
    decoded += piece;
  }
  EXPECT_EQ(decoded, mail.subject);
}

TEST(MailMessage, LongLinesAndOddCharactersAreQuoted) {
  auto mail = message();
  mail.text = std::string(200, 'x') + "\n1 = 1 \nä\n";
  const auto wire = to_wire(mail);
  const auto body = wire.substr(wire.find("\r\n\r\n") + 4);
  for (const auto line : split(body, '\n')) EXPECT_LE(line.size(), 77U);
  EXPECT_NE(body.find("1 =3D 1=20\r\n=C3=A4\r\n"), std::string::npos) << body;
}

TEST(MailAddress, IsTakenApartOrRefused) {
  const auto full = MailAddress::parse(" \"Ada L.\" <ada@example.org> ");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->name, "Ada L.");
  EXPECT_EQ(full->address, "ada@example.org");
  EXPECT_EQ(MailAddress::parse("ada@localhost")->address, "ada@localhost");
  for (const auto* const wrong : {"", "ada", "@example.org", "ada@", "a b@example.org", "a@b>\r\nRCPT TO:<c@d",
                                  "a@b,c@d", "<ada@example.org", "ada@example.org>"}) {
    EXPECT_FALSE(MailAddress::parse(wrong)) << wrong;
  }
  EXPECT_FALSE(MailAddress::parse(std::string(250, 'a') + "@example.org"));
}

}  // namespace
}  // namespace recast::net
