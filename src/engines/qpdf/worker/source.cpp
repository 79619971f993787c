#include "engines/qpdf/worker/source.hpp"

#include <algorithm>
#include <array>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <string_view>

namespace recast::engines::qpdf {

namespace {

/// What stays with the page tree, and threads of articles, which lead from one page to others.
constexpr std::array<std::string_view, 4> kLeftOut{"/Type", "/Parent", "/Annots", "/B"};

/// Whether two pages have one dictionary of resources, of pictures or of fonts. Others need no trimming, which has to
/// read all that a page draws.
bool share_resources(const std::vector<Object>& pages) {
  Visited visited;
  for (const auto& page : pages) {
    auto resources = member(page, "/Resources");
    if (!visited.first_time(resources)) return true;
    for (const auto* const kind : {"/XObject", "/Font"}) {
      if (!visited.first_time(member(resources, kind))) return true;
    }
  }
  return false;
}

/// The pages, each with all that it has by inheritance.
std::vector<Object> pages_of(QPDF& document) {
  QPDFPageDocumentHelper(document).pushInheritedAttributesToPage();
  return document.getAllPages();
}

}  // namespace

Source::Source(std::shared_ptr<QPDF> document, const std::set<std::size_t>& trimmed)
    : document_(std::move(document)), version_(document_->getVersionAsPDFVersion()), stubs_(pages_of(*document_)) {
  if (!trimmed.empty() && share_resources(stubs_)) {
    for (const auto page : trimmed) QPDFPageObjectHelper(stubs_.at(page)).removeUnreferencedResources();
  }
  for (const auto& page : stubs_) take_apart(page);
  fields_ = SourceFields(*document_, annotations_);
}

void Source::take_apart(Object page) {
  auto content = Object::newDictionary();
  auto& annotations = annotations_.emplace_back();
  Visited visited;
  for (auto annotation : items(member(page, "/Annots"))) {
    if (!annotation.isDictionary() || !visited.first_time(annotation)) continue;
    annotations.push_back(annotation.isIndirect() ? annotation : document_->makeIndirectObject(annotation));
  }
  for (const auto& key : page.getKeys()) {
    if (std::ranges::find(kLeftOut, key) == kLeftOut.end()) content.replaceKey(key, page.getKey(key));
    if (key != "/Type" && key != "/Parent") page.removeKey(key);
  }
  contents_.push_back(content);
}

}  // namespace recast::engines::qpdf
