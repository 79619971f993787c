#include "engines/pdf2office/worker/xml_reader.hpp"

#include <expat.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <new>

#include "engines/pdf2office/worker/xml_cleaner.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr std::size_t kPiece = 256 << 10;
constexpr double kFarthest = 1e6;  // points; no page is as large

double to_number(std::string_view text, double otherwise) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data() || !std::isfinite(value)) return otherwise;
  return std::clamp(value, -kFarthest, kFarthest);
}

void on_start(void* handler, const XML_Char* name, const XML_Char** attributes) {
  static_cast<ElementHandler*>(handler)->start(name, Attributes(attributes));
}

void on_end(void* handler, const XML_Char* name) { static_cast<ElementHandler*>(handler)->end(name); }

}  // namespace

bool Attributes::has(std::string_view name) const {
  for (const auto* pair = pairs_; *pair != nullptr; pair += 2) {
    if (name == *pair) return true;
  }
  return false;
}

std::string_view Attributes::text(std::string_view name) const {
  for (const auto* pair = pairs_; *pair != nullptr; pair += 2) {
    if (name == *pair) return pair[1];
  }
  return {};
}

double Attributes::number(std::string_view name, double otherwise) const { return to_number(text(name), otherwise); }

std::size_t read_numbers(std::string_view text, double* numbers, std::size_t most) {
  std::size_t count = 0;
  while (count < most) {
    const auto start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) break;
    text.remove_prefix(start);
    const auto end = std::min(text.find(' '), text.size());
    numbers[count++] = to_number(text.substr(0, end), 0);
    text.remove_prefix(end);
  }
  return count;
}

NextPiece pieces_of(int fd) {
  auto buffer = std::make_shared<std::string>(kPiece, '\0');
  return [fd, buffer, at = off_t{0}]() mutable -> Result<std::string_view> {
    const auto count = ::pread(fd, buffer->data(), buffer->size(), at);
    if (count < 0) return std::unexpected(from_errno(errno, "reading the pages"));
    at += count;
    return std::string_view(*buffer).substr(0, static_cast<std::size_t>(count));
  };
}

NextPiece pieces_of(std::string_view text) {
  return [text]() mutable -> Result<std::string_view> {
    const auto piece = text.substr(0, kPiece);
    text.remove_prefix(piece.size());
    return piece;
  };
}

Result<> read_xml(const NextPiece& next, ElementHandler& handler) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate("UTF-8"), &XML_ParserFree);
  if (!parser) throw std::bad_alloc();
  XML_SetUserData(parser.get(), &handler);
  XML_SetElementHandler(parser.get(), &on_start, &on_end);
  XmlCleaner cleaner;
  std::string clean;
  for (bool last = false; !last;) {
    RECAST_TRY(const auto piece, next());
    last = piece.empty();
    clean.clear();
    cleaner.feed(piece, clean);
    if (last) cleaner.finish(clean);
    const auto status = XML_Parse(parser.get(), clean.data(), static_cast<int>(clean.size()), last ? 1 : 0);
    if (handler.failed) return std::unexpected(*handler.failed);
    if (status == XML_STATUS_OK) continue;
    const auto error = XML_GetErrorCode(parser.get());
    if (error == XML_ERROR_NO_MEMORY) throw std::bad_alloc();
    return fail(ErrorCode::open_failed, fmt::format("The pages cannot be read: {}.", XML_ErrorString(error)));
  }
  return {};
}

}  // namespace recast::engines::pdf2office
