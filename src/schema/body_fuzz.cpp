#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schema/body.hpp"

/// What was accepted must survive being written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = recast::schema::parse_body({reinterpret_cast<const char*>(data), size});
  if (!body) {
    if (body.error().message.empty()) std::abort();
    return 0;
  }
  const auto text = boost::json::serialize(*body);
  const auto again = recast::schema::parse_body(text);
  if (!again || boost::json::serialize(*again) != text) std::abort();
  return 0;
}
