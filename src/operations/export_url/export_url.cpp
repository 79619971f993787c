#include "format/format.hpp"
#include "operation/files.hpp"
#include "operation/registry.hpp"
#include "operations/export_url/zip.hpp"

namespace recast::operations {

namespace {

struct Options {
  std::vector<std::string> input;
  bool inline_display = false;
  bool archive_multiple_files = false;
  bool inline_additional = false;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::input, "input", "Tasks whose files get links."),
      schema::field(&Options::inline_display, "inline", "Browsers show the file instead of saving it."),
      schema::field(&Options::archive_multiple_files, "archive_multiple_files",
                    "Several files become one ZIP with one link."),
      schema::field(&Options::inline_additional, "inline_additional", "Accepted and ignored."),
  };
};

/// The files themselves are linked from storage to storage; links to them are signed when the task is shown.
Result<operation::Outcome> export_url(operation::TaskContext& context, const Options& options) {
  if (!options.archive_multiple_files || context.inputs().size() < 2) {
    operation::Outcome outcome{.files = context.inputs()};
    operation::make_unique(outcome.files);
    return outcome;
  }
  const auto path = context.work() / "archive.zip";
  RECAST_TRY(const auto size, write_zip(context, context.inputs(), path));
  return operation::Outcome{.files = {{format::clean_file_name(context.name() + ".zip"), {}, size, path}}};
}

}  // namespace

Result<> register_export_url(operation::Registry& registry) {
  return registry.add(operation::define<Options>({.name = "export/url",
                                                  .summary = "Gives each file a download link, or all of them one ZIP.",
                                                  .load = operation::Load::light},
                                                 &export_url));
}

}  // namespace recast::operations
