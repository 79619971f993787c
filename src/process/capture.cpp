#include "process/capture.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace recast::process {

namespace {
// Length of the valid UTF-8 sequence at the start, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
  return length != 0 && length <= text.size() && is_valid_utf8(text.substr(0, length)) ? length : 0;
}
}  // namespace

void Lines::add(std::string_view bytes, const Take& take) {
  while (!bytes.empty()) {
    const auto end = bytes.find_first_of("\r\n");
    const auto room = kLineKept - line_.size();
    const auto part = bytes.substr(0, std::min(end, room));
    line_.append(part);
    bytes.remove_prefix(part.size());
    if (end == part.size()) {
      bytes.remove_prefix(1);
      finish(take);
    } else if (line_.size() >= kLineKept) {
      finish(take);
    }
  }
}

void Lines::finish(const Take& take) {
  if (!line_.empty()) take(line_);
  line_.clear();
}

void OutputCapture::add(std::string_view bytes) {
  kept_.append(bytes.substr(0, kOutputKept - std::min(kOutputKept, kept_.size())));
  if (on_line_) lines_.add(bytes, on_line_);
}

void OutputCapture::finish() {
  if (on_line_) lines_.finish(on_line_);
}

void ErrorCapture::add(std::string_view bytes) {
  if (!keep_) return append(bytes);
  lines_.add(bytes, [this](std::string_view line) { take(line); });
}

void ErrorCapture::finish() {
  lines_.finish([this](std::string_view line) { take(line); });
}

void ErrorCapture::take(std::string_view line) {
  if (const auto text = keep_(line)) append(*text + "\n");
}

void ErrorCapture::append(std::string_view bytes) {
  kept_.append(bytes);
  // Cut in large steps: moving the tail at every read would cost more than keeping twice as much.
  if (kept_.size() > 2 * kErrorsKept) kept_.erase(0, kept_.size() - kErrorsKept);
}

std::string ErrorCapture::clean() const {
  std::string_view tail = kept_;
  if (tail.size() > kErrorsKept) tail.remove_prefix(tail.size() - kErrorsKept);
  auto text = clean_text(tail);
  // A replacement takes three bytes: cut again, at the start of a character.
  if (text.size() > kErrorsKept) {
    auto start = text.size() - kErrorsKept;
    while (start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80) ++start;
    text.erase(0, start);
  }
  return text;
}

std::string clean_text(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto length = sequence_length(bytes);
    if (length == 0) {
      text += "\xEF\xBF\xBD";
      bytes.remove_prefix(1);
      continue;
    }
    const auto c = static_cast<unsigned char>(bytes.front());
    const bool control =
        length == 1 ? c < 0x20 || c == 0x7F : length == 2 && c == 0xC2 && static_cast<unsigned char>(bytes[1]) < 0xA0;
    if (!control || c == '\n' || c == '\t') text.append(bytes.substr(0, length));
    if (c == '\r') text += '\n';
    bytes.remove_prefix(length);
  }
  return text;
}

}  // namespace recast::process
