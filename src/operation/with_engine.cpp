#include "operation/with_engine.hpp"

#include "format/format.hpp"

namespace recast::operation {

Result<> check_with_engine(const engine::Catalogue& catalogue, const Common& options, const json::object& payload,
                           const std::function<engine::Wish(std::string from)>& wish_for) {
  RECAST_CHECK(catalogue.check_names(options.engine, options.engine_version));
  const auto wish = wish_for(format::canonical(options.input_format));
  const bool takes_any = !catalogue.pairs(wish.operation, {}, wish.to).empty();
  if (wish.from.empty() && !takes_any) return {};  // known only when the file is there
  const auto choice = catalogue.choose(wish);
  if (!choice && choice.error().code == ErrorCode::invalid_conversion_type)
    return fail(ErrorCode::invalid_data, choice.error().message, wish.from.empty() ? "output_format" : "input_format");
  return check_options(catalogue, wish, payload);
}

Result<std::string> run_each(TaskContext& context, const Common& options, const json::object& payload,
                             const std::function<engine::Wish(std::string from)>& wish_for,
                             const std::function<Result<>(const File& input, std::string_view from, Converted)>& take) {
  const auto& inputs = context.inputs();
  if (inputs.empty()) return fail(ErrorCode::input_task_failed, "The input tasks gave no file.");
  std::string note;
  const Shares shares(inputs.size());
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    RECAST_TRY(const auto from, input_format(inputs[at], options.input_format));
    const auto wish = wish_for(from);
    RECAST_CHECK(context.catalogue().choose(wish));
    RECAST_CHECK(check_content(context, inputs[at], from));
    RECAST_TRY(auto done, run_conversion(context, {.wish = wish,
                                                   .options = payload,
                                                   .inputs = {inputs[at]},
                                                   .percent_from = shares.begin(at),
                                                   .percent_to = shares.end(at)}));
    if (note.empty()) note = done.note;
    RECAST_CHECK(take(inputs[at], from, std::move(done)));
  }
  return note;
}

Result<Outcome> each_input(TaskContext& context, const Common& options, const json::object& payload,
                           const std::function<engine::Wish(std::string from)>& wish_for) {
  Outputs outputs(options.filename);
  Outcome outcome;
  const auto add = [&](const File& input, std::string_view from, Converted done) -> Result<> {
    const auto to = wish_for(std::string(from)).to;
    if (to.empty() || to == from)
      outputs.add_kept(input, from, std::move(done.files));
    else
      outputs.add(input, to, std::move(done.files));
    return {};
  };
  RECAST_TRY(outcome.message, run_each(context, options, payload, wish_for, add));
  RECAST_TRY(outcome.files, outputs.take());
  return outcome;
}

}  // namespace recast::operation
