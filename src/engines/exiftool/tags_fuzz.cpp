#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "engines/exiftool/tags.hpp"

namespace {
void require(bool condition) {
  if (!condition) std::abort();
}
}  // namespace

// The first line is a tag, the rest a value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(text.find('\n'), text.size());
  const auto tag = text.substr(0, end);
  const auto line = recast::engines::exiftool::assignment(tag, text.substr(std::min(end + 1, text.size())));
  if (!line) {
    require(line.error().field == "metadata");
    return 0;
  }
  require(recast::is_valid_utf8(*line));
  const auto sign = line->find('=');
  const auto name = line->substr(0, sign);
  require(line->front() == '-' && sign != std::string::npos && line->at(1) != '-');
  require(name.contains(':') &&
          name.find_first_not_of("-:_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
              std::string::npos);
  require(line->find_first_of("<>$@") == std::string::npos && name.back() != '-' && name.back() != ':');
  require(std::ranges::none_of(*line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
  const auto last = recast::lower(name.substr(name.rfind(':') + 1));
  for (const auto* const word : {"filename", "directory", "symlink", "hardlink", "geotag", "testname"})
    require(last.substr(0, last.find('-')) != word);
  return 0;
}
