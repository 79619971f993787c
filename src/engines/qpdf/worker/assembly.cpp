#include "engines/qpdf/worker/assembly.hpp"

#include <map>
#include <set>

namespace recast::engines::qpdf {

namespace {

std::unique_ptr<QPDF> empty_document() {
  auto document = std::make_unique<QPDF>();
  document->setSuppressWarnings(true);
  document->emptyPDF();
  return document;
}

}  // namespace

/// A page of the source in the target.
struct Assembly::Placed {
  std::size_t number = 0;  // in the source
  Object page;
  bool again = false;                       // it stands somewhere before already
  std::map<QPDFObjGen, Object> own_copies;  // of annotations, by the source's; of a page that stands there again
};

Assembly::Assembly()
    : target_(empty_document()),
      version_(1, 3),
      names_(*target_),
      outline_(*target_),
      fields_(*target_),
      layers_(*target_),
      labels_(*target_),
      structure_(*target_) {}

/// First every page without its content, so that what refers to a page finds it; then the contents.
std::vector<Assembly::Placed> Assembly::add_pages(const Source& source, std::span<const std::size_t> pages) {
  std::vector<Placed> placed;
  std::map<std::size_t, Object> first;
  for (const auto number : pages) {
    const bool again = first.contains(number);
    auto blank = Object::newDictionary();
    blank.replaceKey("/Type", Object::newName("/Page"));
    target_->addPage(again ? target_->makeIndirectObject(blank) : source.stub(number), false);
    const auto page = target_->getAllPages().back();
    if (!again) first.emplace(number, page);
    placed.push_back({number, page, again, {}});
  }
  for (auto& one : placed) {
    for (const auto& [key, value] : Object(source.content(one.number)).getDictAsMap())
      one.page.replaceKey(key, copy_value_into(*target_, source.document(), value));
  }
  return placed;
}

void Assembly::add_annotations(const Source& source, Placed& placed, Extent extent) {
  auto list = Object::newArray();
  for (const auto& original : source.annotations(placed.number)) {
    auto annotation = copy_into(*target_, source.document(), original);
    if (!annotation.isDictionary()) continue;
    const bool link = is_name(member(annotation, "/Subtype"), "/Link");
    if (link && extent != Extent::document && names_.is_dead(annotation)) continue;
    if (placed.again) {
      annotation = target_->makeIndirectObject(annotation.shallowCopy());
      placed.own_copies.emplace(original.getObjGen(), annotation);
    }
    if (annotation.hasKey("/P")) annotation.replaceKey("/P", placed.page);
    list.appendItem(annotation);
  }
  if (list.getArrayNItems() > 0) placed.page.replaceKey("/Annots", list);
}

void Assembly::add_fields(const Source& source, const std::vector<Placed>& placed, Extent extent) {
  if (source.fields().empty()) return;
  std::set<QPDFObjGen> shown;
  for (const auto& one : placed) {
    if (one.again) continue;
    for (const auto& annotation : source.annotations(one.number)) shown.insert(annotation.getObjGen());
  }
  fields_.add(
      {.source = &source.document(),
       .fields = &source.fields(),
       .wanted = [&](const Object& leaf) { return extent == Extent::document || shown.contains(leaf.getObjGen()); },
       .copy_of = [&](const Object& leaf) { return copy_into(*target_, source.document(), leaf); }});
  for (const auto& one : placed) {
    if (one.own_copies.empty()) continue;
    fields_.add({.source = &source.document(),
                 .fields = &source.fields(),
                 .wanted = [&](const Object& leaf) { return one.own_copies.contains(leaf.getObjGen()); },
                 .copy_of = [&](const Object& leaf) { return one.own_copies.at(leaf.getObjGen()); },
                 .again = true});
  }
}

void Assembly::add(const Source& source, std::span<const std::size_t> pages, Extent extent) {
  const auto before = target_->getAllPages().size();
  version_.updateIfGreater(source.version());
  if (extent != Extent::page) names_.make_unique(source);
  if (extent == Extent::document) structure_.make_unique(source);
  auto placed = add_pages(source, pages);
  names_.add_destinations(source);
  for (auto& one : placed) add_annotations(source, one, extent);
  add_fields(source, placed, extent);
  if (extent != Extent::page) {
    outline_.add(source, [&](const Object& item) { return extent != Extent::document && names_.is_dead(item); });
  }
  if (extent == Extent::document) {
    names_.add_attachments_and_scripts(source);
    structure_.add(source);
  }
  layers_.add(source);
  labels_.add(source, pages, before);
  if (before == 0) take_presentation(*target_, source);
}

QPDF& Assembly::finish() {
  names_.finish();
  outline_.finish();
  fields_.finish();
  layers_.finish();
  labels_.finish();
  structure_.finish();
  return *target_;
}

}  // namespace recast::engines::qpdf
