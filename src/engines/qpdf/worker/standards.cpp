#include "engines/qpdf/worker/standards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <qpdf/QPDFAcroFormDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

#include "base/text.hpp"
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

/// A property of /Info, and how XMP has it.
struct Property {
  std::string_view key;
  std::string_view name;
  std::string_view before;
  std::string_view behind;
};

constexpr std::array kProperties{
    Property{"/Title", "dc:title", "<rdf:Alt><rdf:li xml:lang='x-default'>", "</rdf:li></rdf:Alt>"},
    Property{"/Author", "dc:creator", "<rdf:Seq><rdf:li>", "</rdf:li></rdf:Seq>"},
    Property{"/Subject", "dc:description", "<rdf:Alt><rdf:li xml:lang='x-default'>", "</rdf:li></rdf:Alt>"},
    Property{"/Keywords", "pdf:Keywords", "", ""}, Property{"/Creator", "xmp:CreatorTool", "", ""}};

/// What of a text XML can hold: of control characters it has three only, and neither U+FFFE nor U+FFFF.
std::string fit_for_xml(std::string text) {
  std::erase_if(text,
                [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r'; });
  for (const std::string_view none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (auto at = text.find(none); at != std::string::npos; at = text.find(none, at)) text.erase(at, none.size());
  }
  return text;
}

/// Takes an element out of Ghostscript's XMP, such as a title that says "Untitled".
void remove_element(std::string& xmp, std::string_view name) {
  const auto begin = xmp.find(fmt::format("<{}>", name));
  const auto last = fmt::format("</{}>", name);
  const auto end = begin == std::string::npos ? begin : xmp.find(last, begin);
  if (end != std::string::npos) xmp.erase(begin, end + last.size() - begin);
}

}  // namespace

void show_fields(QPDF& document) {
  try {
    QPDFAcroFormDocumentHelper(document).generateAppearancesIfNeeded();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    // A form that is damaged stays as it is: the pages are worth more.
  }
}

void prepare_pdf_a(QPDF& document) {
  for (const auto& page : document.getAllPages()) {
    for (const auto& annotation : items(member(page, "/Annots"))) make_printable(annotation);
  }
  prepare_pdf_x(document);
}

void prepare_pdf_x(QPDF& document) {
  show_fields(document);
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

void restore_description(QPDF& document, QPDF& original) {
  constexpr std::string_view kEnd = "</rdf:RDF>";
  auto from = original.getTrailer().getKey("/Info"), about = document.getTrailer().getKey("/Info");
  auto stream = document.getRoot().getKey("/Metadata");
  if (!from.isDictionary() || !about.isDictionary()) return;
  std::string xmp, added;
  if (stream.isStream()) {
    const auto data = stream.getStreamData();
    xmp.assign(reinterpret_cast<const char*>(data->getBuffer()), data->getSize());
    if (xmp.rfind(kEnd) == std::string::npos) return;
  }
  for (const auto& [key, name, before, behind] : kProperties) {
    auto value = member(from, std::string(key));
    if (!value.isString() || about.hasKey(std::string(key))) continue;
    const auto text = fit_for_xml(value.getUTF8Value());
    if (trim(text).empty() || !is_valid_utf8(text)) continue;
    about.replaceKey(std::string(key), Object::newUnicodeString(text));
    remove_element(xmp, name);
    added += fmt::format("<{0}>{1}{2}{3}</{0}>", name, before, escape_markup(text), behind);
  }
  if (added.empty() || xmp.empty()) return;
  xmp.insert(
      xmp.rfind(kEnd),
      fmt::format(
          "<rdf:Description rdf:about=\"\" xmlns:dc='http://purl.org/dc/elements/1.1/' "
          "xmlns:pdf='http://ns.adobe.com/pdf/1.3/' xmlns:xmp='http://ns.adobe.com/xap/1.0/'>{}</rdf:Description>\n",
          added));
  stream.replaceStreamData(xmp, Object::newNull(), Object::newNull());
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
