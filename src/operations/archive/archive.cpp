#include "format/format.hpp"
#include "operation/files.hpp"
#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace json = boost::json;

namespace {

struct Options : operation::Common {
  std::string output_format;

  static constexpr auto fields = std::tuple_cat(
      Common::common_fields, std::tuple{
                                 schema::field(&Options::output_format, "output_format",
                                               "Format of the archive, such as zip or tar.gz.", {.required = true}),
                             });

  /// What the files are does not matter.
  engine::Wish wish_for(const std::string&) const { return wish("archive", {}, format::canonical(output_format)); }
};

Result<operation::Outcome> archive(operation::TaskContext& context, const Options& options,
                                   const json::object& payload) {
  auto files = context.inputs();
  if (files.empty()) return fail(ErrorCode::input_task_failed, "The input tasks gave no file.");
  operation::make_unique(files);
  const auto wish = options.wish_for({});
  RECAST_TRY(auto done, operation::run_conversion(context, {.wish = wish, .options = payload, .inputs = files}));
  operation::Outputs outputs(options.filename.empty() ? "archive." + wish.to : options.filename);
  outputs.add(files.front(), wish.to, std::move(done.files));
  operation::Outcome outcome{.message = std::move(done.note)};
  RECAST_TRY(outcome.files, outputs.take());
  for (auto& file : outcome.files) file.dir.clear();  // whatever folder the first input was in
  return outcome;
}

}  // namespace

Result<> register_archive(operation::Registry& registry) {
  return registry.add(operation::define_with_engine<Options>(
      {.name = "archive", .summary = "Packs all files into one archive."}, &archive));
}

}  // namespace recast::operations
