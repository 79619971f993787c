#include "engines/qpdf/worker/document.hpp"

#include <fmt/format.h>

#include <new>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFSystemError.hh>
#include <qpdf/QUtil.hh>
#include <string_view>

#include "base/text.hpp"
#include "pdf/buffered_input.hpp"

namespace recast::engines::qpdf {

namespace {

/// The first line of a library's own words, if they are fit to be shown.
std::string with_words(std::string_view what, std::string_view words) {
  constexpr std::size_t kLongest = 160;
  const auto line = trim(words.substr(0, words.find('\n')));
  if (line.empty() || !is_valid_utf8(line)) return fmt::format("{}.", what);
  return line.size() > kLongest ? fmt::format("{}.", what) : fmt::format("{}: {}.", what, line);
}

Error error_of_document(const QPDFExc& problem) {
  switch (problem.getErrorCode()) {
    case qpdf_e_password:
      return {ErrorCode::open_failed, "The document is encrypted and the password is missing or wrong.", "password"};
    case qpdf_e_unsupported:
      return {ErrorCode::open_failed, with_words("The document is of an unknown kind", problem.getMessageDetail()), {}};
    case qpdf_e_internal:
    case qpdf_e_system:
      return {ErrorCode::conversion_failed, with_words("qpdf failed", problem.getMessageDetail()), {}};
    default:
      return {ErrorCode::open_failed, with_words("The file is damaged or not a PDF", problem.getMessageDetail()), {}};
  }
}

Result<Document> try_to_open(int fd, const std::string& password) {
  auto document = std::make_shared<QPDF>();
  document->setSuppressWarnings(true);
  try {
    document->processInputSource(pdf::buffered_input(fd), password.c_str());
    document->getAllPages();  // finds a broken page tree while the error still is the input's
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& exception) {
    return std::unexpected(error_of(exception));
  }
  return document;
}

Result<Document> open_with_some_encoding(int fd, const std::string& password) {
  auto document = try_to_open(fd, password);
  if (document || document.error().field != "password" || password.empty()) return document;
  // Older kinds of encryption take passwords in the encodings of their time.
  for (const auto& other : QUtil::possible_repaired_encodings(password)) {
    if (other == password) continue;
    if (auto second = try_to_open(fd, other)) return second;
  }
  return document;
}

}  // namespace

Error error_of(const std::exception& exception) {
  if (const auto* const problem = dynamic_cast<const QPDFExc*>(&exception)) return error_of_document(*problem);
  if (const auto* const problem = dynamic_cast<const QPDFSystemError*>(&exception)) {
    if (problem->getErrno() == EFBIG) return {ErrorCode::output_limit, "The result is larger than allowed.", {}};
    return from_errno(problem->getErrno(), "output");
  }
  return {ErrorCode::conversion_failed, with_words("qpdf failed", exception.what()), {}};
}

Result<Document> open_document(worker::Job& job, int fd, const std::string& password) {
  auto document = open_with_some_encoding(fd, password);
  if (document) job.kept.push_back(*document);
  return document;
}

Result<std::size_t> count_pages(QPDF& document) {
  const auto count = document.getAllPages().size();
  if (count == 0) return fail(ErrorCode::open_failed, "The document has no readable pages.");
  return count;
}

}  // namespace recast::engines::qpdf
