#include <cstddef>
#include <cstdint>
#include <string_view>

#include "account/openid.hpp"

// An ID token as a provider may send it: claims that were not signed are never let through.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recast::account;
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  const json::array keys{
      json::object{{"kty", "EC"},
                   {"crv", "P-256"},
                   {"x", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"},
                   {"y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}}};  // RFC 7517 A.1
  if (check_id_token(token, keys, {"https://id.example.org", "recast", "n", {}})) __builtin_trap();
  return 0;
}
