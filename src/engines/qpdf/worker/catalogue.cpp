#include "engines/qpdf/worker/catalogue.hpp"

#include <exception>
#include <new>
#include <qpdf/QPDFPageLabelDocumentHelper.hh>

namespace recast::engines::qpdf {

namespace {

void append_all(Object& array, const std::vector<Object>& more) {
  for (const auto& one : more) array.appendItem(one);
}

/// A label made of values alone, which may stand in any document.
Object plain_label(const Object& label) {
  auto plain = Object::newDictionary();
  if (auto style = member(label, "/S"); style.isName()) plain.replaceKey("/S", Object::newName(style.getName()));
  if (auto prefix = member(label, "/P"); prefix.isString())
    plain.replaceKey("/P", Object::newString(prefix.getStringValue()));
  if (auto start = member(label, "/St"); start.isInteger())
    plain.replaceKey("/St", Object::newInteger(start.getIntValue()));
  return plain;
}

/// What a page of a document without labels is shown with.
Object plain_number(long long number) {
  auto plain = Object::newDictionary();
  plain.replaceKey("/S", Object::newName("/D"));
  plain.replaceKey("/St", Object::newInteger(number));
  return plain;
}

}  // namespace

void Layers::add(const Source& source) {
  auto all = member(source.root(), "/OCProperties");
  if (!all.isDictionary()) return;
  auto copy = copy_into(target_, source.document(), all);
  const auto groups = items(member(copy, "/OCGs"));
  append_all(groups_, groups);
  auto settings = member(copy, "/D");
  for (const auto* const key : {"/ON", "/OFF", "/Order", "/Locked", "/RBGroups", "/AS"}) {
    const auto more = items(member(settings, key));
    if (more.empty()) continue;
    if (!settings_.hasKey(key)) settings_.replaceKey(key, Object::newArray());
    auto list = settings_.getKey(key);
    append_all(list, more);
  }
  if (!is_name(member(settings, "/BaseState"), "/OFF")) return;
  // Here the base is that all are seen: those that are not must be listed.
  Visited seen;
  for (const auto& group : items(member(settings, "/ON"))) seen.first_time(group);
  if (!settings_.hasKey("/OFF")) settings_.replaceKey("/OFF", Object::newArray());
  for (const auto& group : groups) {
    if (group.isIndirect() && seen.first_time(group)) settings_.getKey("/OFF").appendItem(group);
  }
}

void Layers::finish() {
  if (groups_.getArrayNItems() == 0) return;
  auto all = Object::newDictionary();
  all.replaceKey("/OCGs", groups_);
  all.replaceKey("/D", settings_);
  target_.getRoot().replaceKey("/OCProperties", target_.makeIndirectObject(all));
}

void Labels::add(const Source& source, std::span<const std::size_t> pages, std::size_t first) {
  std::vector<Object> numbers;
  try {
    QPDFPageLabelDocumentHelper labels(source.document());
    const bool labelled = labels.hasPageLabels();
    any_ = labelled || any_;
    for (std::size_t at = 0; at < pages.size(); ++at) {
      const auto page = static_cast<long long>(pages[at]);
      const auto place = first + at;
      const auto number = static_cast<long long>(place);
      if (labelled) {
        labels.getLabelsForPageRange(page, page, number, numbers);
      } else if (at == 0 || pages[at] != pages[at - 1] + 1) {
        numbers.push_back(Object::newInteger(number));
        numbers.push_back(plain_number(page + 1));
      }
    }
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    return;  // a damaged list of labels is no reason to refuse the pages
  }
  for (std::size_t at = 0; at + 1 < numbers.size(); at += 2) {
    numbers_.push_back(Object::newInteger(numbers[at].getIntValue()));
    numbers_.push_back(plain_label(numbers[at + 1]));
  }
}

void Labels::finish() {
  if (!any_ || numbers_.empty()) return;
  auto tree = Object::newDictionary();
  tree.replaceKey("/Nums", Object::newArray(numbers_));
  target_.getRoot().replaceKey("/PageLabels", target_.makeIndirectObject(tree));
}

void take_presentation(QPDF& target, const Source& source) {
  auto information = member(source.document().getTrailer(), "/Info");
  if (information.isDictionary()) {
    auto copy = copy_into(target, source.document(), information);
    if (copy.isDictionary()) target.getTrailer().replaceKey("/Info", copy);
  }
  for (const auto* const key : {"/Lang", "/ViewerPreferences", "/PageLayout", "/PageMode"}) {
    auto value = member(source.root(), key);
    if (!value.isNull()) target.getRoot().replaceKey(key, copy_into(target, source.document(), value));
  }
}

}  // namespace recast::engines::qpdf
