#include "engines/pdf2office/worker/page_pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr std::size_t kMostOnPage = 1'000;
constexpr double kSmallest = 3;  // points

std::set<int> pages_with_masks(std::string_view list) {
  std::set<int> result;
  for (const auto line : split(list, '\n')) {
    std::vector<std::string_view> words;
    for (const auto word : split(line, ' ')) {
      if (!word.empty() && words.size() < 3) words.push_back(word);
    }
    if (words.size() < 3 || (words[2] != "smask" && words[2] != "mask" && words[2] != "stencil")) continue;
    int page = 0;
    if (std::from_chars(words[0].data(), words[0].data() + words[0].size(), page).ec == std::errc())
      result.insert(page);
  }
  return result;
}

class PictureHandler final : public ElementHandler {
 public:
  PictureHandler(Document& document, std::set<int> masked) : document_(document), masked_(std::move(masked)) {}

  void start(std::string_view name, const Attributes& attributes) override {
    if (name == "page") {
      page_ = next_page_ < document_.pages.size() ? document_.pages[next_page_++].get() : nullptr;
      if (page_ == nullptr) return;
      scale_x_ = page_->width / std::max(1.0, attributes.number("width"));
      scale_y_ = page_->height / std::max(1.0, attributes.number("height"));
    }
    if (name == "image" && page_ != nullptr && page_->pictures.size() < kMostOnPage) add(attributes);
  }
  void end(std::string_view) override {}

 private:
  void add(const Attributes& attributes) {
    const auto left = attributes.number("left") * scale_x_, top = attributes.number("top") * scale_y_;
    Picture picture;
    picture.x0 = std::max(0.0, left);
    picture.y0 = std::max(0.0, top);
    picture.x1 = std::min(page_->width, left + attributes.number("width") * scale_x_);
    picture.y1 = std::min(page_->height, top + attributes.number("height") * scale_y_);
    if (picture.width() <= kSmallest || picture.height() <= kSmallest) return;
    picture.crop = masked_.contains(page_->number);
    const auto source = attributes.text("src");
    picture.file = picture.crop ? fmt::format("crop-{}-{}.png", page_->number, page_->pictures.size())
                                : std::string(source.substr(source.rfind('/') + 1));
    page_->pictures.push_back(std::move(picture));
  }

  Document& document_;
  std::set<int> masked_;
  Page* page_ = nullptr;
  std::size_t next_page_ = 0;
  double scale_x_ = 1;
  double scale_y_ = 1;
};

}  // namespace

void read_pictures(const NextPiece& next, std::string_view list, Document& document) {
  PictureHandler handler(document, pages_with_masks(list));
  (void)read_xml(next, handler);
}

}  // namespace recast::engines::pdf2office
