#include "engines/qpdf/worker/scan_page.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "engines/qpdf/worker/objects.hpp"

namespace recast::engines::qpdf {

namespace {

/// Reads a content stream: what it shows, and what it is without its pictures.
class Reader final : public QPDFObjectHandle::ParserCallbacks {
 public:
  Reader(Object resources, int depth) : resources_(std::move(resources)), depth_(depth) {}

  void handleObject(Object object) override {
    if (!object.isOperator()) {
      operands_.push_back(object);
      return;
    }
    const auto name = object.getOperatorValue();
    if (!is_picture(name)) write(name);
    operands_.clear();
  }
  void handleEOF() override {}

  bool shows_pictures() const { return pictures_; }
  bool shows_more() const { return more_; }
  const std::string& rest() const { return rest_; }

 private:
  /// Also learns from an operator what is shown.
  bool is_picture(std::string_view name) {
    static constexpr std::array<std::string_view, 11> kPaint{"f",  "F", "f*", "B",  "B*", "b",
                                                             "b*", "S", "s",  "sh", "d1"};
    static constexpr std::array<std::string_view, 4> kText{"Tj", "TJ", "'", "\""};
    constexpr int kUnseen = 3;
    const auto listed = [&](const auto& names) { return std::ranges::find(names, name) != names.end(); };
    if (name == "Tr" && !operands_.empty() && operands_[0].isInteger()) mode_ = operands_[0].getIntValueAsInt();
    if (name == "q") modes_.push_back(mode_);
    if (name == "Q" && !modes_.empty()) {
      mode_ = modes_.back();
      modes_.pop_back();
    }
    if (listed(kPaint) || (listed(kText) && mode_ != kUnseen)) more_ = true;
    if (name == "Do") return look_at_object();
    if (name != "BI" && name != "ID" && name != "EI") return false;
    pictures_ = true;
    return true;
  }

  bool look_at_object() {
    auto object = operands_.empty() || !operands_[0].isName()
                      ? Object::newNull()
                      : member(member(resources_, "/XObject"), operands_[0].getName());
    if (!object.isStream()) return true;
    if (is_name(object.getDict().getKey("/Subtype"), "/Image")) return pictures_ = true;
    constexpr int kDeepestForm = 8;
    if (depth_ >= kDeepestForm) return !(more_ = true);
    auto own = object.getDict().getKey("/Resources");
    Reader inner(own.isDictionary() ? own : resources_, depth_ + 1);
    QPDFObjectHandle::parseContentStream(object, &inner);
    // A form that draws pictures would draw them once more.
    if (inner.shows_more() || inner.shows_pictures()) more_ = true;
    return false;
  }

  void write(std::string_view name) {
    for (auto& operand : operands_) rest_ += operand.unparseResolved() + " ";
    rest_ += std::string(name) + "\n";
  }

  Object resources_;
  int depth_;
  std::vector<Object> operands_;
  std::vector<int> modes_;
  int mode_ = 0;
  bool pictures_ = false;
  bool more_ = false;
  std::string rest_;
};

}  // namespace

std::optional<std::string> text_under_scan(QPDFPageObjectHelper& page) {
  Reader reader(page.getAttribute("/Resources", false), 0);
  page.parseContents(&reader);
  if (reader.shows_more() || !reader.shows_pictures()) return std::nullopt;
  return reader.rest();
}

}  // namespace recast::engines::qpdf
