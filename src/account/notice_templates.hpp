#pragma once

#include <string_view>
#include <vector>

namespace recast::account {

/// A file of notices/LANGUAGE/KIND.txt, which the build puts into the program.
struct BuiltInTemplate {
  std::string_view language;
  std::string_view kind;
  std::string_view file;
};
const std::vector<BuiltInTemplate>& built_in_templates();

}  // namespace recast::account
