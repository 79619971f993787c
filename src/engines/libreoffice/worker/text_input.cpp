#include "engines/libreoffice/worker/text_input.hpp"

#include <iconv.h>
#include <uchardet/uchardet.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "base/text.hpp"

namespace recast::libreoffice {

namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::size_t kSampleBytes = 64 << 10;

/// UTF-16 without a mark: nearly every second byte of western text is NUL.
std::string_view utf16_by_zeros(std::string_view text) {
  const auto sample = text.substr(0, 4096);
  std::array<std::size_t, 2> zeros{};
  for (std::size_t i = 0; i < sample.size(); ++i) zeros[i % 2] += sample[i] == '\0' ? 1 : 0;
  const auto most = sample.size() / 4;
  if (most == 0) return {};
  if (zeros[1] > most && zeros[0] * 8 < zeros[1]) return "UTF-16LE";
  if (zeros[0] > most && zeros[1] * 8 < zeros[0]) return "UTF-16BE";
  return {};
}

std::string detect(std::string_view text) {
  if (text.starts_with("\xFF\xFE")) return "UTF-16LE";
  if (text.starts_with("\xFE\xFF")) return "UTF-16BE";
  if (const auto name = utf16_by_zeros(text); !name.empty()) return std::string(name);
  const std::unique_ptr<uchardet, decltype(&uchardet_delete)> detector(uchardet_new(), &uchardet_delete);
  const auto sample = text.substr(0, kSampleBytes);
  if (uchardet_handle_data(detector.get(), sample.data(), sample.size()) != 0) return "WINDOWS-1252";
  uchardet_data_end(detector.get());
  std::string name = uchardet_get_charset(detector.get());
  return name.empty() || name == "ASCII" ? "WINDOWS-1252" : name;
}

class Converter {
 public:
  explicit Converter(const std::string& from) : handle_(::iconv_open("UTF-8", from.c_str())) {}
  ~Converter() {
    if (*this) ::iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  explicit operator bool() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  std::string convert(std::string_view text) {
    std::string result;
    std::array<char, 16384> buffer{};
    auto* in = const_cast<char*>(text.data());  // iconv does not write there
    auto left = text.size();
    while (left > 0) {
      auto* out = buffer.data();
      auto space = buffer.size();
      const auto status = ::iconv(handle_, &in, &left, &out, &space);
      const auto problem = errno;
      result.append(buffer.data(), buffer.size() - space);
      if (status != static_cast<std::size_t>(-1) || problem == E2BIG) continue;
      result += kReplacement;
      if (problem != EILSEQ) break;  // cut off in the middle of a character
      ++in, --left;
    }
    return result;
  }

 private:
  iconv_t handle_;
};

bool names_its_encoding(std::string_view page) {
  if (page.starts_with(kMark) || page.starts_with("\xFF\xFE") || page.starts_with("\xFE\xFF")) return true;
  const auto head = lower(page.substr(0, 2048));
  return head.find("charset") != std::string::npos || (head.starts_with("<?xml") && head.find("encoding") < 100);
}

}  // namespace

std::string decode_text(std::span<const char> bytes) {
  std::string_view text(bytes.data(), bytes.size());
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  if (is_valid_utf8(text) && utf16_by_zeros(text).empty()) return std::string(text);
  Converter converter(detect(text));
  if (!converter) {
    Converter western("WINDOWS-1252");
    return western.convert(text);
  }
  auto result = converter.convert(text);
  if (result.starts_with(kMark)) result.erase(0, kMark.size());
  return result;
}

std::string decode_page(std::span<const char> bytes) {
  const std::string_view page(bytes.data(), bytes.size());
  return names_its_encoding(page) ? std::string(page) : std::string(kMark) + decode_text(bytes);
}

char guess_separator(std::string_view text) {
  constexpr std::string_view kCandidates = ",;\t|";
  constexpr int kLines = 20;
  std::array<int, kCandidates.size()> total{};
  std::array<int, kCandidates.size()> even{};  // lines with as many as the first
  std::array<int, kCandidates.size()> first{};
  std::array<int, kCandidates.size()> count{};
  int lines = 0;
  bool quoted = false;
  const auto end_line = [&] {
    for (std::size_t i = 0; i < count.size(); ++i) {
      if (lines == 0) first[i] = count[i];
      if (count[i] > 0 && count[i] == first[i]) ++even[i];
      total[i] += count[i];
    }
    count = {};
    ++lines;
  };
  for (const char symbol : text.substr(0, kSampleBytes)) {
    if (symbol == '"') quoted = !quoted;
    if (quoted) continue;
    if (symbol == '\n' && lines < kLines) end_line();
    if (lines == kLines) break;
    if (const auto which = kCandidates.find(symbol); which != std::string_view::npos) ++count[which];
  }
  if (lines < kLines) end_line();
  std::size_t best = 0;
  for (std::size_t i = 1; i < kCandidates.size(); ++i) {
    if (std::pair(even[i], total[i]) > std::pair(even[best], total[best])) best = i;
  }
  return kCandidates[best];
}

}  // namespace recast::libreoffice
