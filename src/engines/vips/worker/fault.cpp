#include "engines/vips/worker/fault.hpp"

#include "base/text.hpp"

namespace recast::engines::vips {

std::string describe(const ::vips::VError& error, std::string_view what) {
  constexpr std::size_t kLongest = 160;
  std::string text(what);
  const std::string_view words(error.what());
  const auto line = trim(words.substr(0, words.find('\n')));
  if (!line.empty() && is_valid_utf8(line)) text += ": " + std::string(line.substr(0, kLongest));
  text += '.';
  return text;
}

ErrorCode code_of(const ::vips::VError& error, ErrorCode otherwise) {
  return std::string_view(error.what()).find("out of memory") != std::string_view::npos ? ErrorCode::memory_limit
                                                                                        : otherwise;
}

}  // namespace recast::engines::vips
