#pragma once

#include <fcntl.h>

#include <array>
#include <memory>
#include <qpdf/QPDF.hh>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../../../tests/support/pdf.hpp"
#include "../../../../tests/support/temporary_folder.hpp"
#include "base/unique_handle.hpp"
#include "engines/qpdf/worker/jobs.hpp"
#include "engines/qpdf/worker/objects.hpp"

/// Jobs of the worker without a worker: files in, bytes out, and a look at what they are.
namespace recast::engines::qpdf::test {

namespace json = worker::json;
using recast::test::pdf_of;
using recast::test::pdf_of_objects;

/// What the job writes. `answer` gets what it says.
inline Result<std::string> run(const std::string& name, const std::vector<std::string>& inputs,
                               const json::object& options = {}, json::object* answer = nullptr) {
  const recast::test::TemporaryFolder folder;
  worker::Job job{.request = {{"job", name}, {"options", options}, {"most_parts", 1200}},
                  .scratch = folder.path(),
                  .percent = [](int) {}};
  std::vector<UniqueFd> files;
  for (const auto& input : inputs) {
    const auto path = folder.write("in-" + std::to_string(files.size()), input);
    job.inputs.push_back(files.emplace_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC)).get());
  }
  const auto path = folder / "out";
  job.outputs.push_back(files.emplace_back(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)).get());
  auto done = run_job(job);
  if (!done) return std::unexpected(done.error());
  if (answer != nullptr) *answer = *std::move(done);
  return recast::test::read_file(path);
}

/// A result, opened again.
class Reopened {
 public:
  explicit Reopened(const Result<std::string>& bytes, const char* password = "") {
    if (!bytes) throw std::runtime_error(bytes.error().message);
    bytes_ = *bytes;
    document_->setSuppressWarnings(true);
    document_->processMemoryFile("result", bytes_.data(), bytes_.size(), password);
  }

  QPDF& operator*() const { return *document_; }
  QPDF* operator->() const { return document_.get(); }
  Object root() const { return document_->getRoot(); }
  Object page(std::size_t number) const { return document_->getAllPages().at(number); }
  std::size_t pages() const { return document_->getAllPages().size(); }
  /// The number of a page, from 0; -1 if it is none of this document's.
  int number(Object page) const {
    for (std::size_t at = 0; at < pages(); ++at) {
      if (page.isIndirect() && this->page(at).getObjGen() == page.getObjGen()) return static_cast<int>(at);
    }
    return -1;
  }
  /// What a page draws.
  std::string content(std::size_t number) const {
    auto contents = page(number).getKey("/Contents");
    const auto data = contents.getStreamData();
    return {reinterpret_cast<const char*>(data->getBuffer()), data->getSize()};
  }

 private:
  std::string bytes_;
  std::unique_ptr<QPDF> document_ = std::make_unique<QPDF>();
};

/// The parts of a sequence.
inline std::vector<std::string> parts_of(const Result<std::string>& sequence) {
  if (!sequence) throw std::runtime_error(sequence.error().message);
  std::vector<std::string> parts;
  for (std::size_t at = 0; at + 8 <= sequence->size();) {
    std::size_t length = 0;
    for (std::size_t byte = 8; byte-- > 0;) length = length << 8 | static_cast<unsigned char>(sequence->at(at + byte));
    parts.push_back(sequence->substr(at + 8, length));
    at += 8 + length;
  }
  return parts;
}

/// Two pages (objects 3 and 4) with what the arguments say: entries of the catalogue, annotations of each page, and
/// objects from number 5 on.
inline std::string document(const std::string& catalogue, const std::string& first = {}, const std::string& second = {},
                            const std::vector<std::string>& more = {}, std::string_view trailer = {}) {
  const std::string page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[";
  std::vector<std::string> objects{"<</Type/Catalog/Pages 2 0 R" + catalogue + ">>",
                                   "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>", page + first + "]>>",
                                   page + second + "]>>"};
  objects.insert(objects.end(), more.begin(), more.end());
  return pdf_of_objects(objects, trailer);
}

inline std::string link(const std::string& target) {
  return "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]" + target + ">>";
}

}  // namespace recast::engines::qpdf::test
