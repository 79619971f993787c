#include "engines/libreoffice/worker/streams.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <com/sun/star/io/BufferSizeExceededException.hpp>
#include <com/sun/star/io/IOException.hpp>
#include <com/sun/star/io/XSeekable.hpp>
#include <com/sun/star/lang/IllegalArgumentException.hpp>
#include <cppuhelper/implbase1.hxx>
#include <cppuhelper/implbase2.hxx>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace recast::libreoffice {

namespace {

namespace io = com::sun::star::io;
namespace lang = com::sun::star::lang;

/// Everything but where the bytes come from.
class Input : public cppu::WeakImplHelper2<io::XInputStream, io::XSeekable> {
 public:
  sal_Int32 SAL_CALL readBytes(uno::Sequence<sal_Int8>& data, sal_Int32 count) override {
    if (count < 0) throw io::BufferSizeExceededException();
    const auto wanted = static_cast<sal_Int32>(std::min<sal_Int64>(count, length_ - position_));
    if (data.getLength() != wanted) data.realloc(wanted);
    const auto got = wanted > 0 ? read(data.getArray(), wanted, position_) : 0;
    if (got < wanted) data.realloc(got);
    position_ += got;
    return got;
  }
  sal_Int32 SAL_CALL readSomeBytes(uno::Sequence<sal_Int8>& data, sal_Int32 count) override {
    return readBytes(data, count);
  }
  void SAL_CALL skipBytes(sal_Int32 count) override {
    if (count < 0) throw io::BufferSizeExceededException();
    position_ = std::min(length_, position_ + count);
  }
  sal_Int32 SAL_CALL available() override {
    return static_cast<sal_Int32>(std::min<sal_Int64>(length_ - position_, SAL_MAX_INT32));
  }
  void SAL_CALL closeInput() override {}
  void SAL_CALL seek(sal_Int64 position) override {
    if (position < 0 || position > length_) throw lang::IllegalArgumentException();
    position_ = position;
  }
  sal_Int64 SAL_CALL getPosition() override { return position_; }
  sal_Int64 SAL_CALL getLength() override { return length_; }

 protected:
  explicit Input(sal_Int64 length) : length_(length) {}

 private:
  /// As many of `count` bytes from `position` on as there are.
  virtual sal_Int32 read(sal_Int8* to, sal_Int32 count, sal_Int64 position) = 0;

  sal_Int64 position_ = 0;
  sal_Int64 length_;
};

sal_Int64 size_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? static_cast<sal_Int64>(status.st_size) : 0;
}

class FileInput final : public Input {
 public:
  explicit FileInput(int fd) : Input(size_of(fd)), fd_(fd) {}

 private:
  sal_Int32 read(sal_Int8* to, sal_Int32 count, sal_Int64 position) override {
    sal_Int32 got = 0;
    while (got < count) {
      const auto part = ::pread(fd_, to + got, static_cast<std::size_t>(count - got), position + got);
      if (part < 0 && errno == EINTR) continue;
      if (part <= 0) break;
      got += static_cast<sal_Int32>(part);
    }
    return got;
  }

  int fd_;
};

class MemoryInput final : public Input {
 public:
  explicit MemoryInput(std::string bytes) : Input(static_cast<sal_Int64>(bytes.size())), bytes_(std::move(bytes)) {}

 private:
  sal_Int32 read(sal_Int8* to, sal_Int32 count, sal_Int64 position) override {
    std::memcpy(to, bytes_.data() + position, static_cast<std::size_t>(count));
    return count;
  }

  std::string bytes_;
};

class Output final : public cppu::WeakImplHelper1<io::XOutputStream> {
 public:
  explicit Output(int fd) : fd_(fd) {}

  void SAL_CALL writeBytes(const uno::Sequence<sal_Int8>& data) override {
    const auto* from = data.getConstArray();
    for (auto left = static_cast<std::size_t>(data.getLength()); left > 0;) {
      const auto written = ::write(fd_, from, left);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) throw io::IOException();
      from += written;
      left -= static_cast<std::size_t>(written);
    }
  }
  void SAL_CALL flush() override {}
  void SAL_CALL closeOutput() override {}

 private:
  int fd_;
};

}  // namespace

uno::Reference<io::XInputStream> input_stream(int fd) { return new FileInput(fd); }
uno::Reference<io::XInputStream> input_stream(std::string bytes) { return new MemoryInput(std::move(bytes)); }
uno::Reference<io::XOutputStream> output_stream(int fd) { return new Output(fd); }

}  // namespace recast::libreoffice
