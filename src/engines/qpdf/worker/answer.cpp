#include "engines/qpdf/worker/answer.hpp"

#include <boost/json/array.hpp>

#include "base/text.hpp"

namespace recast::engines::qpdf {

namespace json = worker::json;

json::object answer_of(QPDF& document, std::size_t pages) {
  constexpr std::size_t kMost = 10, kLongest = 200;
  json::object answer{{"pages", pages}};
  json::array warnings;
  for (const auto& warning : document.getWarnings()) {
    const std::string_view text = warning.getMessageDetail();
    if (warnings.size() < kMost && text.size() <= kLongest && is_valid_utf8(text)) warnings.emplace_back(text);
  }
  if (!warnings.empty()) answer["report"] = json::object{{"warnings", std::move(warnings)}};
  return answer;
}

Result<Document> open_unprotected(worker::Job& job, int fd) {
  auto document = open_document(job, fd);
  if (!document && document.error().field == "password")
    document.error().message = "The document is encrypted; pdf/decrypt opens it with its password.";
  return document;
}

}  // namespace recast::engines::qpdf
