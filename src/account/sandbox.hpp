#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "schema/field.hpp"

/// The API's test mode: jobs and tasks of their own, and only files that were named before (core.md 11). Pure.
namespace recast::account {

/// A file that a user may bring into the sandbox.
struct SandboxFile {
  std::string md5;   ///< of its content, lower-case hex
  std::string name;  ///< for people; the content alone counts
  Time created{};
};

/// Settings section "sandbox".
struct SandboxSettings {
  std::vector<std::string> whitelist;
  std::int64_t files_per_user = 1000;

  static constexpr auto fields = std::tuple{
      schema::field(&SandboxSettings::whitelist, "whitelist",
                    "MD5 of files that everybody may use in the sandbox, beside those of their own."),
      schema::field(&SandboxSettings::files_per_user, "files_per_user",
                    "Files that one user may whitelist for the sandbox.", {.min = 0, .max = 100'000}),
  };
};

/// The MD5 in lower case; invalid_data on `field` if it is none.
Result<std::string> read_md5(std::string_view text, std::string field);
/// Those of the settings; invalid_data on "sandbox.whitelist".
Result<std::vector<std::string>> whitelist_of(const SandboxSettings& settings);

}  // namespace recast::account
