#include <cstddef>
#include <cstdint>
#include <string_view>

#include "account/signed_url.hpp"

/// A query string as anybody may send it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto query = recast::account::split_signed_query(text)) {
    recast::account::is_signed("secret", {"https://example.org/s/1"}, *query);
    (void)recast::account::read_signed_query(query->signed_text);
  }
  return 0;
}
