#include "engines/libreoffice/worker/sheets.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <com/sun/star/beans/XPropertySet.hpp>
#include <com/sun/star/container/XIndexAccess.hpp>
#include <com/sun/star/container/XNamed.hpp>
#include <com/sun/star/sheet/XPrintAreas.hpp>
#include <com/sun/star/sheet/XSpreadsheetDocument.hpp>

#include <algorithm>
#include <charconv>

#include "base/unique_handle.hpp"
#include "worker/worker.hpp"

namespace recast::libreoffice {

namespace {

namespace container = com::sun::star::container;
namespace sheet = com::sun::star::sheet;

// A sheet of text may be large, but what the server takes from a child is limited elsewhere already.
constexpr std::uint64_t kMostBytes = 1ULL << 30;

uno::Reference<container::XIndexAccess> sheets_of(const Document& document) {
  return {uno::Reference<sheet::XSpreadsheetDocument>(document.component, uno::UNO_QUERY_THROW)->getSheets(),
          uno::UNO_QUERY_THROW};
}

std::string name_of(const uno::Reference<container::XIndexAccess>& sheets, int index) {
  return from_uno(uno::Reference<container::XNamed>(sheets->getByIndex(index), uno::UNO_QUERY_THROW)->getName());
}

void set_visible(const uno::Reference<container::XIndexAccess>& sheets, int index, bool visible) {
  const uno::Reference<beans::XPropertySet> properties(sheets->getByIndex(index), uno::UNO_QUERY_THROW);
  properties->setPropertyValue("IsVisible", uno::Any(visible));
}

}  // namespace

int count_sheets(const Document& document) { return sheets_of(document)->getCount(); }

Result<std::vector<int>> find_sheets(const Document& document, const std::vector<std::string>& wanted) {
  const auto sheets = sheets_of(document);
  const int count = sheets->getCount();
  std::vector<int> result;
  for (const auto& text : wanted) {
    int found = -1;
    for (int i = 0; i < count && found < 0; ++i) {
      if (name_of(sheets, i) == text) found = i;
    }
    if (found < 0) {
      int number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= count)
        found = number - 1;
    }
    if (found < 0) return fail(ErrorCode::conversion_failed, fmt::format("There is no sheet \"{}\".", text));
    if (std::ranges::find(result, found) == result.end()) result.push_back(found);
  }
  return result;
}

Result<> show_only(const Document& document, const std::vector<int>& wanted) {
  try {
    const auto sheets = sheets_of(document);
    // First shown, then hidden: one sheet must be visible at all times.
    for (const int index : wanted) set_visible(sheets, index, true);
    for (int i = 0; i < sheets->getCount(); ++i) {
      if (std::ranges::find(wanted, i) != wanted.end()) continue;
      set_visible(sheets, i, false);
      // Hidden sheets are printed, those with an empty print range are not.
      uno::Reference<sheet::XPrintAreas>(sheets->getByIndex(i), uno::UNO_QUERY_THROW)->setPrintAreas({});
    }
    return {};
  } catch (const uno::Exception&) {
    return fail(ErrorCode::conversion_failed, "The sheets could not be chosen: the workbook is protected.");
  }
}

Result<std::vector<char>> sheet_as_text(const Document& document, int sheet, char separator, const fs::path& folder) {
  const auto* const filter = find_export(Module::calc, "csv");
  // separator, quote, UTF-8, first line, columns, language, quote all, as shown, formulas, trim, one sheet by its
  // number
  const auto options =
      fmt::format("{},34,76,1,,0,false,true,false,false,false,{}", static_cast<int>(separator), sheet + 1);
  RECAST_CHECK(store_document(document, folder / "sheet.csv", filter->filter, options));
  // LibreOffice attaches the name of the sheet to that of the file.
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const UniqueFd file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) continue;
    auto bytes = worker::read_all(file.get(), kMostBytes);
    fs::remove(entry.path(), error);
    return bytes;
  }
  return fail(ErrorCode::conversion_failed, "LibreOffice wrote no text for a sheet.");
}

}  // namespace recast::libreoffice
