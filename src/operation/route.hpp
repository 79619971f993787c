#pragma once

#include <string>
#include <vector>

#include "operation/conversion.hpp"

/// Ways from one format to another: directly, or through one format between where the result is sensible.
namespace recast::operation {

/// The formats of a conversion in order: {"docx", "pdf"} or {"docx", "pdf", "webp"}.
using Route = std::vector<std::string>;

/// The best way for a wish of operation convert; a named engine has to do one of its legs. invalid_data for a wrong
/// engine or version, invalid_conversion_type if there is no way: the message lists what `from` can become.
Result<Route> find_route(const engine::Catalogue& catalogue, const engine::Wish& wish);

/// Every pair that can be had only through a format between, as rows of the catalogue: with the engine that reads.
std::vector<Record> routed_records(const engine::Catalogue& catalogue);

/// Goes the way with all files of `conversion`, whose wish says where from and to.
Result<Converted> run_route(TaskContext& context, const Route& route, const Conversion& conversion);

/// What the engines of the way would say to these options, as check_options().
Result<> check_route(const engine::Catalogue& catalogue, const Route& route, const engine::Wish& wish,
                     const json::object& options, std::size_t inputs = 1);

}  // namespace recast::operation
