#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/proxy.hpp"
#include "net/url.hpp"

// What a browser in a jail may say to the proxy. Whatever passes goes to a web address, with one request in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = recast::net::read_proxy_request({reinterpret_cast<const char*>(data), size});
  if (!request) return 0;
  if (request->tunnel && !request->head.empty()) std::abort();
  if (!request->url.starts_with("http://") && !request->url.starts_with("https://")) std::abort();
  if (!request->tunnel) {
    if (!request->head.ends_with("\r\n\r\n") || request->head.find("\r\n\r\n") + 4 != request->head.size())
      std::abort();
    if (!recast::net::Url::parse(request->url)) std::abort();
  }
  return 0;
}
