#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engines/pdf2office/worker/docx.hpp"
#include "engines/pdf2office/worker/html.hpp"
#include "engines/pdf2office/worker/page_paths.hpp"
#include "engines/pdf2office/worker/page_pictures.hpp"
#include "engines/pdf2office/worker/page_text.hpp"
#include "engines/pdf2office/worker/plain.hpp"
#include "engines/pdf2office/worker/sheets.hpp"
#include "engines/pdf2office/worker/xlsx.hpp"

namespace office = recast::engines::pdf2office;

namespace {

struct Ignore final : office::ElementHandler {
  void start(std::string_view, const office::Attributes&) override {}
  void end(std::string_view) override {}
};

void require_well_formed(const std::string& xml) {
  Ignore ignore;
  if (!office::read_xml(office::pieces_of(xml), ignore)) std::abort();
}

}  // namespace

/// A document of letters, paths and pictures, parted by "\f"; everything is written, and a page of HTML has to be
/// whole.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto first = std::min(all.find('\f'), all.size()), second = std::min(all.find('\f', first + 1), all.size());
  office::Document document;
  if (!office::read_text(office::pieces_of(all.substr(0, first)), document)) return 0;
  if (first < size) office::read_paths(office::pieces_of(all.substr(first + 1, second - first - 1)), document);
  if (second < size) office::read_pictures(office::pieces_of(all.substr(second + 1)), "1 0 smask\n", document);
  if (!office::write_xlsx(nowhere, office::sheets_of(document, {.all = true}))) std::abort();
  const auto flow = office::flow_of(document, [](const std::string&) { return true; });
  office::crops_of(document);
  office::Media media;
  if (!office::write_docx(nowhere, flow, media)) std::abort();
  (void)office::markdown_of(flow);
  (void)office::text_of(flow);
  auto html = office::html_of(flow, media);
  html.erase(0, html.find("<section>") == std::string::npos ? html.size() : html.find("<section>"));
  html.erase(html.size() - std::min(html.size(), std::string_view("</body></html>\n").size()));
  for (auto at = html.find("<br>"); at != std::string::npos; at = html.find("<br>", at)) html.replace(at, 4, "<br/>");
  for (auto at = html.find("base64,\">"); at != std::string::npos; at = html.find("base64,\">", at)) {
    html.replace(at, 9, "base64,\"/>");
  }
  if (!html.empty()) require_well_formed("<html>" + html + "</html>");
  return 0;
}
