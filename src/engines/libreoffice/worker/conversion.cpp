#include "engines/libreoffice/worker/conversion.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_handle.hpp"
#include "engines/libreoffice/worker/changes.hpp"
#include "engines/libreoffice/worker/document.hpp"
#include "engines/libreoffice/worker/fonts.hpp"
#include "engines/libreoffice/worker/pdf_edit.hpp"
#include "engines/libreoffice/worker/sheets.hpp"
#include "engines/libreoffice/worker/slides.hpp"
#include "format/page_list.hpp"
#include "schema/parse.hpp"
#include "worker/worker.hpp"

namespace recast::libreoffice {

namespace {

namespace json = boost::json;

constexpr const char* kNoSuchPage = "There is no such page.";

/// The request but for the filter data and the picture size.
struct Wishes {
  std::string from;
  std::string to;
  std::string password;
  std::string separator;
  std::vector<std::string> sheets;
  bool all_sheets = false;
  bool accept_changes = false;
  std::string output_type;
  std::int64_t slides_per_handout_page = 6;
  std::string pages;

  static constexpr auto fields = std::tuple{
      schema::field(&Wishes::from, "from", "", {.required = true}),
      schema::field(&Wishes::to, "to", "", {.required = true}),
      schema::field(&Wishes::password, "password", "", {.verbatim = true, .secret = true}),
      schema::field(&Wishes::separator, "separator", "", {.verbatim = true}),
      schema::field(&Wishes::sheets, "sheets", ""),
      schema::field(&Wishes::all_sheets, "all_sheets", ""),
      schema::field(&Wishes::accept_changes, "accept_changes", ""),
      schema::field(&Wishes::output_type, "output_type", ""),
      schema::field(&Wishes::slides_per_handout_page, "slides_per_handout_page", "", {.min = 1, .max = 9}),
      schema::field(&Wishes::pages, "pages", ""),
  };
};

struct Raster {
  std::int64_t density = 150;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string fit = "max";

  static constexpr auto fields = std::tuple{
      schema::field(&Raster::density, "density", "", {.min = 1}),
      schema::field(&Raster::width, "width", "", {.min = 1}),
      schema::field(&Raster::height, "height", "", {.min = 1}),
      schema::field(&Raster::fit, "fit", "", {.values = {"max", "crop", "scale"}}),
  };
};

const json::object* sub_object(const json::object& request, std::string_view name) {
  const auto* const value = request.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}

Properties filter_data(const json::object& members) {
  Properties result;
  for (const auto& member : members) {
    const auto& value = member.value();
    if (value.is_bool()) result.push_back(property(member.key(), value.get_bool()));
    if (value.is_int64()) result.push_back(property(member.key(), static_cast<sal_Int32>(value.get_int64())));
    if (value.is_string()) result.push_back(property(member.key(), to_uno(value.get_string())));
  }
  return result;
}

bool contains(const format::PageList& pages, int number) {
  return pages.all() || std::ranges::any_of(pages.ranges(), [&](const auto& range) {
           return number >= range.first && (range.last == format::PageList::kOpen || number <= range.last);
         });
}

class Job {
 public:
  Job(const Kit& kit, const Conversion& conversion, Wishes wishes)
      : kit_(kit), conversion_(conversion), wishes_(std::move(wishes)) {}

  Result<> run() {
    // Between two text sheets the separator is that of the result.
    const bool reads_with_it = !is_text_sheet() && !wishes_.separator.empty();
    RECAST_TRY(document_, load_document(kit_, {.fd = conversion_.input,
                                               .from = wishes_.from,
                                               .to = wishes_.to,
                                               .password = wishes_.password,
                                               .separator = reads_with_it ? wishes_.separator.front() : '\0'}));
    if (conversion_.percent) conversion_.percent(60);
    if (wishes_.accept_changes && document_.module == Module::writer) RECAST_CHECK(accept_changes(kit_, document_));
    const bool is_sheet = document_.module == Module::calc;
    if (is_sheet && !wishes_.sheets.empty()) {
      RECAST_TRY(chosen_, find_sheets(document_, wishes_.sheets));
      if (!is_text_sheet()) RECAST_CHECK(show_only(document_, chosen_));
    }
    if (wishes_.to == "pdf") return write_pdf();
    if (is_sheet && is_text_sheet()) return write_text_sheets();
    const auto* const target = find_export(document_.module, wishes_.to);
    return store_document(document_, conversion_.output, target->filter, target->options, {});
  }

  void close() const { close_document(document_); }

 private:
  bool is_text_sheet() const { return wishes_.to == "csv" || wishes_.to == "tsv"; }

  Result<PdfEdit> pdf_edit() const {
    PdfEdit edit{.most_pixels = conversion_.most_pixels, .letter = conversion_.letter};
    if (wishes_.output_type == "handouts" && document_.module == Module::impress) {
      edit.slides_per_page = static_cast<int>(wishes_.slides_per_handout_page);
    }
    if (const auto* const raster = sub_object(conversion_.request, "raster"); raster != nullptr) {
      RECAST_TRY(const auto wish, schema::parse<Raster>(*raster));
      const auto fit = wish.fit == "crop" ? Fit::crop : wish.fit == "scale" ? Fit::scale : Fit::max;
      edit.pixels = PixelSize{wish.density, wish.width, wish.height, fit};
    } else if (!wishes_.password.empty() && !document_.was_protected) {
      const auto* const pdf = sub_object(conversion_.request, "pdf");
      if (pdf != nullptr && pdf->contains("SelectPdfVersion")) {
        return fail(ErrorCode::conversion_failed, "A PDF/A cannot have a password, and the file has none itself.");
      }
      edit.password = wishes_.password;
    }
    return edit;
  }

