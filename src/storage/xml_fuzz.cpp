#include <cstddef>
#include <cstdint>

#include "storage/xml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)recast::storage::parse_xml({reinterpret_cast<const char*>(data), size});
  return 0;
}
