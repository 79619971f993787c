#include <fmt/format.h>

#include <algorithm>

#include "operation/files.hpp"
#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

struct Options : operation::Common {
  static constexpr auto fields = Common::common_fields;
  engine::Wish wish_for(std::string from) const { return wish("optimize", std::move(from), {}); }
};

/// An engine may try several ways, or none that helps: what is smallest is taken, and that may be the original.
Result<operation::File> smallest(const operation::File& input, const std::vector<fs::path>& attempts) {
  auto best = input;
  for (const auto& path : attempts) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) return std::unexpected(from_errno(error.value(), "An output cannot be read"));
    if (size > 0 && size < best.size) best = {.name = input.name, .dir = input.dir, .size = size, .path = path};
  }
  return best;
}

/// processing.md 2.7; of several files, what was saved of all together.
std::string message(std::uint64_t before, std::uint64_t after, std::string_view note) {
  const auto percent = before == 0 ? 0 : (before - after) * 100 / before;
  return fmt::format("File size reduced by {}%{}{}", percent, note.empty() ? "" : ". ", note);
}

/// Files keep their names, unless another one is wished for.
Result<operation::Outcome> optimize(operation::TaskContext& context, const Options& options,
                                    const json::object& payload) {
  operation::Outputs outputs(options.filename);
  std::uint64_t before = 0, after = 0;
  const auto take = [&](const operation::File& input, std::string_view from, operation::Converted done) -> Result<> {
    RECAST_TRY(const auto best, smallest(input, done.files));
    before += input.size;
    after += best.size;
    outputs.add_kept(input, from, {best.path});
    return {};
  };
  RECAST_TRY(const auto note,
             operation::run_each(
                 context, options, payload, [&](std::string from) { return options.wish_for(std::move(from)); }, take));
  operation::Outcome outcome{.message = message(before, after, note)};
  RECAST_TRY(outcome.files, outputs.take());
  if (!options.filename.empty()) return outcome;
  for (std::size_t at = 0; at < outcome.files.size(); ++at) outcome.files[at].name = context.inputs().at(at).name;
  operation::make_unique(outcome.files);
  return outcome;
}

/// Where the format is not known yet, a profile can only be meant for a PDF and a quality for an image.
Result<> check(const std::function<Result<>(const json::object&, const engine::Catalogue&)>& check_known,
               const json::object& payload, const engine::Catalogue& catalogue) {
  RECAST_CHECK(check_known(payload, catalogue));
  const auto* const format = payload.if_contains("input_format");
  if (format != nullptr && format->is_string() && !format->get_string().empty()) return {};
  RECAST_TRY(const auto options, schema::parse<Options>(payload));
  for (const auto* const supposed : {"pdf", "jpg"}) {
    const auto wish = options.wish_for(supposed);
    if (catalogue.choose(wish)) RECAST_CHECK(operation::check_options(catalogue, wish, payload));
  }
  return {};
}

}  // namespace

Result<> register_optimize(operation::Registry& registry) {
  auto operation = operation::define_with_engine<Options>(
      {.name = "optimize", .summary = "Makes files smaller and keeps their format: PDF, PNG, JPG, WebP, GIF, SVG."},
      &optimize);
  operation.check = [check_known = std::move(operation.check)](const json::object& payload,
                                                               const engine::Catalogue& catalogue) {
    return check(check_known, payload, catalogue);
  };
  return registry.add(std::move(operation));
}

}  // namespace recast::operations
