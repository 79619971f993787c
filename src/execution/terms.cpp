#include "execution/terms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "format/format.hpp"

namespace recast::execution {

namespace {

Result<> check_format(const operation::File& file, const std::vector<std::string>& formats) {
  const auto named = format::of_file_name(file.name);
  if (std::ranges::find(formats, named) == formats.end()) {
    return fail(ErrorCode::forbidden,
                fmt::format("The quota does not allow files of the format {}.", named.empty() ? "unknown" : named));
  }
  if (format::check(named, format::first_bytes(file.path), file.size) == format::Verdict::contradicts) {
    return fail(ErrorCode::forbidden, fmt::format("The quota does not allow what {} contains.", file.name));
  }
  return {};
}

}  // namespace

Result<> within_terms(std::string_view operation, const job::TaskTerms& terms, const operation::Files& made) {
  const bool is_import = operation.starts_with("import/");
  const bool is_export = operation.starts_with("export/");
  for (const auto& file : made) {
    if (is_import && terms.largest_file && file.size > *terms.largest_file) {
      return fail(ErrorCode::file_too_large,
                  fmt::format("The file exceeds the maximum size of {} bytes", *terms.largest_file));
    }
    if (!is_import && !is_export && terms.formats) RECAST_CHECK(check_format(file, *terms.formats));
  }
  return {};
}

}  // namespace recast::execution
