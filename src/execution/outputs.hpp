#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace recast::execution {

namespace fs = std::filesystem;

/// "page-2" before "page-10": runs of digits compare as numbers.
bool natural_less(std::string_view a, std::string_view b);

/// Whether a name fits a pattern with at most one `*`, which stands for any characters.
bool matches(std::string_view pattern, std::string_view name);

/// The files below `folder` that a plan's patterns name ("out/page-*.png", "out/**"), pattern by pattern, each in
/// natural order. Only regular files count: a link or device that an engine left is skipped, since following it would
/// leave the folder. What is found is made read-only and, where the server is root, its own.
Result<std::vector<fs::path>> collect(const fs::path& folder, const std::vector<std::string>& patterns);

/// As root: takes over what a jailed step of another uid left below out/, so that the next step may read it.
Result<> take_over(const fs::path& folder);

}  // namespace recast::execution