  Result<> write_pdf() {
    RECAST_TRY(const auto edit, pdf_edit());
    auto printed = document_;
    if (wishes_.output_type == "outline" && document_.module == Module::impress) {
      RECAST_TRY(const auto pages, format::PageList::parse(wishes_.pages));
      const auto* const pdf = sub_object(conversion_.request, "pdf");
      const auto* const hidden = pdf != nullptr ? pdf->if_contains("ExportHiddenSlides") : nullptr;
      const bool with_hidden = hidden != nullptr && hidden->is_bool() && hidden->get_bool();
      RECAST_TRY(printed, outline_of(kit_, document_, pages, with_hidden));
    }
    const auto* const target = find_export(printed.module, "pdf");
    RECAST_TRY(const auto data, print_data());
    if (!edit.needed()) return print(printed, conversion_.output, target->filter, data);
    const auto draft = conversion_.scratch / "draft.pdf";
    const UniqueFd file(::open(draft.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file) return std::unexpected(from_errno(errno, "scratch"));
    RECAST_CHECK(print(printed, file.get(), target->filter, data));
    if (conversion_.percent) conversion_.percent(90);
    return edit_pdf(draft, conversion_.output, edit);
  }

  /// The filter data of the request. A sheet on a page of its own is chosen by the number of that page.
  Result<Properties> print_data() const {
    const auto* const pdf = sub_object(conversion_.request, "pdf");
    auto members = pdf != nullptr ? *pdf : json::object();
    const auto* const single = members.if_contains("SinglePageSheets");
    if (!chosen_.empty() && single != nullptr && single->is_bool() && single->get_bool()) {
      const auto* const range = members.if_contains("PageRange");
      const bool has_range = range != nullptr && range->is_string();
      RECAST_TRY(const auto pages, format::PageList::parse(has_range ? std::string_view(range->get_string()) : ""));
      auto sheets = chosen_;
      std::ranges::sort(sheets);
      std::string text;
      for (std::size_t i = 0; i < sheets.size(); ++i) {
        if (contains(pages, static_cast<int>(i) + 1))
          text += fmt::format("{}{}", text.empty() ? "" : ",", sheets[i] + 1);
      }
      if (text.empty()) return fail(ErrorCode::conversion_failed, kNoSuchPage);
      members["PageRange"] = text;
    }
    return filter_data(members);
  }

  /// LibreOffice fails without a word if the pages that are wanted do not exist: then it can print all of them.
  Result<> print(const Document& document, int fd, std::string_view filter, const Properties& data) const {
    auto status = store_document(document, fd, filter, "", data);
    const auto is_range = [](const beans::PropertyValue& value) { return value.Name == "PageRange"; };
    if (status || std::ranges::none_of(data, is_range)) return status;
    auto all = data;
    std::erase_if(all, is_range);
    const UniqueFd nowhere(::open((conversion_.scratch / "all-pages.pdf").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!nowhere || !store_document(document, nowhere.get(), filter, "", all)) return status;
    return fail(ErrorCode::conversion_failed, kNoSuchPage);
  }

  Result<> write_text_sheets() {
    const char chosen = wishes_.separator.empty() ? ',' : wishes_.separator.front();
    const char separator = wishes_.to == "tsv" ? '\t' : chosen;
    const auto folder = conversion_.scratch / "sheets";
    std::error_code error;
    fs::create_directory(folder, error);
    if (error) return std::unexpected(from_errno(error.value(), "scratch"));
    if (chosen_.empty()) {
      const int last = wishes_.all_sheets ? count_sheets(document_) : 1;
      for (int i = 0; i < last; ++i) chosen_.push_back(i);
    }
    const bool several = wishes_.all_sheets || wishes_.sheets.size() > 1;
    for (const int sheet : chosen_) {
      RECAST_TRY(const auto bytes, sheet_as_text(document_, sheet, separator, folder));
      RECAST_CHECK(several ? worker::append_to_sequence(conversion_.output, bytes)
                           : worker::write_all(conversion_.output, bytes));
    }
    return {};
  }

  const Kit& kit_;
  const Conversion& conversion_;
  Wishes wishes_;
  Document document_;
  std::vector<int> chosen_;  ///< sheets, empty: not chosen by the client
};

}  // namespace

Result<json::object> convert(const Kit& kit, const Conversion& conversion, After after) {
  RECAST_TRY(auto wishes, schema::parse<Wishes>(conversion.request));
  Job job(kit, conversion, std::move(wishes));
  watch_fonts(kit);
  auto status = job.run();
  const auto missing = missing_fonts(kit);
  if (after == After::close) job.close();
  if (!status) return std::unexpected(std::move(status).error());
  if (missing.empty()) return json::object{};
  json::array fonts;
  for (const auto& [asked, used] : missing)
    fonts.push_back(json::object{{"font", asked}, {"replaced_by", json::array(used.begin(), used.end())}});
  return json::object{{"report", json::object{{"missing_fonts", std::move(fonts)}}}};
}

}  // namespace recast::libreoffice
