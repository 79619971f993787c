#include <cstddef>
#include <cstdint>

#include "format/format.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace format = recast::format;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  format::sniff(bytes);
  for (const auto& known : format::all()) format::check(known.name, bytes, size);
  return 0;
}
