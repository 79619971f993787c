#include "net/url.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
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

/// Why a text is no web address. The field is named by whoever was given it; about what the service itself refuses
/// (import-export.md 2.1) its words say nothing more.
std::unexpected<Error> invalid(std::string_view why = {}) { return fail(ErrorCode::invalid_data, std::string(why)); }

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

constexpr std::string_view kNoHost = "it names no host";
constexpr std::string_view kBadHost = "the host is no name or address";
constexpr std::string_view kBadPort = "the port must be a number from 1 to 65535";
constexpr std::size_t kLongest = 16'000;

/// What stands between "//" and the path. Here readers differ, and versions of libcurl too: WHATWG's take a backslash
/// for a slash and the last @ for the end of the user-info, RFC 3986 knows neither.
Result<> check_authority(std::string_view authority) {
  if (authority.contains('\\')) return invalid("it has a backslash before the path");
  const auto at = authority.find('@');
  if (at != authority.rfind('@')) return invalid("it has more than one @ before the path; write %40 for one of a user");
  const auto place = at == std::string_view::npos ? authority : authority.substr(at + 1);
  const auto bracket = place.starts_with('[') ? place.find(']') : 0;
  if (bracket == std::string_view::npos) return invalid("the bracket of its IPv6 address is not closed");
  const auto host = place.substr(0, place.find(':', bracket));
  if (host.empty()) return invalid(kNoHost);
  if (bracket > 0 && host.contains('%')) return invalid("an IPv6 address may have no zone");
  if (place.size() <= host.size() + 1)
    return {};  // no port, or an empty one, which is the scheme's own (RFC 3986 3.2.3)
  const auto digits = place.substr(host.size() + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) return invalid(kBadPort);
  return {};
}

/// Of a whole address or of one that begins with the host ("//example.org/x"); empty if it names none.
std::string_view authority_of(std::string_view text) {
  const auto slashes = text.find("//");
  if (slashes == std::string_view::npos || (slashes > 0 && text.find_first_of(":/?#") != slashes - 1)) return {};
  const auto rest = text.substr(slashes + 2);
  return rest.substr(0, rest.find_first_of("/?#"));
}

Error about(std::string_view field, Error cause) {
  std::string name(field);
  std::ranges::replace(name, '_', ' ');
  cause.message = fmt::format("The {} format is invalid{}{}.", name, cause.message.empty() ? "" : ": ", cause.message);
  cause.field = field;
  return cause;
}

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
    if (!host || host->empty()) return invalid(kBadHost);
    url.host_ = *host;
    if (!std::ranges::all_of(url.host_, [](char c) { return c > 0x20 && c < 0x7f; })) return invalid(kBadHost);
    if (curl_url_set(handle, CURLUPART_HOST, url.host_.c_str(), 0) != CURLUE_OK) return invalid(kBadHost);
    url.scheme_ = lower(part(handle, CURLUPART_SCHEME).value_or(""));
    if (url.scheme_ != "http" && url.scheme_ != "https") return invalid();
    const auto digits = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT).value_or("");
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port_);
    if (error != std::errc() || end != digits.data() + digits.size() || url.port_ == 0) return invalid(kBadPort);
    url.path_ = part(handle, CURLUPART_PATH).value_or("/");
    url.text_ = part(handle, CURLUPART_URL).value_or("");
    if (url.text_.empty()) return invalid();
    return url;
  }
};

namespace {

Result<Handle> read_whole(std::string_view text) {
  const auto colon = text.find(':');
  if (text.size() > kLongest) return invalid(fmt::format("it is longer than {} bytes", kLongest));
  const auto scheme = lower(text.substr(0, colon));
  if (colon == std::string_view::npos || (scheme != "http" && scheme != "https")) return invalid();
  // libcurl forgives one or three slashes; a client that wrote them meant something else.
  const auto rest = text.substr(colon + 1);
  if (!rest.starts_with("//")) return invalid();
  if (std::ranges::any_of(text, is_control_or_blank)) return invalid();
  RECAST_CHECK(check_authority(authority_of(text)));
  Handle handle(curl_url());
  if (!handle || curl_url_set(handle.get(), CURLUPART_URL, std::string(text).c_str(), kSetFlags) != CURLUE_OK)
    return invalid();
  return handle;
}

Result<Handle> read_relative(const std::string& base, std::string_view location) {
  if (location.empty()) return invalid();
  if (location.size() > kLongest) return invalid(fmt::format("it is longer than {} bytes", kLongest));
  if (std::ranges::any_of(location, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) return invalid();
  if (const auto authority = authority_of(location); !authority.empty()) RECAST_CHECK(check_authority(authority));
  Handle handle(curl_url());
  for (const auto& text : {base, std::string(location)}) {
    if (!handle || curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), kSetFlags) != CURLUE_OK) return invalid();
  }
  return handle;
}

}  // namespace

Result<Url> Url::parse(std::string_view text, std::string_view field) {
  const auto handle = read_whole(text);
  if (!handle) return std::unexpected(about(field, handle.error()));
  auto url = UrlReader::read(handle->get());
  if (!url) return std::unexpected(about(field, std::move(url).error()));
  return url;
}

Result<Url> Url::resolve(std::string_view location) const {
  const auto handle = read_relative(text_, location);
  if (!handle) return std::unexpected(about("url", handle.error()));
  auto url = UrlReader::read(handle->get());
  if (!url) return std::unexpected(about("url", std::move(url).error()));
  url->user_.clear();
  url->password_.clear();
  return url;
}

}  // namespace recast::net
