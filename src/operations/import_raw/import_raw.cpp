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
                    {.verbatim = true, .secret = true}),
      schema::field(&Options::filename, "filename", "Name of the file, with its extension.", {.required = true}),
  };
};

/// Unlike other required members this one may be empty: so is the file then.
Result<> check_presence(const operation::json::object& payload) {
  const auto* const file = payload.if_contains("file");
  if (file != nullptr && !file->is_null()) return {};
  return fail(ErrorCode::invalid_data, "The file field is required.", "file");
}

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
  auto operation = operation::define<Options>({.name = "import/raw",
                                               .summary = "Takes a file from a string in the request.",
                                               .load = operation::Load::light,
                                               .needs_input = false},
                                              &import_raw, &check);
  operation.check = [check_all = std::move(operation.check)](const auto& payload, const auto& catalogue) -> Result<> {
    RECAST_CHECK(check_presence(payload));
    return check_all(payload, catalogue);
  };
  operation.options.front().required = true;
  return registry.add(std::move(operation));
}

}  // namespace recast::operations
