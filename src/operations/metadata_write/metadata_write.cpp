#include "format/format.hpp"
#include "operation/files.hpp"
#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace json = boost::json;

namespace {

struct Options : operation::Common {
  static constexpr auto fields = Common::common_fields;
  engine::Wish wish_for(std::string from) const { return wish("metadata/write", std::move(from), {}); }
};

/// A file keeps its name, unless another one is wished for.
Result<operation::Outcome> write_metadata(operation::TaskContext& context, const Options& options,
                                          const json::object& payload) {
  RECAST_TRY(auto outcome, operation::each_input(context, options, payload,
                                                 [&](std::string from) { return options.wish_for(std::move(from)); }));
  if (!options.filename.empty()) return outcome;
  const auto& inputs = context.inputs();
  if (outcome.files.size() != inputs.size())
    return fail(ErrorCode::internal, "Writing metadata did not give one file for each input.");
  for (std::size_t at = 0; at < inputs.size(); ++at) outcome.files[at].name = inputs[at].name;
  operation::make_unique(outcome.files);
  return outcome;
}

/// The tags are the engine's to check, and any pair of its will do for that where the format is not known yet.
Result<> check(const std::function<Result<>(const json::object&, const engine::Catalogue&)>& check_known,
               const json::object& payload, const engine::Catalogue& catalogue) {
  const auto* const format = payload.if_contains("input_format");
  const auto pairs = catalogue.pairs("metadata/write");
  const bool known = format != nullptr && format->is_string() && !format->get_string().empty();
  if (known || pairs.empty()) return check_known(payload, catalogue);
  auto supposed = payload;
  supposed["input_format"] = pairs.front().from;
  return check_known(supposed, catalogue);
}

}  // namespace

Result<> register_metadata_write(operation::Registry& registry) {
  auto operation = operation::define_with_engine<Options>(
      {.name = "metadata/write", .summary = "Writes metadata into files, such as title and author."}, &write_metadata);
  operation.check = [check_known = std::move(operation.check)](const json::object& payload,
                                                               const engine::Catalogue& catalogue) {
    return check(check_known, payload, catalogue);
  };
  return registry.add(std::move(operation));
}

}  // namespace recast::operations
