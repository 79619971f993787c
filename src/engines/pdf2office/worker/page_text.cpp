#include "engines/pdf2office/worker/page_text.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "engines/pdf2office/worker/faces.hpp"
#include "engines/pdf2office/worker/unicode.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr std::size_t kMostPages = 5'000;
constexpr std::size_t kMostCharacters = 20'000'000;
constexpr std::size_t kMostFaces = 5'000;
constexpr double kLargestSize = 2'000;

// In parts of the letters' size.
constexpr double kWordGap = 0.15;
constexpr double kSpace = 0.45;
constexpr double kAscent = 0.8;
constexpr double kDescent = 0.2;

std::uint32_t colour_of(std::string_view text) {
  std::uint32_t value = 0;
  if (!text.starts_with('#') || text.size() != 7) return 0;
  for (const char digit : text.substr(1)) {
    value <<= 4U;
    if (digit >= '0' && digit <= '9') value |= static_cast<std::uint32_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f') value |= static_cast<std::uint32_t>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F') value |= static_cast<std::uint32_t>(digit - 'A' + 10);
  }
  return value;
}

using Places = std::vector<std::pair<double, char32_t>>;  // x and letter, as the document has them

bool is_number_sign(char32_t letter) {
  return (letter >= '0' && letter <= '9') || letter == '.' || letter == ',' || letter == ':' || letter == '/';
}

/// Hebrew and Arabic words in reading order: some makers store them as painted, left to right. Numbers keep theirs.
std::string in_reading_order(const Places& places) {
  std::u32string letters;
  for (const auto& place : places) letters += place.second;
  if (places.size() > 1 && places.front().first < places.back().first) {
    std::ranges::reverse(letters);
    for (auto at = letters.begin(); at != letters.end();) {
      const auto end = std::find_if_not(at, letters.end(), &is_number_sign);
      std::reverse(at, end);
      at = end == letters.end() ? end : end + 1;
    }
  }
  return compatible(encode(letters));
}

class TextHandler final : public ElementHandler {
 public:
  explicit TextHandler(Document& document) : document_(document) {}

  void start(std::string_view name, const Attributes& attributes) override {
    if (failed) return;
    if (name == "char") return add_letter(attributes);
    if (name == "font") return set_font(attributes);
    if (name == "line") {
      double direction[2] = {1, 0};
      read_numbers(attributes.text("dir"), direction, 2);
      level_ = direction[0] > 0.95;
    }
    if (name == "page") start_page(attributes);
  }

  void end(std::string_view name) override {
    if (name == "line") finish_word();
    if (name == "page" && page_ != nullptr) finish_page();
  }

 private:
  void start_page(const Attributes& attributes);
  void finish_page();
  void set_font(const Attributes& attributes);
  void add_letter(const Attributes& attributes);
  void start_word(double x, double base);
  void finish_word(After after = After::gap);

  Document& document_;
  Page* page_ = nullptr;
  const Face* face_ = nullptr;
  double size_ = 0;
  std::uint32_t colour_ = 0;
  bool level_ = true;
  bool open_ = false;
  Word word_;
  Places places_;
  std::size_t characters_ = 0;
};

void TextHandler::start_page(const Attributes& attributes) {
  if (document_.pages.size() == kMostPages) {
    failed = Error{ErrorCode::page_limit, "The document has more than 5,000 pages; choose some by pages.", "pages"};
    return;
  }
  document_.pages.push_back(std::make_unique<Page>());
  page_ = document_.pages.back().get();
  page_->number = static_cast<int>(document_.pages.size());
  page_->width = std::max(1.0, attributes.number("width"));
  page_->height = std::max(1.0, attributes.number("height"));
}

void TextHandler::set_font(const Attributes& attributes) {
  size_ = std::clamp(attributes.number("size"), 0.1, kLargestSize);
  auto face = face_of(attributes.text("name"));
  const auto known = document_.faces.find(face);
  if (known != document_.faces.end()) {
    face_ = &*known;
  } else {
    face_ = document_.faces.size() < kMostFaces ? &*document_.faces.insert(std::move(face)).first
                                                : &*document_.faces.begin();
  }
}

