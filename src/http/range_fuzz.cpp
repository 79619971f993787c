#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "http/multipart.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::uint64_t length = 0;
  if (size < sizeof(length)) return 0;
  std::memcpy(&length, data, sizeof(length));
  const std::string_view header(reinterpret_cast<const char*>(data) + sizeof(length), size - sizeof(length));
  recast::http::ByteRange range;
  if (recast::http::parse_range(header, length, range) != recast::http::RangeOutcome::partial) return 0;
  if (range.first > range.last || range.last >= length) std::abort();
  return 0;
}
