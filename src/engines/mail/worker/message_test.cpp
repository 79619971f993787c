#include "engines/mail/worker/message.hpp"

#include <gtest/gtest.h>

#include "engines/mail/worker/page.hpp"

namespace recast::mail {
namespace {

Result<Message> read(std::string_view text) { return read_message({text.data(), text.size()}); }

std::string header(const Message& message, std::string_view wanted) {
  for (const auto& [name, value] : message.headers) {
    if (name == wanted) return value;
  }
  return {};
}

TEST(MailMessage, DecodesHeadersAndText) {
  const auto message = read(
      "From: =?ISO-8859-1?Q?J=F6rg?= <j@example.org>\r\nTo: a@example.org, \"B, C\" <b@example.org>\r\n"
      "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\nDate: Fri, 27 Nov 2026 10:00:00 +0100\r\n"
      "Content-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
      "Price =80 5\r\n");
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_EQ(header(*message, "From"), "Jörg <j@example.org>");
  EXPECT_EQ(header(*message, "Subject"), "Grüße");
  EXPECT_EQ(header(*message, "Date"), "2026-11-27 10:00:00 +0100");
  ASSERT_EQ(message->pieces.size(), 1U);
  EXPECT_TRUE(message->pieces[0].text.starts_with("Price € 5")) << message->pieces[0].text;
}

TEST(MailMessage, ReadsJapaneseOfOldMailers) {
  const auto message =
      read("From: a@b.c\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$3$s$K$A$O\x1b(B\r\n");
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->pieces.at(0).text.starts_with("こんにちは"));
}

constexpr std::string_view kMixed =
    "From: a@b.c\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n"
    "--m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n"
    "--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
    "--a\r\nContent-Type: text/plain\r\n\r\nplain words\r\n"
    "--a\r\nContent-Type: text/html\r\n\r\n<html><head><title>t</title></head><body>rich words <img "
    "src=\"cid:pic@1\"></body></html>\r\n--a--\r\n"
    "--r\r\nContent-Type: image/png\r\nContent-ID: <pic@1>\r\nContent-Transfer-Encoding: "
    "base64\r\n\r\niVBORw0KGgo=\r\n--r--\r\n"
    "--m\r\nContent-Type: application/pdf; name=\"../a b.pdf\"\r\nContent-Disposition: attachment; filename=\"../a "
    "b.pdf\"\r\n\r\n%PDF\r\n"
    "--m\r\nContent-Type: message/rfc822\r\n\r\nFrom: inner@b.c\r\nSubject: inside\r\n\r\ninner words\r\n--m--\r\n";

TEST(MailMessage, TakesTheBestAlternativeAndKeepsTheRest) {
  auto message = read(kMixed);
  ASSERT_TRUE(message) << message.error().message;
  ASSERT_EQ(message->attachments.size(), 2U);
  EXPECT_EQ(message->attachments[1].name, "a b.pdf");
  EXPECT_EQ(message->messages.size(), 1U);
  const auto page = as_html(*message, Attachments::listed);
  for (const auto* const words : {"rich words", "inner words", "inside", "a b.pdf (application/pdf, 4 bytes)",
                                  "<img src=\"data:image/png;base64,iVBORw0KGgo=\">"})
    EXPECT_TRUE(page.contains(words)) << words << "\n" << page;
  for (const auto* const words : {"plain words", "<title>t</title>", "part-1", "download="})
    EXPECT_FALSE(page.contains(words)) << words;
  EXPECT_TRUE(as_html(*message, Attachments::included)
                  .contains("<a download=\"a b.pdf\" href=\"data:application/pdf;base64,JVBERg==\">"));
  const auto text = as_text(*message);
  for (const auto* const words : {"rich words", "inner words", "[a b.pdf: application/pdf, 4 bytes]"})
    EXPECT_TRUE(text.contains(words)) << text;
}

TEST(MailMessage, RefusesWhatIsNone) {
  EXPECT_EQ(read("").error().code, ErrorCode::open_failed);
  EXPECT_EQ(read(std::string_view("\x7f\x45LF\0\0", 6)).error().code, ErrorCode::open_failed);
}

TEST(MailMessage, TakesBrokenOnesAsFarAsTheyGo) {
  const auto cut = read(
      "From: a@b.c\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhalf");
  ASSERT_TRUE(cut);
  EXPECT_TRUE(cut->pieces.at(0).text.starts_with("half"));
}

TEST(MailMessage, HasAnEndToNestingAndParts) {
  std::string deep = "From: a@b.c\r\n";
  for (int i = 0; i < 200; ++i) deep += "Content-Type: message/rfc822\r\n\r\nFrom: a@b.c\r\n";
  EXPECT_TRUE(read(deep + "\r\nend\r\n"));
  std::string many = "From: a@b.c\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n";
  for (int i = 0; i <= kMostParts; ++i) many += "--x\r\n\r\na\r\n";
  const auto refused = read(many + "--x--\r\n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::output_limit);
}

TEST(MailHtml, LosesWhatActs) {
  EXPECT_EQ(tame_html("<p onclick=x>a<script>b</script>c<SCRIPT src=//x>d"), "<p onclick=x>ac");
  EXPECT_EQ(tame_html("<meta http-equiv=refresh content=0><base href=x><iframe src=y>z</iframe><b>k</b>"), "z<b>k</b>");
  EXPECT_EQ(tame_html("a<!-- x --!><b> --><i>1 < 2</i>"), "a<i>1 < 2</i>");
  EXPECT_EQ(tame_html("<a title=\"<script>\">x</a>"), "<a title=\"&lt;script>\">x</a>");
  EXPECT_EQ(tame_html("<scr<script>ipt>"), "<scr&lt;script>ipt>");
  EXPECT_EQ(tame_html("<"), "<");
  EXPECT_EQ(tame_html("<script"), "");
}

TEST(MailHtml, BecomesWords) {
  EXPECT_EQ(text_of_html("<style>p{}</style><p>Tom &amp; Ann</p><p>next&nbsp;line<br>end"),
            "Tom & Ann\n\nnext line\nend");
}

TEST(MailHtml, IsEscapedWhereItIsText) {
  auto message = read("From: a@b.c\r\nSubject: <script>alert(1)</script>\r\n\r\n<b>no markup</b>\r\n");
  ASSERT_TRUE(message);
  const auto page = as_html(*message, Attachments::listed);
  EXPECT_FALSE(page.contains("<script")) << page;
  EXPECT_TRUE(page.contains("&lt;b&gt;no markup"));
  EXPECT_TRUE(page.contains("default-src 'none'"));
}

}  // namespace
}  // namespace recast::mail
