#include "engines/qpdf/worker/standards.hpp"

#include <algorithm>
#include <qpdf/QPDFPageObjectHelper.hh>

#include "engines/qpdf/worker/objects.hpp"

namespace recast::engines::qpdf {

namespace {

constexpr long long kHidden = 2, kPrint = 4, kNoView = 32;

void make_printable(Object annotation) {
  if (!annotation.isDictionary()) return;
  auto value = annotation.getKey("/F");
  const auto flags = value.isInteger() ? value.getIntValue() : 0;
  if ((flags & (kHidden | kNoView)) == 0) annotation.replaceKey("/F", Object::newInteger(flags | kPrint));
}

void blend_in_cmyk(Object holder) {
  auto group = member(holder, "/Group");
  auto space = member(group, "/CS");
  const auto family = space.isArray() && space.getArrayNItems() > 0 ? space.getArrayItem(0) : space;
  if (is_name(family, "/DeviceRGB") || is_name(family, "/CalRGB"))
    group.replaceKey("/CS", Object::newName("/DeviceCMYK"));
}

}  // namespace

void prepare_pdf_a(QPDF& document) {
  for (const auto& page : document.getAllPages()) {
    for (const auto& annotation : items(member(page, "/Annots"))) make_printable(annotation);
  }
  auto about = document.getTrailer().getKey("/Info");
  if (!about.isDictionary()) return;
  for (auto [key, value] : about.getDictAsMap()) {
    if (!value.isString()) continue;
    const auto text = value.getUTF8Value();
    if (std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }))
      about.replaceKey(key, Object::newUnicodeString(text));
    else
      about.removeKey(key);
  }
}

void finish_pdf_x(QPDF& document) {
  for (auto page : document.getAllPages()) {
    QPDFPageObjectHelper helper(page);
    const bool trimmed = page.hasKey("/TrimBox");
    // One of both has to be there, never both.
    if (trimmed) page.removeKey("/ArtBox");
    if (!trimmed && !page.hasKey("/ArtBox")) page.replaceKey("/TrimBox", helper.getCropBox().shallowCopy());
  }
  for (auto object : document.getAllObjects()) {
    if (object.isDictionary()) blend_in_cmyk(object);
    if (object.isStream()) blend_in_cmyk(object.getDict());
  }
}

}  // namespace recast::engines::qpdf
