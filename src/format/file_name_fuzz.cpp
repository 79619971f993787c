#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "format/format.hpp"

namespace {
void require(bool condition) {
  if (!condition) std::abort();
}

void require_safe(const std::string& name) {
  require(!name.empty() && name.size() <= 255 && name != "." && name != "..");
  require(recast::is_valid_utf8(name));
  require(name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace format = recast::format;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto clean = format::clean_file_name(text);
  require_safe(clean);
  require(format::clean_file_name(clean) == clean);
  require(std::string(format::stem(clean)) + std::string(format::extension(clean)) == clean);
  format::of_file_name(text);
  format::from_mime(text);
  for (const std::size_t count : {1U, 3U}) {
    auto names = format::output_names(text, text, "png", count);
    names.insert(names.end(), {clean, clean});
    format::make_unique(names);
    for (const auto& name : names) require_safe(name);
    for (std::size_t i = 1; i < names.size(); ++i) require(names[i] != names[i - 1]);
  }
  return 0;
}
