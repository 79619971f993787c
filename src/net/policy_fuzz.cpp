#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "net/disposition.hpp"
#include "net/policy.hpp"
#include "net/url.hpp"

/// Lines; the first character says what the rest of the line is: a rule of one of the lists, a URL, a Location that is
/// resolved against the last URL, or a Content-Disposition header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recast;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  net::Settings settings;
  auto base = net::Url::parse("http://example.org/a/b");
  for (const auto line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto rest = line.substr(1);
    switch (line[0]) {
      case 'h':
        settings.allow_hosts = {std::string(rest)};
        break;
      case 'H':
        settings.deny_hosts = {std::string(rest)};
        break;
      case 'c':
        settings.allow_cidrs = {std::string(rest)};
        break;
      case 'C':
        settings.deny_cidrs = {std::string(rest)};
        break;
      case 'p':
        settings.allow_ports = {std::string(rest)};
        break;
      case 'd':
        if (!is_valid_utf8(net::disposition_file_name(rest))) std::abort();
        break;
      case 'l':
        if (const auto next = base->resolve(rest); next && next->scheme() != "http" && next->scheme() != "https")
          std::abort();
        break;
      case 'u':
        if (auto url = net::Url::parse(rest)) {
          // What is sent is the text; it must say the same again.
          const auto again = net::Url::parse(url->str());
          if (!again || !again->same_origin(*url)) std::abort();
          base = std::move(url);
        }
        break;
      default:
        break;
    }
  }
  if (const auto policy = net::Policy::open(settings))
    (void)policy->check_name(base->scheme(), base->host(), base->port());
  return 0;
}
