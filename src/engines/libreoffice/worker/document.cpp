#include "engines/libreoffice/worker/document.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <com/sun/star/container/XNameAccess.hpp>
#include <com/sun/star/document/XTypeDetection.hpp>
#include <com/sun/star/frame/XStorable.hpp>
#include <com/sun/star/lang/XServiceInfo.hpp>
#include <com/sun/star/task/ErrorCodeIOException.hpp>
#include <com/sun/star/util/XCloseable.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include "engines/libreoffice/worker/content.hpp"
#include "engines/libreoffice/worker/password_handler.hpp"
#include "engines/libreoffice/worker/streams.hpp"
#include "engines/libreoffice/worker/text_input.hpp"
#include "worker/worker.hpp"

namespace recast::libreoffice {

namespace {

namespace container = com::sun::star::container;
namespace document = com::sun::star::document;
namespace frame = com::sun::star::frame;
namespace io = com::sun::star::io;
namespace lang = com::sun::star::lang;

// More text than this is no document any more, and its pages would never end.
constexpr std::uint64_t kMostTextBytes = 256ULL << 20;

std::unexpected<Error> refuse(std::string_view from, std::string_view why) {
  return fail(ErrorCode::open_failed, fmt::format("The file could not be opened as {}: {}", from, why));
}

std::unexpected<Error> damaged(std::string_view from) {
  return refuse(from, "it may be damaged, incomplete or of another format.");
}

/// How the bytes reach the import filter.
struct Opening {
  std::string filter;
  std::string options;
  uno::Reference<io::XInputStream> stream;
};

Properties base_descriptor(const Opening& opening, const rtl::Reference<PasswordHandler>& handler) {
  return {
      property("InputStream", opening.stream),
      property("InteractionHandler", uno::Reference<com::sun::star::task::XInteractionHandler>(handler.get())),
      property("Hidden", true),
      property("MacroExecutionMode", sal_Int16{0}),  // never
      property("UpdateDocMode", sal_Int16{0}),       // links are not followed
  };
}

uno::Reference<container::XNameAccess> service(const Kit& kit, std::string_view name) {
  return {kit.context()->getServiceManager()->createInstanceWithContext(to_uno(name), kit.context()),
          uno::UNO_QUERY_THROW};
}

rtl::OUString member(const uno::Reference<container::XNameAccess>& rows, const rtl::OUString& row,
                     std::string_view name) {
  rtl::OUString result;
  if (!rows->hasByName(row)) return result;
  uno::Sequence<beans::PropertyValue> values;
  rows->getByName(row) >>= values;
  for (const auto& value : values) {
    if (value.Name == to_uno(name)) value.Value >>= result;
  }
  return result;
}

/// What LibreOffice itself takes the content for: the name of an import filter, empty for nothing acceptable.
std::string detect_filter(const Kit& kit, const ImportFilter& expected, Properties descriptor) {
  const auto types = service(kit, "com.sun.star.document.TypeDetection");
  const uno::Reference<document::XTypeDetection> detection(types, uno::UNO_QUERY_THROW);
  // The name helps detectors that cannot tell two of their formats apart.
  descriptor.push_back(property("URL", to_uno(fmt::format("private:stream/document.{}", expected.format))));
  auto values = sequence(descriptor);
  const auto type = detection->queryTypeByDescriptor(values, true);
  const auto name = from_uno(type);
  if (name == "generic_Text" || name == "pdf_Portable_Document_Format" || name.empty()) return {};
  if (name == "generic_HTML") return expected.module == Module::calc ? "HTML (StarCalc)" : "HTML (StarWriter)";
  // Some detectors choose the filter themselves.
  rtl::OUString filter;
  for (const auto& value : values) {
    if (value.Name == "FilterName") value.Value >>= filter;
  }
  if (filter.isEmpty()) filter = member(types, type, "PreferredFilter");
  return from_uno(filter);
}

std::optional<Module> module_of(const uno::Reference<lang::XComponent>& component) {
  const uno::Reference<lang::XServiceInfo> info(component, uno::UNO_QUERY);
  if (!info.is()) return std::nullopt;
  // A presentation is a drawing too, so it is asked for first.
  constexpr std::array<std::pair<std::string_view, Module>, 4> kServices = {{
      {"com.sun.star.text.GenericTextDocument", Module::writer},
      {"com.sun.star.sheet.SpreadsheetDocument", Module::calc},
      {"com.sun.star.presentation.PresentationDocument", Module::impress},
      {"com.sun.star.drawing.DrawingDocument", Module::draw},
  }};
  for (const auto& [name, module] : kServices) {
    if (info->supportsService(to_uno(name))) return module;
  }
  return std::nullopt;
}

std::string csv_import_options(char separator) {
  // separator, quote, UTF-8, first line, columns, language, quoted fields stay text, dates and the like stay text,
  // three for writing only, no sheet, formulas stay text
  return fmt::format("{},34,76,1,,0,true,false,false,false,false,0,false", static_cast<int>(separator));
}

/// Text formats are brought to UTF-8 before LibreOffice sees them: it would guess, or ask.
Result<Opening> open_text(const Source& source, const ImportFilter& row) {
  auto bytes = worker::read_all(source.fd, kMostTextBytes);
  if (!bytes) return std::unexpected(std::move(bytes).error());
  Opening result{.filter = std::string(row.filter)};
  std::string text;
  if (source.from == "html") {
    text = decode_page(*bytes);
  } else {
    text = decode_text(*bytes);
    if (source.from == "txt") {
      result.options = "UTF8,LF,,,";
    } else {
      const char found = source.from == "tsv" ? '\t' : guess_separator(text);
      result.options = csv_import_options(source.separator != '\0' ? source.separator : found);
    }
  }
  result.stream = input_stream(std::move(text));
  return result;
}

Result<Opening> open_source(const Kit& kit, const Source& source, const ImportFilter& row,
                            const rtl::Reference<PasswordHandler>& handler) {
  std::array<char, 16> head{};
  const auto got = ::pread(source.fd, head.data(), head.size(), 0);
  if (got < 0) return std::unexpected(from_errno(errno, "read"));
  const auto kind = kind_of({head.data(), static_cast<std::size_t>(got)});
  if (row.container == Container::text && kind == Container::text) return open_text(source, row);
  if (got == 0) return refuse(source.from, "it is empty.");
  Opening result{.stream = input_stream(source.fd)};
  // OLE holds many formats, and old versions need filters of their own; the others are what they claim to be, or do not
  // load.
  const bool is_picture = row.container == Container::picture && kind == Container::text;
  const bool is_rtf = row.container == Container::rtf && kind == Container::rtf;
  const bool is_package =
      row.container == Container::zip && kind == Container::zip && is_package_of(source.fd, row.module, row.filter);
  if (is_picture || is_rtf || is_package) {
    result.filter = row.filter;
    return result;
  }
  result.filter = detect_filter(kit, row, base_descriptor(result, handler));
  if (result.filter.empty()) return damaged(source.from);
  return result;
}

Error password_error(const std::string& password) {
  return {ErrorCode::open_failed,
          password.empty() ? "The file is password-protected: send its password in the option password."
                           : "The file is password-protected and the password is wrong.",
          ""};
}

/// "Area:Io Class:Write Code:16" of a message that also names functions and source files.
std::string error_class(std::string_view message) {
  constexpr std::string_view kMark = "(Error ";
  const auto start = message.find(kMark);
  if (start == std::string_view::npos) return "no reason given";
  const auto rest = message.substr(start + kMark.size());
  return std::string(rest.substr(0, std::min<std::size_t>(rest.find(')'), 100)));
}

std::string failure_text(std::string_view what) {
  return fmt::format("LibreOffice could not write the file ({}).", what);
}

Result<> store(const Document& document, const std::string& url, Properties arguments, std::string_view filter,
               std::string_view filter_options) {
  arguments.push_back(property("FilterName", to_uno(filter)));
  if (!filter_options.empty()) arguments.push_back(property("FilterOptions", to_uno(filter_options)));
  try {
    uno::Reference<frame::XStorable>(document.component, uno::UNO_QUERY_THROW)
        ->storeToURL(to_uno(url), sequence(arguments));
  } catch (const com::sun::star::task::ErrorCodeIOException& exception) {
    return fail(ErrorCode::conversion_failed,
                failure_text(fmt::format("error {:#x}", static_cast<sal_uInt32>(exception.ErrCode))));
  } catch (const uno::Exception& exception) {
    return fail(ErrorCode::conversion_failed, failure_text(error_class(from_uno(exception.Message))));
  }
  return {};
}

}  // namespace

Result<Document> load_document(const Kit& kit, const Source& source) {
  const auto* const row = find_import(source.from, source.to);
  if (row == nullptr) return fail(ErrorCode::invalid_conversion_type, "LibreOffice does not read this format.");
  const rtl::Reference<PasswordHandler> handler(new PasswordHandler(source.password));
  Document result;
  try {
    RECAST_TRY(const auto opening, open_source(kit, source, *row, handler));
    auto descriptor = base_descriptor(opening, handler);
    descriptor.push_back(property("FilterName", to_uno(opening.filter)));
    if (!opening.options.empty()) descriptor.push_back(property("FilterOptions", to_uno(opening.options)));
    result.component = kit.desktop()->loadComponentFromURL("private:stream", "_blank", 0, sequence(descriptor));
  } catch (const uno::Exception&) {
    if (handler->asked()) return std::unexpected(password_error(source.password));
    return damaged(source.from);
  }
  const auto module = result.component.is() ? module_of(result.component) : std::nullopt;
  if (!module) {
    if (handler->asked()) return std::unexpected(password_error(source.password));
    return damaged(source.from);
  }
  if (find_export(*module, source.to) == nullptr) {
    return refuse(source.from, "its content is of another kind, which cannot become " + source.to + ".");
  }
  result.module = *module;
  result.was_protected = handler->asked();
  return result;
}

Result<> store_document(const Document& document, int fd, std::string_view filter, std::string_view filter_options,
                        const Properties& filter_data) {
  Properties arguments{property("OutputStream", output_stream(fd))};
  if (!filter_data.empty()) arguments.push_back(property("FilterData", sequence(filter_data)));
  RECAST_CHECK(store(document, "private:stream", std::move(arguments), filter, filter_options));
  struct stat status {};
  const bool may_be_empty = filter.starts_with("Text");  // the text of a document with pictures only
  if (::fstat(fd, &status) != 0 || (status.st_size == 0 && !may_be_empty)) {
    return fail(ErrorCode::conversion_failed, "LibreOffice wrote an empty file.");
  }
  return {};
}

Result<> store_document(const Document& document, const fs::path& file, std::string_view filter,
                        std::string_view filter_options) {
  return store(document, "file://" + file.string(), {}, filter, filter_options);
}

void close_document(const Document& document) {
  try {
    uno::Reference<com::sun::star::util::XCloseable>(document.component, uno::UNO_QUERY_THROW)->close(true);
  } catch (const uno::Exception&) {
    // It stays in memory; the parent only closes its own samples.
  }
}

}  // namespace recast::libreoffice
