#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string_view>

#include "engine/registry.hpp"
#include "schema/parse.hpp"

/// ONLYOFFICE's converter, which an operator may install: docs/decisions/0021.
namespace recast::engines {

namespace x2t {
namespace {

/// A last resort where no engine is named, so that LibreOffice stays the default.
constexpr int kRank = 80;

struct Options {
  std::string password;
  static constexpr auto fields = std::tuple{
      schema::field(&Options::password, "password", "Password that opens the document.",
                    {.verbatim = true, .secret = true}),
  };
};

/// The numbers x2t knows formats by.
struct Format {
  std::string_view name;
  int number;
  bool written;
};

constexpr std::array kDocuments = std::to_array<Format>({{"docx", 65, true},
                                                         {"doc", 66, false},
                                                         {"odt", 67, true},
                                                         {"rtf", 68, true},
                                                         {"txt", 69, true},
                                                         {"html", 70, true},
                                                         {"epub", 72, true},
                                                         {"fb2", 73, true},
                                                         {"docm", 75, true},
                                                         {"dotx", 76, true},
                                                         {"ott", 79, true}});
constexpr std::array kSlides = std::to_array<Format>({{"pptx", 129, true},
                                                      {"ppt", 130, false},
                                                      {"odp", 131, true},
                                                      {"ppsx", 132, true},
                                                      {"pptm", 133, true},
                                                      {"potx", 135, true}});
constexpr std::array kSheets = std::to_array<Format>(
    {{"xlsx", 257, true}, {"xls", 258, false}, {"ods", 259, true}, {"csv", 260, true}, {"xlsm", 261, true}});
constexpr int kPdf = 513;

int number_of(std::string_view name) {
  for (const std::span<const Format> family :
       {std::span<const Format>(kDocuments), std::span<const Format>(kSlides), std::span<const Format>(kSheets)}) {
    const auto found = std::ranges::find(family, name, &Format::name);
    if (found != family.end()) return found->number;
  }
  return kPdf;
}

std::vector<engine::Conversion> conversions() {
  std::vector<engine::Conversion> list;
  for (const std::span<const Format> family :
       {std::span<const Format>(kDocuments), std::span<const Format>(kSlides), std::span<const Format>(kSheets)}) {
    for (const auto& from : family) {
      list.push_back({std::string(from.name), "pdf", kRank});
      for (const auto& to : family) {
        if (to.written && to.name != from.name) list.push_back({std::string(from.name), std::string(to.name), kRank});
      }
    }
  }
  return list;
}

/// Text inside an element. What XML has no place for is left out.
std::string escaped(std::string_view text) {
  std::string result;
  for (const auto c : text) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (static_cast<unsigned char>(c) >= ' ') {
      result += c;
    }
  }
  return result;
}

std::string parameters(const engine::Request& request, const Options& options, const std::string& input) {
  std::string text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<TaskQueueDataConvert>\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    text += fmt::format("  <{0}>{1}</{0}>\n", name, escaped(value));
  };
  add("m_sFileFrom", input);
  add("m_sFileTo", "out/out." + request.to);
  add("m_nFormatFrom", std::to_string(number_of(request.from)));
  add("m_nFormatTo", std::to_string(number_of(request.to)));
  add("m_sTempDir", "tmp/x2t");
  add("m_bDontSaveAdditional", "true");  // no copy of a document it cannot decrypt
  // UTF-8, and a comma between cells.
  for (const auto& name : {request.from, request.to}) {
    if (name != "csv" && name != "txt") continue;
    add("m_nCsvTxtEncoding", "46");
    if (name == "csv") add("m_nCsvDelimiter", "4");
    break;
  }
  if (!request.install.empty()) add("m_sThemeDir", request.install + "/sdkjs/slide/themes");
  if (!options.password.empty()) add("m_sPassword", options.password);
  return text + "</TaskQueueDataConvert>\n";
}

/// Its exit statuses are the last byte of its errors.
Error explain(const engine::StepEnd& end) {
  constexpr int kUnknownFormat = 82, kReading = 84, kCannotDecrypt = 85, kCorrupted = 86, kEncrypted = 90,
                kWrongPassword = 91;
  switch (end.exit_code) {
    case kUnknownFormat:
    case kReading:
    case kCorrupted:
      return {ErrorCode::open_failed, "The document is damaged or of another format.", {}};
    case kCannotDecrypt:
    case kEncrypted:
      return {ErrorCode::open_failed, "The document is encrypted; set password.", "password"};
    case kWrongPassword:
      return {ErrorCode::open_failed, "The password is wrong.", "password"};
    default:
      break;
  }
  return {ErrorCode::conversion_failed,
          end.signal != 0 ? std::string("The converter crashed.")
                          : fmt::format("The converter gave up (status {}).", end.exit_code),
          {}};
}

class X2t final : public engine::Engine {
 public:
  X2t() : Engine(describe()) {}

 private:
  static engine::Info describe() {
    engine::Info info;
    info.name = "x2t";
    info.takes_over = {"office"};
    info.summary = "Office documents, by ONLYOFFICE's converter; it is not in Debian.";
    info.group = "document";
    info.abilities = {{.conversions = conversions(), .options = schema::describe<Options>()}};
    info.detection = {.programs = {"x2t"}, .version_command = {"x2t"}, .version_pattern = "Version: ([0-9.]+)"};
    info.probe = {.from = "txt", .to = "docx", .content = "Recast health check\n", .options = {}};
    return info;
  }

  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    // Older versions unpack beside their input, and that folder is not to be written to.
    const auto input = "tmp/source." + request.from;
    engine::ProgramStep copy;
    copy.program = "cp";
    copy.arguments = {request.inputs.front(), input};
    engine::ProgramStep folder;
    folder.program = "mkdir";
    folder.arguments = {"tmp/x2t"};
    engine::ProgramStep convert;
    convert.program = "x2t";
    convert.arguments = {"in/parameters.xml"};
    convert.environment = {"PATH=/usr/bin:/bin", "HOME={work}/tmp", "TMPDIR={work}/tmp", "LC_ALL=C.UTF-8"};
    convert.limits = {.memory = 4ULL << 30, .output = 1ULL << 30};
    engine::Plan plan;
    plan.files["in/parameters.xml"] = parameters(request, options, input);
    plan.steps.push_back({.action = std::move(copy)});
    plan.steps.push_back({.action = std::move(folder)});
    plan.steps.push_back({.action = std::move(convert), .weight = 10});
    plan.outputs = {"out/out." + request.to};
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace x2t

Result<> register_x2t(engine::Registry& registry) { return registry.add(std::make_unique<x2t::X2t>()); }

}  // namespace recast::engines
