#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schema/body.hpp"

namespace {

namespace json = boost::json;

/// Boost.JSON reads numbers with an error of a unit in the last place, so they need not come back the same.
bool has_fraction(const json::value& value) {
  if (value.is_double()) return true;
  if (value.is_array()) return std::ranges::any_of(value.get_array(), has_fraction);
  return value.is_object() &&
         std::ranges::any_of(value.get_object(), [](const auto& member) { return has_fraction(member.value()); });
}

}  // namespace

/// What was accepted must survive being written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = recast::schema::parse_body({reinterpret_cast<const char*>(data), size});
  if (!body) {
    if (body.error().message.empty()) std::abort();
    return 0;
  }
  const auto text = boost::json::serialize(*body);
  const auto again = recast::schema::parse_body(text);
  if (!again || (boost::json::serialize(*again) != text && !has_fraction(*body))) std::abort();
  return 0;
}
