#include "engines/pdf2office/worker/jobs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engines/pdf2office/options.hpp"
#include "engines/pdf2office/worker/docx.hpp"
#include "engines/pdf2office/worker/html.hpp"
#include "engines/pdf2office/worker/media.hpp"
#include "engines/pdf2office/worker/page_paths.hpp"
#include "engines/pdf2office/worker/page_pictures.hpp"
#include "engines/pdf2office/worker/page_text.hpp"
#include "engines/pdf2office/worker/plain.hpp"
#include "engines/pdf2office/worker/pptx.hpp"
#include "engines/pdf2office/worker/sheets.hpp"
#include "engines/pdf2office/worker/xlsx.hpp"
#include "schema/parse.hpp"

namespace recast::engines::pdf2office {

namespace json = worker::json;

namespace {

using Answer = Result<json::object>;

enum Input : std::size_t { letters, paths, places, list, packed };
constexpr std::size_t kPapers = 2;  // for slides: letters, paths, and pages without text packed by tar

Result<> read_pages(worker::Job& job, Document& document) {
  constexpr std::uint64_t kLongestList = 64 << 20;
  constexpr int kRead = 20;  // percent
  RECAST_CHECK(read_text(pieces_of(job.inputs.at(letters)), document));
  job.percent(kRead);
  read_paths(pieces_of(job.inputs.at(paths)), document);
  job.percent(2 * kRead);
  if (job.inputs.size() <= list) return {};
  RECAST_TRY(const auto pictures, worker::read_all(job.inputs[list], kLongestList));
  read_pictures(pieces_of(job.inputs[places]), {pictures.data(), pictures.size()}, document);
  return {};
}

Result<> write_sheets(worker::Job& job, const Document& document) {
  RECAST_TRY(const auto options, schema::parse<SheetOptions>(job.request.at("options").as_object()));
  const auto sheets = sheets_of(document, {.single = options.single_sheet, .all = options.non_table_content});
  return write_xlsx(job.outputs.front(), sheets);
}

/// One line of arguments for pdftocairo for each part: numbers, and names made of numbers.
Result<> list_crops(worker::Job& job, const Document& document) {
  constexpr double kDensity = 200, kInch = 72, kMostPixels = 25e6;
  std::string lines;
  for (const auto& crop : crops_of(document)) {
    const auto pixels = crop.width() * crop.height() * (kDensity / kInch) * (kDensity / kInch);
    const auto density =
        std::max(1.0, std::floor(kDensity * std::min(1.0, std::sqrt(kMostPixels / std::max(1.0, pixels)))));
    const auto scale = density / kInch;
    lines += fmt::format("-f {0} -l {0} -r {1:.0f} -x {2:.0f} -y {3:.0f} -W {4:.0f} -H {5:.0f} tmp/pictures/{6}\n",
                         crop.page, density, std::floor(crop.x0 * scale), std::floor(crop.y0 * scale),
                         std::floor(crop.width() * scale) + 1, std::floor(crop.height() * scale) + 1,
                         crop.file.substr(0, crop.file.rfind('.')));  // pdftocairo adds .png
  }
  return worker::write_all(job.outputs.front(), lines);
}

Result<> write_slides(worker::Job& job, const Document& document) {
  RECAST_TRY(const auto media, Media::read(job.inputs.at(kPapers)));
  // Whatever is no text is on the paper behind.
  const auto flow = flow_of(document, [](const std::string&) { return false; });
  return write_pptx(job.outputs.front(), flow, media);
}

Result<> write_flow(worker::Job& job, std::string_view format, const Document& document) {
  const bool shows_pictures = job.inputs.size() > packed;
  Media media;
  if (shows_pictures) {
    RECAST_TRY(media, Media::read(job.inputs[packed]));
  }
  const auto flow = flow_of(document, [&](const std::string& file) { return !shows_pictures || media.has(file); });
  job.percent(80);
  if (format == "docx") return write_docx(job.outputs.front(), flow, media);
  if (format == "html") return worker::write_all(job.outputs.front(), html_of(flow, media));
  return worker::write_all(job.outputs.front(), format == "md" ? markdown_of(flow) : text_of(flow));
}

}  // namespace

Answer run(worker::Job& job) {
  constexpr std::string_view kJobs[] = {"xlsx", "pptx", "crops", "docx", "html", "md", "txt"};
  const auto* const value = job.request.if_contains("job");
  const std::string_view name = value != nullptr && value->is_string() ? value->get_string() : std::string_view();
  std::size_t fewest = list + 1;
  if (name == "xlsx") fewest = paths + 1;
  if (name == "pptx") fewest = kPapers + 1;
  if (std::ranges::find(kJobs, name) == std::end(kJobs) || job.inputs.size() < fewest || job.outputs.size() != 1) {
    return fail(ErrorCode::internal, "The worker for office documents got a request it does not know.");
  }
  Document document;
  RECAST_CHECK(read_pages(job, document));
  if (name == "xlsx") {
    RECAST_CHECK(write_sheets(job, document));
  } else if (name == "pptx") {
    RECAST_CHECK(write_slides(job, document));
  } else if (name == "crops") {
    RECAST_CHECK(list_crops(job, document));
  } else {
    RECAST_CHECK(write_flow(job, name, document));
  }
  return json::object{{"pages", document.pages.size()}};
}

}  // namespace recast::engines::pdf2office