void TextHandler::start_word(double x, double base) {
  word_ = {};
  word_.x0 = word_.x1 = x;
  word_.y0 = base - kAscent * size_;
  word_.y1 = base + kDescent * size_;
  word_.base = base;
  word_.size = size_;
  word_.face = face_;
  word_.colour = colour_;
  word_.bold = face_->bold;
  places_.clear();
  open_ = true;
}

void TextHandler::add_letter(const Attributes& attributes) {
  if (page_ == nullptr || face_ == nullptr || !level_) return;
  if (++characters_ > kMostCharacters) {
    failed = Error{ErrorCode::file_too_large, "The document has too much text; choose some pages.", "pages"};
    return;
  }
  const auto letters = decode(attributes.text("c"));
  if (letters.empty() || is_space(letters.front())) return finish_word(After::space);
  double quad[8] = {};
  read_numbers(attributes.text("quad"), quad, 8);
  const auto [x0, x1] = std::minmax({quad[0], quad[2], quad[4], quad[6]});
  colour_ = colour_of(attributes.text("color"));
  if (open_ && std::max(x0 - word_.x1, word_.x0 - x1) > kWordGap * size_) finish_word();
  if (open_ && (word_.face != face_ || std::abs(word_.size - size_) > 0.3 || word_.colour != colour_)) {
    finish_word(After::glue);
  }
  if (!open_) start_word(x0, attributes.number("y"));
  word_.x0 = std::min(word_.x0, x0);
  word_.x1 = std::max(word_.x1, x1);
  for (const auto letter : letters) {
    places_.emplace_back(x0, letter);
    word_.right_to_left = word_.right_to_left || is_right_to_left(letter);
  }
}

void TextHandler::finish_word(After after) {
  if (!open_) return;
  open_ = false;
  if (word_.right_to_left) {
    word_.text = in_reading_order(places_);
  } else {
    for (const auto& place : places_) append(word_.text, place.second);
  }
  for (const auto letter : decode(word_.text)) {
    ++word_.length;
    if (!is_letter(letter)) continue;
    ++word_.letters;
    word_.right_to_left_letters += is_right_to_left(letter) ? 1U : 0U;
  }
  word_.after = after;
  if (!word_.text.empty()) page_->storage.push_back(std::move(word_));
}

/// Office programs write every space, LaTeX writes none: whether small gaps between words are mostly real spaces.
bool writes_spaces(const std::vector<Word>& words) {
  std::size_t spaces = 0, bare = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& one = words[i];
    spaces += one.after == After::space ? 1 : 0;
    if (one.after != After::gap || i + 1 == words.size()) continue;
    const auto gap = words[i + 1].x0 - one.x1;
    const bool same_line = std::abs(one.base - words[i + 1].base) < 1;
    bare += same_line && gap > kWordGap * one.size && gap < kSpace * one.size ? 1 : 0;
  }
  return spaces > 0 && static_cast<double>(spaces) >= 0.25 * static_cast<double>(bare);
}

void TextHandler::finish_page() {
  finish_word();
  auto& page = *page_;
  page.real_spaces = writes_spaces(page.storage);
  // Printed twice, less than a point apart: that is how some make bold letters.
  std::map<std::tuple<std::string_view, double, double>, Word*> seen;
  for (auto& word : page.storage) {
    const auto [at, is_new] =
        seen.try_emplace({word.text, std::nearbyint(word.x0 / 2), std::nearbyint(word.base / 2)}, &word);
    if (!is_new) {
      at->second->bold = true;
      continue;
    }
    if (word.x1 > 0 && word.x0 < page.width && word.y1 > 0 && word.y0 < page.height) page.words.push_back(&word);
  }
  page_ = nullptr;
}

}  // namespace

Result<> read_text(const NextPiece& next, Document& document) {
  TextHandler handler(document);
  return read_xml(next, handler);
}

}  // namespace recast::engines::pdf2office
