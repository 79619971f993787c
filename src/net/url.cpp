#include "net/url.hpp"

#include <curl/curl.h>
#include <idn2.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "base/text.hpp"

namespace recast::net {

namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};
using Handle = std::unique_ptr<CURLU, FreeUrl>;

// Paths stay as they are: signatures of presigned links cover every byte.
constexpr unsigned kSetFlags = CURLU_URLENCODE | CURLU_PATH_AS_IS;

std::optional<std::string> part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* raw = nullptr;
  if (curl_url_get(url, which, &raw, flags) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, FreeText> text(raw);
  return std::string(text.get());
}

std::unexpected<Error> invalid() { return fail(ErrorCode::invalid_data, "The url format is invalid.", "url"); }

/// Host names of other scripts in their ASCII form. libcurl does this by the locale, and leaks on names it cannot
/// convert.
std::optional<std::string> ascii_host(const std::string& host) {
  if (std::ranges::all_of(host, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return lower(host);
  char* raw = nullptr;
  const int flags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL;
  if (idn2_to_ascii_8z(host.c_str(), &raw, flags) != IDN2_OK) return std::nullopt;
  std::string ascii(raw);
  idn2_free(raw);
  return lower(ascii);
}

bool is_control_or_blank(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; }

}  // namespace

class UrlReader {
 public:
  /// Takes user-info and fragment out of the handle and reads the rest.
  static Result<Url> read(CURLU* handle) {
    Url url;
    url.user_ = part(handle, CURLUPART_USER, CURLU_URLDECODE).value_or("");
    url.password_ = part(handle, CURLUPART_PASSWORD, CURLU_URLDECODE).value_or("");
    curl_url_set(handle, CURLUPART_USER, nullptr, 0);
    curl_url_set(handle, CURLUPART_PASSWORD, nullptr, 0);
    curl_url_set(handle, CURLUPART_OPTIONS, nullptr, 0);
    curl_url_set(handle, CURLUPART_FRAGMENT, nullptr, 0);
    const auto given = part(handle, CURLUPART_HOST);
    const auto host = given ? ascii_host(*given) : std::nullopt;
    if (!host || host->empty()) return invalid();
    url.host_ = *host;
    if (!std::ranges::all_of(url.host_, [](char c) { return c > 0x20 && c < 0x7f; })) return invalid();
    if (curl_url_set(handle, CURLUPART_HOST, url.host_.c_str(), 0) != CURLUE_OK) return invalid();
    url.scheme_ = lower(part(handle, CURLUPART_SCHEME).value_or(""));
    if (url.scheme_ != "http" && url.scheme_ != "https") return invalid();
    const auto digits = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT).value_or("");
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port_);
    if (error != std::errc() || end != digits.data() + digits.size()) return invalid();
    url.path_ = part(handle, CURLUPART_PATH).value_or("/");
    url.text_ = part(handle, CURLUPART_URL).value_or("");
    if (url.text_.empty()) return invalid();
    return url;
  }
};

Result<Url> Url::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.size() > 16'000) return invalid();
  const auto scheme = lower(text.substr(0, colon));
  if (scheme != "http" && scheme != "https") return invalid();
  // libcurl forgives one or three slashes; a client that wrote them meant something else.
  const auto rest = text.substr(colon + 1);
  if (!rest.starts_with("//") || rest.size() == 2 || rest[2] == '/') return invalid();
  if (std::ranges::any_of(text, is_control_or_blank)) return invalid();
  const Handle handle(curl_url());
  if (!handle || curl_url_set(handle.get(), CURLUPART_URL, std::string(text).c_str(), kSetFlags) != CURLUE_OK)
    return invalid();
  return UrlReader::read(handle.get());
}

Result<Url> Url::resolve(std::string_view location) const {
  const Handle handle(curl_url());
  if (!handle || location.empty() || location.size() > 16'000) return invalid();
  const bool control = std::ranges::any_of(location, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (control || curl_url_set(handle.get(), CURLUPART_URL, text_.c_str(), kSetFlags) != CURLUE_OK) return invalid();
  if (curl_url_set(handle.get(), CURLUPART_URL, std::string(location).c_str(), kSetFlags) != CURLUE_OK)
    return invalid();
  auto url = UrlReader::read(handle.get());
  if (url) {
    url->user_.clear();
    url->password_.clear();
  }
  return url;
}

}  // namespace recast::net
