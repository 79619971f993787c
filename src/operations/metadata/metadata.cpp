#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "format/format.hpp"
#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace json = boost::json;

namespace {

struct Options : operation::Common {
  static constexpr auto fields = Common::common_fields;
  engine::Wish wish_for(std::string from) const { return wish("metadata", std::move(from), {}); }
};

constexpr std::size_t kMostTags = 20'000;

/// What exiftool printed of one file: an array of one object. Names and places that are ours give way to the client's.
Result<json::object> read_tags(const operation::Converted& done, const operation::File& input) {
  boost::system::error_code error;
  auto printed = json::parse(done.steps.empty() ? std::string() : done.steps.back().output, error);
  const bool understood =
      !error && printed.is_array() && printed.get_array().size() == 1 && printed.get_array().front().is_object();
  if (!understood) return fail(ErrorCode::conversion_failed, "The metadata is too long or cannot be read.");
  auto tags = std::move(printed.get_array().front().get_object());
  if (tags.size() > kMostTags) return fail(ErrorCode::output_limit, "The file has too many metadata tags.");
  tags["SourceFile"] = input.name;
  tags["FileName"] = input.name;
  tags["Directory"] = ".";
  return tags;
}

/// One file: `metadata` is what is known of it. More: of the first, and `metadata_list` has them all.
Result<operation::Outcome> metadata(operation::TaskContext& context, const Options& options,
                                    const json::object& payload) {
  json::array list;
  const auto add = [&](const operation::File& input, std::string_view, operation::Converted done) -> Result<> {
    RECAST_TRY(auto tags, read_tags(done, input));
    list.push_back(std::move(tags));
    return {};
  };
  operation::Outcome outcome;  // costs nothing
  RECAST_TRY(outcome.message,
             operation::run_each(
                 context, options, payload, [&](std::string from) { return options.wish_for(std::move(from)); }, add));
  outcome.extra["metadata"] = list.front();
  if (list.size() > 1) outcome.extra["metadata_list"] = std::move(list);
  return outcome;
}

}  // namespace

Result<> register_metadata(operation::Registry& registry) {
  return registry.add(operation::define_with_engine<Options>(
      {.name = "metadata", .summary = "Reads the metadata of files: author, size, number of pages, camera, …"},
      &metadata));
}

}  // namespace recast::operations
