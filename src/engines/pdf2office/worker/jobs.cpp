#include "engines/pdf2office/worker/jobs.hpp"

#include "engines/pdf2office/options.hpp"
#include "engines/pdf2office/worker/page_paths.hpp"
#include "engines/pdf2office/worker/page_text.hpp"
#include "engines/pdf2office/worker/sheets.hpp"
#include "engines/pdf2office/worker/xlsx.hpp"
#include "schema/parse.hpp"

namespace recast::engines::pdf2office {

namespace json = worker::json;

namespace {

using Answer = Result<json::object>;

Result<> read_pages(worker::Job& job, Document& document) {
  constexpr int kRead = 30;  // percent
  RECAST_CHECK(read_text(pieces_of(job.inputs.at(0)), document));
  job.percent(kRead);
  read_paths(pieces_of(job.inputs.at(1)), document);
  job.percent(2 * kRead);
  return {};
}

Answer write_sheets(worker::Job& job) {
  RECAST_TRY(const auto options, schema::parse<SheetOptions>(job.request.at("options").as_object()));
  Document document;
  RECAST_CHECK(read_pages(job, document));
  const auto sheets = sheets_of(document, {.single = options.single_sheet, .all = options.non_table_content});
  RECAST_CHECK(write_xlsx(job.outputs.front(), sheets));
  return json::object{{"pages", document.pages.size()}};
}

}  // namespace

Answer run(worker::Job& job) {
  const auto* const value = job.request.if_contains("job");
  const std::string_view name = value != nullptr && value->is_string() ? value->get_string() : std::string_view();
  if (job.inputs.size() >= 2 && job.outputs.size() == 1 && name == "xlsx") return write_sheets(job);
  return fail(ErrorCode::internal, "The worker for office documents got a request it does not know.");
}

}  // namespace recast::engines::pdf2office
