#include "base/text.hpp"
#include "operation/files.hpp"
#include "operation/registry.hpp"

namespace recast::operations {

namespace {

struct Options {
  std::string file;
  std::string filename;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::file, "file", "Content of the file: the string's UTF-8 bytes.",
                    {.required = true, .verbatim = true, .secret = true}),
      schema::field(&Options::filename, "filename", "Name of the file, with its extension.", {.required = true}),
  };
};

Result<> check(const Options& options, const engine::Catalogue&) {
  if (is_valid_utf8(options.file)) return {};
  return fail(ErrorCode::invalid_data, "The file must be a valid UTF-8 string.", "file");
}

Result<operation::Outcome> import_raw(operation::TaskContext& context, const Options& options) {
  RECAST_CHECK(check(options, context.catalogue()));
  RECAST_TRY(auto file, operation::write_file(context, options.filename, options.file));
  return operation::Outcome{.files = {std::move(file)}};
}

}  // namespace

Result<> register_import_raw(operation::Registry& registry) {
  return registry.add(operation::define<Options>({.name = "import/raw",
                                                  .summary = "Takes a file from a string in the request.",
                                                  .load = operation::Load::light,
                                                  .needs_input = false},
                                                 &import_raw, &check));
}

}  // namespace recast::operations
