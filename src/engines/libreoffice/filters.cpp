#include "engines/libreoffice/filters.hpp"

#include <algorithm>
#include <array>

namespace recast::libreoffice {

namespace {

using enum Module;

// "Text (encoded)" and not "Text": only the former takes the encoding the worker has found out.
const std::vector<ImportFilter> kImports = {
    {"docx", writer, Container::zip, "MS Word 2007 XML"},
    {"docm", writer, Container::zip, "MS Word 2007 XML VBA"},
    {"dotx", writer, Container::zip, "MS Word 2007 XML Template"},
    {"dotm", writer, Container::zip, "MS Word 2007 XML Template"},
    {"doc", writer, Container::ole, "MS Word 97"},
    {"dot", writer, Container::ole, "MS Word 97 Vorlage"},
    {"odt", writer, Container::zip, "writer8"},
    {"ott", writer, Container::zip, "writer8_template"},
    {"fodt", writer, Container::markup, "OpenDocument Text Flat XML"},
    {"rtf", writer, Container::rtf, "Rich Text Format"},
    {"txt", writer, Container::text, "Text (encoded)"},
    {"html", writer, Container::text, "HTML (StarWriter)"},
    {"html", calc, Container::text, "HTML (StarCalc)"},
    {"abw", writer, Container::other, "AbiWord"},
    {"zabw", writer, Container::other, "AbiWord"},
    {"wpd", writer, Container::other, "WordPerfect"},
    {"wps", writer, Container::other, ""},
    {"lwp", writer, Container::other, "LotusWordPro"},
    {"sdw", writer, Container::other, "StarOffice_Writer"},
    {"pages", writer, Container::other, "Apple Pages"},
    {"hwp", writer, Container::other, "writer_MIZI_Hwp_97"},
    {"odd", draw, Container::other, ""},
    {"xlsx", calc, Container::zip, "Calc MS Excel 2007 XML"},
    {"xlsm", calc, Container::zip, "Calc MS Excel 2007 VBA XML"},
    {"xlsb", calc, Container::zip, "Calc MS Excel 2007 Binary"},
    {"xltx", calc, Container::zip, "Calc MS Excel 2007 XML Template"},
    {"xltm", calc, Container::zip, "Calc MS Excel 2007 XML Template"},
    {"xls", calc, Container::ole, "MS Excel 97"},
    {"xlt", calc, Container::ole, "MS Excel 97 Vorlage/Template"},
    {"ods", calc, Container::zip, "calc8"},
    {"ots", calc, Container::zip, "calc8_template"},
    {"fods", calc, Container::markup, "OpenDocument Spreadsheet Flat XML"},
    {"csv", calc, Container::text, "Text - txt - csv (StarCalc)"},
    {"tsv", calc, Container::text, "Text - txt - csv (StarCalc)"},
    {"et", calc, Container::other, ""},
    {"sdc", calc, Container::other, "StarOffice_Spreadsheet"},
    {"numbers", calc, Container::other, "Apple Numbers"},
    {"pptx", impress, Container::zip, "Impress MS PowerPoint 2007 XML"},
    {"pptm", impress, Container::zip, "Impress MS PowerPoint 2007 XML VBA"},
    {"potx", impress, Container::zip, "Impress MS PowerPoint 2007 XML Template"},
    {"potm", impress, Container::zip, "Impress MS PowerPoint 2007 XML Template"},
    {"ppsx", impress, Container::zip, "Impress MS PowerPoint 2007 XML AutoPlay"},
    {"ppsm", impress, Container::zip, "Impress MS PowerPoint 2007 XML AutoPlay"},
    {"ppt", impress, Container::ole, "MS PowerPoint 97"},
    {"pot", impress, Container::ole, "MS PowerPoint 97 Vorlage"},
    {"pps", impress, Container::ole, "MS PowerPoint 97 AutoPlay"},
    {"odp", impress, Container::zip, "impress8"},
    {"otp", impress, Container::zip, "impress8_template"},
    {"fodp", impress, Container::markup, "OpenDocument Presentation Flat XML"},
    {"dps", impress, Container::other, ""},
    {"key", impress, Container::other, "Apple Keynote"},
    {"odg", draw, Container::zip, "draw8"},
    {"otg", draw, Container::zip, "draw8_template"},
    {"fodg", draw, Container::markup, "OpenDocument Drawing Flat XML"},
    {"sda", draw, Container::other, "StarOffice_Drawing"},
    {"pub", draw, Container::other, "Publisher Document"},
    {"vsd", draw, Container::other, "Visio Document"},
    {"vsdx", draw, Container::other, "Visio Document"},
    {"cdr", draw, Container::other, "Corel Draw Document"},
    {"emf", draw, Container::picture, "EMF - MS Windows Metafile"},
    {"wmf", draw, Container::picture, "WMF - MS Windows Metafile"},
    {"dxf", draw, Container::picture, "DXF - AutoCAD Interchange"},
};

// 76 is UTF-8. The separator of a text sheet is put in by the worker.
const std::vector<ExportFilter> kExports = {
    {writer, "pdf", "writer_pdf_Export", ""},
    {writer, "docx", "MS Word 2007 XML", ""},
    {writer, "docm", "MS Word 2007 XML VBA", ""},
    {writer, "dotx", "MS Word 2007 XML Template", ""},
    {writer, "doc", "MS Word 97", ""},
    {writer, "dot", "MS Word 97 Vorlage", ""},
    {writer, "odt", "writer8", ""},
    {writer, "ott", "writer8_template", ""},
    {writer, "fodt", "OpenDocument Text Flat XML", ""},
    {writer, "rtf", "Rich Text Format", ""},
    {writer, "txt", "Text (encoded)", "UTF8,LF,,,"},
    {writer, "html", "HTML (StarWriter)", "EmbedImages"},
    {writer, "epub", "EPUB", ""},
    {calc, "pdf", "calc_pdf_Export", ""},
    {calc, "xlsx", "Calc MS Excel 2007 XML", ""},
    {calc, "xlsm", "Calc MS Excel 2007 VBA XML", ""},
    {calc, "xltx", "Calc MS Excel 2007 XML Template", ""},
    {calc, "xls", "MS Excel 97", ""},
    {calc, "xlt", "MS Excel 97 Vorlage/Template", ""},
    {calc, "ods", "calc8", ""},
    {calc, "ots", "calc8_template", ""},
    {calc, "fods", "OpenDocument Spreadsheet Flat XML", ""},
    {calc, "csv", "Text - txt - csv (StarCalc)", ""},
    {calc, "tsv", "Text - txt - csv (StarCalc)", ""},
    {calc, "html", "HTML (StarCalc)", ""},
    {impress, "pdf", "impress_pdf_Export", ""},
    {impress, "pptx", "Impress MS PowerPoint 2007 XML", ""},
    {impress, "pptm", "Impress MS PowerPoint 2007 XML VBA", ""},
    {impress, "potx", "Impress MS PowerPoint 2007 XML Template", ""},
    {impress, "ppsx", "Impress MS PowerPoint 2007 XML AutoPlay", ""},
    {impress, "ppt", "MS PowerPoint 97", ""},
    {impress, "pot", "MS PowerPoint 97 Vorlage", ""},
    {impress, "pps", "MS PowerPoint 97 AutoPlay", ""},
    {impress, "odp", "impress8", ""},
    {impress, "otp", "impress8_template", ""},
    {impress, "fodp", "OpenDocument Presentation Flat XML", ""},
    {impress, "odg", "impress8_draw", ""},
    {draw, "pdf", "draw_pdf_Export", ""},
    {draw, "odg", "draw8", ""},
    {draw, "otg", "draw8_template", ""},
    {draw, "fodg", "OpenDocument Drawing Flat XML", ""},
};

constexpr std::array<std::string_view, 2> kRasters = {"png", "jpg"};

// Other engines draw these better than LibreOffice: a browser, Inkscape, a CAD program.
constexpr std::array<std::string_view, 4> kDrawnElsewhere = {"cdr", "emf", "wmf", "dxf"};

int rank_of(std::string_view from, std::string_view to) {
  constexpr int kNatural = 10;
  constexpr int kSecond = 60;
  if (to == "epub") return kSecond + 10;  // calibre
  if (from == "html" || std::ranges::find(kDrawnElsewhere, from) != kDrawnElsewhere.end()) return kSecond;
  return kNatural;
}

std::vector<engine::Conversion> make_conversions() {
  std::vector<engine::Conversion> result;
  const auto add = [&](std::string_view from, std::string_view to) {
    const auto same = [&](const auto& pair) { return pair.from == from && pair.to == to; };
    if (std::ranges::none_of(result, same)) result.push_back({std::string(from), std::string(to), rank_of(from, to)});
  };
  for (const auto& source : kImports) {
    for (const auto& target : kExports) {
      if (source.module != target.module) continue;
      // A web page is a text document unless a sheet is wanted that only Calc can write.
      if (source.format == "html" && source.module == calc && find_export(writer, target.format) != nullptr) continue;
      add(source.format, target.format);
      if (target.format != "pdf") continue;
      for (const auto raster : kRasters) add(source.format, raster);
    }
  }
  // csv -> csv changes the separator; other formats to themselves would only lose something.
  std::erase_if(result, [](const auto& pair) { return pair.from == pair.to && pair.from != "csv"; });
  return result;
}

}  // namespace

const std::vector<ImportFilter>& import_filters() { return kImports; }
const std::vector<ExportFilter>& export_filters() { return kExports; }

const ExportFilter* find_export(Module module, std::string_view to) {
  const auto target = is_raster(to) ? std::string_view("pdf") : to;
  const auto found =
      std::ranges::find_if(kExports, [&](const auto& row) { return row.module == module && row.format == target; });
  return found == kExports.end() ? nullptr : &*found;
}

const ImportFilter* find_import(std::string_view from, std::string_view to) {
  const ImportFilter* fallback = nullptr;
  for (const auto& row : kImports) {
    if (row.format != from) continue;
    if (find_export(row.module, to) != nullptr) return &row;
    if (fallback == nullptr) fallback = &row;
  }
  return fallback;
}

bool is_raster(std::string_view format) { return std::ranges::find(kRasters, format) != kRasters.end(); }

bool keeps_changes(std::string_view format) {
  constexpr std::array<std::string_view, 4> kFinalForms = {"pdf", "txt", "html", "epub"};
  return !is_raster(format) && std::ranges::find(kFinalForms, format) == kFinalForms.end();
}

const std::vector<engine::Conversion>& conversions() {
  static const auto result = make_conversions();
  return result;
}

bool converts(std::string_view from, std::string_view to) {
  return std::ranges::any_of(conversions(), [&](const auto& pair) { return pair.from == from && pair.to == to; });
}

}  // namespace recast::libreoffice
