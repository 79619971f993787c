#include "engines/qpdf/worker/output.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "base/unique_handle.hpp"
#include "engines/qpdf/worker/document.hpp"
#include "worker/worker.hpp"

namespace recast::engines::qpdf {

namespace {

constexpr std::size_t kHeader = 8;

std::unexpected<Error> write_failed(int error) {
  if (error == EFBIG) return fail(ErrorCode::output_limit, "The result is larger than allowed.");
  return std::unexpected(from_errno(error, "output"));
}

}  // namespace

Result<> write_document(QPDF& document, int fd, const Percent& percent,
                        const std::function<void(QPDFWriter&)>& adjust) {
  UniqueFd own(::dup(fd));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(own ? ::fdopen(own.get(), "wb") : nullptr, &std::fclose);
  if (!file) return std::unexpected(from_errno(errno, "output"));
  (void)own.release();  // the stream closes it
  try {
    QPDFWriter writer(document);
    writer.setOutputFile("output", file.get(), false);
    if (percent) writer.registerProgressReporter(std::make_shared<QPDFWriter::FunctionProgressReporter>(percent));
    if (adjust) adjust(writer);
    writer.write();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& exception) {
    return std::unexpected(error_of(exception));
  }
  if (std::fflush(file.get()) != 0) return write_failed(errno);
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
    return write_failed(errno);
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
