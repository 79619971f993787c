#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "format/format.hpp"

namespace {
void require(bool condition) {
  if (!condition) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto path = recast::format::clean_path(text);
  require(!path.empty() && path.size() <= 1024 && recast::is_valid_utf8(path));
  require(path.find_first_of(std::string_view("\\\0", 2)) == std::string::npos);
  for (const auto part : recast::split(path, '/')) {
    require(!part.empty() && part.size() <= 255 && part != "." && part != "..");
    require(recast::format::clean_file_name(part) == part);
  }
  require(recast::format::clean_path(path) == path);
  return 0;
}
