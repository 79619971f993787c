#include "engines/qpdf/worker/output.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <new>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDFSystemError.hh>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/io.hpp"
#include "engines/qpdf/worker/document.hpp"
#include "worker/worker.hpp"

namespace recast::engines::qpdf {

namespace {

constexpr std::size_t kHeader = 8;
constexpr std::size_t kBuffer = 64 << 10;  // bytes that are written at once

/// Writes to a descriptor. Not libqpdf's own pipeline to a file, which flushes after every stream: a document of one
/// page would be a dozen system calls.
class Output final : public Pipeline {
 public:
  explicit Output(int fd) : Pipeline("output", nullptr), fd_(fd) { buffer_.reserve(kBuffer); }

  void write(const unsigned char* data, std::size_t size) override {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (buffer_.size() + size > kBuffer) flush();
    if (size > kBuffer) return put(bytes);
    buffer_ += bytes;
  }
  void finish() override {}
  /// To be called at the end; may throw QPDFSystemError, as write() may.
  void flush() {
    put(buffer_);
    buffer_.clear();
  }

 private:
  void put(std::string_view bytes) const {
    if (const int error = recast::write_all(fd_, bytes); error != 0) throw QPDFSystemError("output", error);
  }

  int fd_;
  std::string buffer_;
};

}  // namespace

Result<> write_document(QPDF& document, int fd, const Percent& percent,
                        const std::function<void(QPDFWriter&)>& adjust) {
  try {
    Output output(fd);
    QPDFWriter writer(document);
    writer.setOutputPipeline(&output);
    if (percent) writer.registerProgressReporter(std::make_shared<QPDFWriter::FunctionProgressReporter>(percent));
    if (adjust) adjust(writer);
    writer.write();
    output.flush();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& exception) {
    return std::unexpected(error_of(exception));
  }
  return {};
}

Result<> append_document(QPDF& document, int fd, const std::function<void(QPDFWriter&)>& adjust) {
  const auto begin = ::lseek(fd, 0, SEEK_END);
  std::array<char, kHeader> length{};
  if (begin < 0) return std::unexpected(from_errno(errno, "output"));
  RECAST_CHECK(worker::write_all(fd, length));
  RECAST_CHECK(write_document(document, fd, {}, adjust));
  const auto end = ::lseek(fd, 0, SEEK_END);
  if (end < 0) return std::unexpected(from_errno(errno, "output"));
  const auto size = static_cast<std::uint64_t>(end - begin) - kHeader;
  for (std::size_t i = 0; i < kHeader; ++i) length.at(i) = static_cast<char>(size >> (8 * i) & 0xFF);
  if (::pwrite(fd, length.data(), length.size(), begin) != static_cast<ssize_t>(length.size()))
    return std::unexpected(from_errno(errno, "output"));
  return {};
}

Result<> copy_bytes(int from, int to) {
  std::vector<char> buffer(1 << 20);
  for (off_t offset = 0;;) {
    const auto got = ::pread(from, buffer.data(), buffer.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(from_errno(errno, "input"));
    if (got == 0) return {};
    RECAST_CHECK(worker::write_all(to, std::span(buffer).first(static_cast<std::size_t>(got))));
    offset += got;
  }
}

}  // namespace recast::engines::qpdf
