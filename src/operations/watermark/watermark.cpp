#include "operation/conversion.hpp"
#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace json = boost::json;

namespace {

struct Options : operation::Common {
  std::vector<std::string> image;

  static constexpr auto fields = std::tuple_cat(
      Common::common_fields,
      std::tuple{schema::field(&Options::image, "image",
                               "Task whose first file is laid on the input: a png, jpg or svg. It goes before text.")});

  engine::Wish wish_for(std::string from) const { return wish("watermark", std::move(from), {}); }
};

Result<> check(const json::object& payload, const engine::Catalogue& catalogue) {
  RECAST_TRY(const auto options, schema::parse<Options>(payload));
  RECAST_CHECK(catalogue.check_names(options.engine, options.engine_version));
  const auto* const text = payload.if_contains("text");
  const bool has_text = text != nullptr && !text->is_null() && !(text->is_string() && text->get_string().empty());
  if (!has_text && options.image.empty())
    return fail(ErrorCode::invalid_data, "A watermark needs a text or an image.", "text");
  const auto wish = options.wish_for(format::canonical(options.input_format));
  if (wish.from.empty()) return {};  // known only when the file is there
  const auto choice = catalogue.choose(wish);
  if (!choice && choice.error().code == ErrorCode::invalid_conversion_type)
    return fail(ErrorCode::invalid_data, choice.error().message, "input_format");
  return operation::check_options(catalogue, wish, payload, options.image.empty() ? 1 : 2);
}

Result<std::optional<operation::File>> find_image(operation::TaskContext& context, const Options& options) {
  if (options.image.empty()) return std::nullopt;
  const auto files = context.inputs("image");
  if (files.empty()) return fail(ErrorCode::input_task_failed, "The task named in image gave no file.", "image");
  return files.front();
}

/// Files keep their names and formats.
Result<operation::Outcome> add_watermark(operation::TaskContext& context, const json::object& payload) {
  RECAST_TRY(const auto options, schema::parse<Options>(payload));
  RECAST_TRY(const auto image, find_image(context, options));
  const auto& inputs = context.inputs();
  if (inputs.empty()) return fail(ErrorCode::input_task_failed, "The input tasks gave no file.");
  operation::Outputs outputs(options.filename);
  operation::Outcome outcome;
  const operation::Shares shares(inputs.size());
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    RECAST_TRY(const auto from, operation::input_format(inputs[at], options.input_format));
    operation::Conversion conversion{.wish = options.wish_for(from),
                                     .options = payload,
                                     .inputs = {inputs[at]},
                                     .percent_from = shares.begin(at),
                                     .percent_to = shares.end(at)};
    RECAST_CHECK(context.catalogue().choose(conversion.wish));
    RECAST_CHECK(operation::check_content(context, inputs[at], from));
    if (image) conversion.inputs.push_back(*image);
    RECAST_TRY(auto done, operation::run_conversion(context, conversion));
    outputs.add_kept(inputs[at], from, std::move(done.files));
    if (outcome.message.empty()) outcome.message = std::move(done.note);
  }
  RECAST_TRY(outcome.files, outputs.take());
  return outcome;
}

}  // namespace

Result<> register_watermark(operation::Registry& registry) {
  auto operation = operation::define_with_engine<Options>(
      {.name = "watermark",
       .summary = "Lays a text or an image on the pages of a PDF, on pictures and on films.",
       .references = {"image"}});
  // The image makes a difference to both.
  operation.check = &check;
  operation.run = &add_watermark;
  return registry.add(std::move(operation));
}

}  // namespace recast::operations
