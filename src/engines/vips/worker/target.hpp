#pragma once

#include <string_view>

namespace recast::engines::vips {

/// What a format can hold.
struct Target {
  std::string_view name;
  bool alpha = false;
  bool profile = false;  ///< ICC profiles
  bool cmyk = false;
  bool deep = false;  ///< 16 bits a band
  bool gray = false;  ///< one band alone
  int longest = 0;    ///< side in pixels
};

/// nullptr if it cannot be written.
const Target* find_target(std::string_view name);

}  // namespace recast::engines::vips
