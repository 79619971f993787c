#include "base/text.hpp"
#include "operation/files.hpp"
#include "operation/registry.hpp"

namespace recast::operations {

namespace {

struct Options {
  std::string file;
  std::string filename;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::file, "file", "Content of the file in base64.",
                    {.required = true, .verbatim = true, .secret = true}),
      schema::field(&Options::filename, "filename", "Name of the file, with its extension.", {.required = true}),
  };
};

std::unexpected<Error> no_base64() {
  return fail(ErrorCode::invalid_data, "The file must be a valid base64 string.", "file");
}

/// As text true and 1234 would be base64, too.
Result<> check_type(const operation::json::object& payload) {
  const auto* const file = payload.if_contains("file");
  if (file == nullptr || file->is_null() || file->is_string()) return {};
  return fail(ErrorCode::invalid_data, "The file must be a string.", "file");
}

Result<> check(const Options& options, const engine::Catalogue&) {
  if (trim(options.file).empty()) return fail(ErrorCode::invalid_data, "The file field is required.", "file");
  return is_base64(options.file) ? Result<>() : no_base64();
}

Result<operation::Outcome> import_base64(operation::TaskContext& context, const Options& options) {
  const auto bytes = from_base64(options.file);
  if (!bytes) return no_base64();
  RECAST_TRY(auto file, operation::write_file(context, options.filename, *bytes));
  return operation::Outcome{.files = {std::move(file)}};
}

}  // namespace

Result<> register_import_base64(operation::Registry& registry) {
  auto operation = operation::define<Options>({.name = "import/base64",
                                               .summary = "Takes a file from a base64 string in the request.",
                                               .load = operation::Load::light,
                                               .needs_input = false},
                                              &import_base64, &check);
  operation.check = [check_all = std::move(operation.check)](const auto& payload, const auto& catalogue) -> Result<> {
    RECAST_CHECK(check_type(payload));
    return check_all(payload, catalogue);
  };
  return registry.add(std::move(operation));
}

}  // namespace recast::operations
