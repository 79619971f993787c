#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace recast::net {

/// An absolute http or https URL as libcurl understands it: the one parser whose result policy, request and redirects
/// use.
class Url {
 public:
  /// invalid_data on `field` for anything that is not one: another scheme, blanks, no host, port 0. "The url format is
  /// invalid.", with the cause where the service's own words (import-export.md 2.1) do not cover it. What readers of
  /// URLs understand differently is refused, too, so that all of them see the host that is connected to: more than one
  /// @ or a backslash before the path, the zone of an IPv6 address. Characters beyond ASCII are accepted; they become
  /// percent-encoded UTF-8, in the host IDNA.
  static Result<Url> parse(std::string_view text, std::string_view field = "url");
  /// Where a Location header leads from here. User-info in it is dropped.
  Result<Url> resolve(std::string_view location) const;

  const std::string& str() const { return text_; }  ///< without user-info and fragment
  const std::string& scheme() const { return scheme_; }
  const std::string& host() const { return host_; }  ///< lower case, IDNA; IPv6 in brackets
  std::uint16_t port() const { return port_; }
  const std::string& path() const { return path_; }  ///< as sent, still percent-encoded
  const std::string& user() const { return user_; }  ///< decoded
  const std::string& password() const { return password_; }
  bool same_origin(const Url& other) const {
    return scheme_ == other.scheme_ && host_ == other.host_ && port_ == other.port_;
  }

 private:
  friend class UrlReader;
  std::string text_, scheme_, host_, path_, user_, password_;
  std::uint16_t port_ = 0;
};

}  // namespace recast::net
