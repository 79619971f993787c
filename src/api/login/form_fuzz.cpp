#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/login/form.hpp"

// What a browser, or anybody else, sends to the log-in pages. The first line is the Cookie header, the second where to
// go afterwards, the rest the form.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recast::api;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = [&text] {
    const auto end = text.find('\n');
    const auto one = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return one;
  };
  const auto cookie = cookie_in(line(), "recast_session");
  if (cookie && cookie->find(';') != std::string::npos) __builtin_trap();
  // Never to another host: what browsers take for one begins with two slashes, of either kind.
  const auto path = own_path(line());
  if (!path.starts_with('/') || path.find_first_of("\\\r\n\t ") != std::string::npos) __builtin_trap();
  if (path.size() > 1 && path[1] == '/') __builtin_trap();
  if (const auto form = Form::parse(text)) (void)form->trimmed("username");
  return 0;
}
