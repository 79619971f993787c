#include "engines/inspect/worker/pages.hpp"

#include <unistd.h>

#include <array>
#include <qpdf/QPDF.hh>
#include <string_view>

#include "pdf/buffered_input.hpp"

namespace recast::engines::inspect {

namespace {

constexpr std::int64_t kMost = 1'000'000;  // more than any printer took: such a number is a lie

std::optional<std::int64_t> pages_of_pdf(int fd) {
  try {
    QPDF document;
    document.setSuppressWarnings(true);
    document.setAttemptRecovery(false);  // would read the whole file
    document.processInputSource(pdf::buffered_input(fd));
    auto count = document.getRoot().getKey("/Pages").getKey("/Count");
    if (!count.isInteger() || count.getIntValue() < 1 || count.getIntValue() > kMost) return std::nullopt;
    return count.getIntValue();
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

/// Numbers of a TIFF file, in its own order of bytes.
class TiffNumbers {
 public:
  TiffNumbers(int fd, bool big_endian) : fd_(fd), big_endian_(big_endian) {}

  std::optional<std::uint64_t> at(std::uint64_t place, std::size_t bytes) const {
    std::array<unsigned char, 8> raw{};
    if (place > (1ULL << 62)) return std::nullopt;
    if (::pread(fd_, raw.data(), bytes, static_cast<off_t>(place)) != static_cast<ssize_t>(bytes)) return std::nullopt;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes; ++i) number = number << 8 | raw.at(big_endian_ ? i : bytes - 1 - i);
    return number;
  }

 private:
  int fd_;
  bool big_endian_;
};

/// Each directory is a page; they are a chain.
std::optional<std::int64_t> pages_of_tiff(int fd, bool big_endian, bool big) {
  constexpr std::int64_t most = 10'000;  // the chain may be a ring
  const TiffNumbers numbers(fd, big_endian);
  const std::size_t wide = big ? 8 : 4;
  auto place = numbers.at(big ? 8 : 4, wide);
  std::int64_t pages = 0;
  while (place && *place != 0) {
    if (++pages > most) return std::nullopt;
    const auto entries = numbers.at(*place, big ? 8 : 2);
    if (!entries || *entries > 0xffff) return std::nullopt;
    place = numbers.at(*place + (big ? 8 + *entries * 20 : 2 + *entries * 12), wide);
  }
  if (!place || pages == 0) return std::nullopt;
  return pages;
}

}  // namespace

std::optional<std::int64_t> count_pages(int fd) {
  std::array<char, 1024> head{};
  const auto size = ::pread(fd, head.data(), head.size(), 0);
  if (size < 8) return std::nullopt;
  const std::string_view bytes(head.data(), static_cast<std::size_t>(size));
  const auto start = bytes.substr(0, 2);
  if (start == "II" || start == "MM") {
    const char kind = bytes[start == "II" ? 2 : 3];
    if (kind == '*' || kind == '+') return pages_of_tiff(fd, start == "MM", kind == '+');
  }
  if (bytes.find("%PDF-") != std::string_view::npos) return pages_of_pdf(fd);
  return std::nullopt;
}

}  // namespace recast::engines::inspect
