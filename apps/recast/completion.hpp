#pragma once

#include <CLI/App.hpp>
#include <string>

namespace recast::cli {

/// Prints a shell completion script made from the commands and flags of `app` itself. Returns the exit status.
int print_completion(const CLI::App& app, const std::string& shell);

}  // namespace recast::cli
