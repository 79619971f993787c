#include "pdf/buffered_input.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <qpdf/QPDFExc.hh>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace recast::pdf {

namespace {

constexpr std::size_t kWindow = 64 << 10;
constexpr qpdf_offset_t kPage = 4096;

class BufferedInput final : public InputSource {
 public:
  explicit BufferedInput(int fd) : fd_(fd), window_(std::make_unique_for_overwrite<char[]>(kWindow)) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) fail();
    size_ = status.st_size;
    leave_padding_out();
  }

  qpdf_offset_t findAndSkipNextEOL() override {
    constexpr std::string_view kEnds = "\r\n";
    for (; offset_ < size_; offset_ = start_ + length()) {
      const auto rest = shown();
      if (rest.empty()) break;
      const auto end = rest.find_first_of(kEnds);
      if (end == std::string_view::npos) continue;
      const auto found = offset_ + static_cast<qpdf_offset_t>(end);
      for (offset_ = found; !shown().empty() && kEnds.contains(shown().front());) ++offset_;
      return found;
    }
    return offset_ = size_;
  }

  const std::string& getName() const override { return name_; }
  qpdf_offset_t tell() override { return offset_; }

  void seek(qpdf_offset_t offset, int whence) override {
    const auto base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? offset_ : size_;
    if (offset < -base) throw std::runtime_error("document: seek before its beginning");
    offset_ = base + offset;
  }
  void rewind() override { offset_ = 0; }

  std::size_t read(char* into, std::size_t length) override {
    last_offset = offset_;
    std::size_t done = 0;
    while (done < length) {
      const auto part = shown().substr(0, length - done);
      if (part.empty()) break;
      std::memcpy(into + done, part.data(), part.size());
      done += part.size();
      offset_ += static_cast<qpdf_offset_t>(part.size());
    }
    // As libqpdf's own sources have it.
    if (done == 0 && length > 0) last_offset = offset_ = size_;
    return done;
  }

  void unreadCh(char) override {
    if (offset_ > 0) --offset_;
  }

 private:
  qpdf_offset_t length() const { return static_cast<qpdf_offset_t>(length_); }

  /// What the window has from here on, after moving it if it has nothing; empty at the end.
  std::string_view shown() {
    if (offset_ >= size_) return {};
    if (offset_ < start_ || offset_ >= start_ + length()) fill();
    const auto at = static_cast<std::size_t>(offset_ - start_);
    const auto rest = std::string_view(window_.get(), length_).substr(std::min(at, length_));
    return rest.substr(0, static_cast<std::size_t>(size_ - offset_));  // padding may lie behind it
  }

  [[noreturn]] void fail() const {
    throw QPDFExc(qpdf_e_system, name_, "", offset_, std::generic_category().message(errno));
  }

  void fill() {
    const auto start = offset_ - offset_ % kPage;  // a little before, for steps back
    ssize_t count = -1;
    do {
      count = ::pread(fd_, window_.get(), kWindow, start);
    } while (count < 0 && errno == EINTR);
    if (count < 0) fail();
    start_ = start;
    length_ = static_cast<std::size_t>(count);
  }

  /// libqpdf looks for the end of a document in the last thousand bytes only, and some programs fill up what they send.
  void leave_padding_out() {
    constexpr qpdf_offset_t kMostPadding = 1 << 20;
    constexpr std::string_view kPadding("\0\t\n\f\r ", 6);
    const auto least = std::max<qpdf_offset_t>(0, size_ - kMostPadding);
    auto end = size_;
    while (end > least) {
      offset_ = std::max(least, end - static_cast<qpdf_offset_t>(kWindow / 2));
      const auto last = shown().substr(0, static_cast<std::size_t>(end - offset_)).find_last_not_of(kPadding);
      if (last != std::string_view::npos) {
        end = std::min(end, offset_ + static_cast<qpdf_offset_t>(last) + 2);  // and the line's own end
        break;
      }
      end = offset_;
    }
    // A file of nothing else is left as it is.
    if (end > least) size_ = end;
    offset_ = 0;
  }

  int fd_;
  std::string name_ = "document";
  std::unique_ptr<char[]> window_;
  qpdf_offset_t size_ = 0;
  qpdf_offset_t offset_ = 0;
  qpdf_offset_t start_ = 0;  // of the window in the file
  std::size_t length_ = 0;   // of what is in it
};

}  // namespace

std::shared_ptr<InputSource> buffered_input(int fd) { return std::make_shared<BufferedInput>(fd); }

}  // namespace recast::pdf
