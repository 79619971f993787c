#include "engines/qpdf/worker/signatures.hpp"

#include <fmt/format.h>

#include <qpdf/QPDFAnnotationObjectHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <string>
#include <vector>

#include "engines/qpdf/worker/objects.hpp"

namespace recast::engines::qpdf {

namespace {

/// What draws the widget on the page; its picture becomes a resource of that.
std::string drawn(QPDFPageObjectHelper& page, Object widget, int number) {
  QPDFAnnotationObjectHelper annotation(widget);
  const auto picture = annotation.getAppearanceStream("/N");
  auto turned = page.getAttribute("/Rotate", false);
  const int rotation = turned.isInteger() ? turned.getIntValueAsInt() : 0;
  if (!Object(picture).isStream()) return {};
  const auto name = fmt::format("/Signature{}", number);
  const auto content = annotation.getPageContentForAppearance(name, rotation);
  if (content.empty()) return {};
  auto resources = page.getAttribute("/Resources", true);
  if (!resources.isDictionary()) {
    resources = Object::newDictionary();
    page.getObjectHandle().replaceKey("/Resources", resources);
  }
  auto pictures = member(resources, "/XObject");
  pictures = pictures.isDictionary() ? pictures.shallowCopy() : Object::newDictionary();
  pictures.replaceKey(name, picture);
  resources.replaceKey("/XObject", pictures);
  return content;
}

/// The fields without signatures, those inside others too.
Object without_signatures(const Object& fields, int depth) {
  auto kept = Object::newArray();
  for (auto field : items(fields)) {
    if (is_signature(field)) continue;
    if (depth < kDeepest && field.isDictionary() && field.hasKey("/Kids"))
      field.replaceKey("/Kids", without_signatures(field.getKey("/Kids"), depth + 1));
    kept.appendItem(field);
  }
  return kept;
}

}  // namespace

bool is_signature(Object widget) {
  for (int depth = 0; depth < kDeepest && widget.isDictionary(); ++depth) {
    if (widget.hasKey("/FT")) return is_name(widget.getKey("/FT"), "/Sig");
    widget = widget.getKey("/Parent");
  }
  return false;
}

void flatten_signatures(QPDF& document) {
  int number = 0;
  for (const auto& each : document.getAllPages()) {
    QPDFPageObjectHelper page(each);
    auto annotations = Object::newArray();
    std::string content;
    for (const auto& annotation : items(member(each, "/Annots"))) {
      if (is_signature(annotation))
        content += drawn(page, annotation, ++number);
      else
        annotations.appendItem(annotation);
    }
    if (number == 0) continue;
    page.getObjectHandle().replaceKey("/Annots", annotations);
    if (content.empty()) continue;
    page.addPageContents(document.newStream("q\n"), true);
    page.addPageContents(document.newStream("\nQ\n" + content), false);
  }
  auto form = document.getRoot().getKey("/AcroForm");
  if (number == 0 || !form.isDictionary()) return;
  form.replaceKey("/Fields", without_signatures(form.getKey("/Fields"), 0));
  form.removeKey("/SigFlags");
  document.getRoot().removeKey("/Perms");
}

}  // namespace recast::engines::qpdf
