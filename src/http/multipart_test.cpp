#include "http/multipart.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace recast::http {
namespace {

struct Seen {
  Part part;
  std::string data;
  bool ended = false;
};

struct Form {
  std::vector<Seen> parts;
  Result<> status;
};

/// Parses the body in pieces of one size.
Form parse(std::string_view body, std::size_t step, std::string_view type = "multipart/form-data; boundary=xyz") {
  Form form;
  MultipartParser::Events events;
  events.on_part = [&](const Part& part) -> Result<> {
    form.parts.push_back({part, {}, false});
    return {};
  };
  events.on_data = [&](std::span<const char> bytes) -> Result<> {
    form.parts.back().data.append(bytes.data(), bytes.size());
    return {};
  };
  events.on_part_end = [&]() -> Result<> {
    form.parts.back().ended = true;
    return {};
  };
  auto parser = MultipartParser::open(type, std::move(events));
  if (!parser) {
    form.status = std::unexpected(parser.error());
    return form;
  }
  for (std::size_t at = 0; at < body.size() && form.status; at += step) {
    const auto piece = body.substr(at, step);
    form.status = parser->write(std::span(piece.data(), piece.size()));
  }
  if (form.status) form.status = parser->finish();
  return form;
}

constexpr std::string_view kForm =
    "preamble\r\n--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--xyz  \r\n"
    "content-disposition:form-data;name=\"file\";filename=my report; v1.pdf\r\nContent-Type: application/pdf\r\n\r\n"
    "\r\n--xy\r\n--xyzz\r\n-\r\n--xyz\r\n\r\nno name\r\n--xyz--\r\nepilogue --xyz";

TEST(Multipart, ReadsTheSameWhereverThePiecesAreCut) {
  for (std::size_t step = 1; step <= kForm.size(); ++step) {
    const auto form = parse(kForm, step);
    ASSERT_TRUE(form.status) << step << form.status.error().message;
    ASSERT_EQ(form.parts.size(), 3u) << step;
    EXPECT_EQ(form.parts[0].part.name, "a");
    EXPECT_FALSE(form.parts[0].part.has_file_name);
    EXPECT_EQ(form.parts[0].data, "one");
    EXPECT_EQ(form.parts[1].part.name, "file");
    EXPECT_EQ(form.parts[1].part.file_name, "my report; v1.pdf");
    EXPECT_EQ(form.parts[1].part.content_type, "application/pdf");
    EXPECT_EQ(form.parts[1].data, "\r\n--xy\r\n--xyzz\r\n-");
    EXPECT_EQ(form.parts[2].part.name, "");
    EXPECT_EQ(form.parts[2].data, "no name");
    for (const auto& seen : form.parts) EXPECT_TRUE(seen.ended);
  }
}

TEST(Multipart, KeepsBinaryDataAsItIs) {
  std::string data;
  for (int i = 0; i < 200'000; ++i) data += static_cast<char>((i * 7919) >> 3);
  data += "\r\n\r\n--xy";
  const auto body = "--xyz\r\nContent-Disposition: form-data; name=f; filename=\"b\"\r\n\r\n" + data + "\r\n--xyz--";
  for (const std::size_t step : {1000u, 65536u, 1'000'000u}) EXPECT_EQ(parse(body, step).parts.at(0).data, data);
}

TEST(Multipart, KeepsDataThatOnlyLooksLikeABoundary) {
  for (const std::string data :
       {"--xyzz", "--xyz-", "--xyz -", "--xyz x\r\n", "--xyz\r", "\r\n--xyz--x", "-", "--xy\r\n"}) {
    const bool ends = data == "\r\n--xyz--x";
    const auto body = "--xyz\r\nContent-Disposition: form-data; name=f\r\n\r\n" + data + "\r\n--xyz--";
    for (std::size_t step = 1; step <= body.size(); ++step) {
      const auto form = parse(body, step);
      ASSERT_TRUE(form.status) << data << step;
      EXPECT_EQ(form.parts.at(0).data, ends ? "" : data) << step;
    }
  }
  const auto padded = "--xyz\r\n\r\n" + std::string("\r\n--xyz") + std::string(300, ' ') + "\r\n--xyz--";
  for (const std::size_t step : {1u, 100u, 1000u}) EXPECT_EQ(parse(padded, step).parts.at(0).data.size(), 307u) << step;
}

TEST(Multipart, HandsDataOnInLargePiecesEvenIfItIsFullOfNearBoundaries) {
  std::string data;
  while (data.size() < 200'000) data += "\r\n--xyzz\r\n--xy";
  const auto body = "--xyz\r\n\r\n" + data + "\r\n--xyz--";
  std::size_t calls = 0;
  std::size_t bytes = 0;
  MultipartParser::Events events;
  events.on_part = [](const Part&) -> Result<> { return {}; };
  events.on_data = [&](std::span<const char> piece) -> Result<> {
    ++calls;
    bytes += piece.size();
    return {};
  };
  events.on_part_end = []() -> Result<> { return {}; };
  auto parser = MultipartParser::open("multipart/form-data; boundary=xyz", std::move(events));
  ASSERT_TRUE(parser->write(body));
  ASSERT_TRUE(parser->finish());
  EXPECT_EQ(bytes, data.size());
  EXPECT_EQ(calls, 1u);
}

TEST(Multipart, BoundsTheTextOutsideOfItsParts) {
  const std::string text(100'000, 'x');
  const std::string_view form = "--xyz\r\n\r\n\r\n--xyz--\r\n";
  for (const std::size_t step : {1000u, 200'000u}) {
    const auto before = parse(text + "\r\n" + std::string(form), step);
    EXPECT_EQ(before.status.error().message, "The form does not begin with its boundary.");
    EXPECT_TRUE(before.parts.empty());
    const auto after = parse(std::string(form) + text, step);
    EXPECT_EQ(after.status.error().message, "The form goes on after its last boundary.");
  }
}

TEST(Multipart, AllowsEmptyParts) {
  const auto form = parse(
      "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n--xyz\r\n"
      "Content-Disposition: form-data; name=b\r\n\r\n\r\n--xyz--",
      3);
  ASSERT_TRUE(form.status);
  ASSERT_EQ(form.parts.size(), 2u);
  EXPECT_EQ(form.parts[0].data, "");
  EXPECT_EQ(form.parts[1].data, "");
  EXPECT_TRUE(parse("--xyz--", 1).status);
}

Part head(std::string_view disposition) {
  const auto form = parse("--xyz\r\n" + std::string(disposition) + "\r\n\r\n\r\n--xyz--", 1000);
  return form.parts.empty() ? Part{} : form.parts[0].part;
}

TEST(Multipart, ReadsWhatClientsSend) {
  EXPECT_EQ(head("Content-Disposition: form-data; name=\"file\"; filename=\"naïve.pdf\"").file_name, "naïve.pdf");
  EXPECT_EQ(head("Content-Disposition: form-data; name=\"file\"; filename=\"na\xefve.pdf\"").file_name, "naïve.pdf");
  EXPECT_EQ(head("Content-Disposition: form-data; name=file; filename=a.pdf; filename*=utf-8''%C3%BC.pdf").file_name,
            "ü.pdf");
  EXPECT_EQ(head("Content-Disposition: form-data; name=file; filename*=UTF-8''%C3%BC.pdf").file_name, "ü.pdf");
  EXPECT_EQ(head("Content-Disposition: form-data; name=file; filename*=iso-8859-1'en'%FC.pdf").file_name, "ü.pdf");
  EXPECT_EQ(head("Content-Disposition: form-data; name=file; filename=\"=?utf-8?B?w7wucGRm?=\"").file_name, "ü.pdf");
  EXPECT_EQ(head("Content-Disposition: form-data; name=\"file\"; filename=\"a\\\"b%22c.pdf\"").file_name,
            "a\"b\"c.pdf");
  EXPECT_EQ(head("Content-Disposition: form-data; name=\"file\"; filename=\"C:\\dir\\a;b.pdf\"").file_name,
            "C:\\dir\\a;b.pdf");
  EXPECT_EQ(head("content-disposition:form-data;name=\"file\";filename=report 1.pdf").file_name, "report 1.pdf");
  EXPECT_EQ(head("content-disposition:form-data;filename=a;b=c.pdf;name=file").name, "file");
  EXPECT_EQ(head("content-disposition:form-data;filename=a;b=c.pdf;name=file").file_name, "a;b=c.pdf");
  EXPECT_EQ(head("Content-Disposition: form-data; name=acl").name, "acl");
  EXPECT_EQ(head("Content-Disposition: form-data;\r\n name=\"folded\"").name, "folded");
  EXPECT_EQ(head("Content-Length: 4\r\nContent-Disposition: form-data; name=\"x\"").name, "x");
  EXPECT_TRUE(head("Content-Disposition: form-data; name=file; filename=\"\"").has_file_name);
  EXPECT_EQ(head("X: \"\r\nContent-Disposition: form-data; ; name").name, "");
}

TEST(Multipart, ReadsTheBoundary) {
  const std::string body = "--a b;c\r\n\r\nx\r\n--a b;c--";
  EXPECT_TRUE(parse(body, 5, "Multipart/Form-Data; charset=utf-8; BOUNDARY=\"a b;c\"").status);
  EXPECT_FALSE(parse(body, 5, "multipart/form-data").status);
  EXPECT_FALSE(parse(body, 5, "multipart/form-data; boundary=").status);
  EXPECT_FALSE(parse(body, 5, "multipart/mixed; boundary=\"a b;c\"").status);
  EXPECT_FALSE(parse(body, 5, "multipart/form-data; boundary=" + std::string(300, 'x')).status);
}

TEST(Multipart, RefusesWhatDoesNotEnd) {
  EXPECT_EQ(parse("", 1).status.error().code, ErrorCode::malformed_body);
  EXPECT_FALSE(parse("--xyz\r\n\r\ndata", 4).status);
  EXPECT_FALSE(parse("--xyz\r\n\r\ndata\r\n--xyz", 4).status);
  EXPECT_FALSE(parse("no boundary at all", 4).status);
}

TEST(Multipart, BoundsHeadsAndParts) {
  EXPECT_FALSE(parse("--xyz\r\nX: " + std::string(100'000, 'a'), 1000).status);
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "--xyz\r\n\r\n\r\n";
  EXPECT_FALSE(parse(many + "--xyz--", 1000).status);
}

TEST(Multipart, StopsAtTheFirstError) {
  MultipartParser::Events events;
  events.on_part = [](const Part&) -> Result<> { return fail(ErrorCode::forbidden, "no"); };
  events.on_data = [](std::span<const char>) -> Result<> { return {}; };
  events.on_part_end = []() -> Result<> { return {}; };
  auto parser = MultipartParser::open("multipart/form-data; boundary=xyz", std::move(events));
  const auto status = parser->write(std::span(kForm.data(), kForm.size()));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::forbidden);
}

}  // namespace
}  // namespace recast::http
