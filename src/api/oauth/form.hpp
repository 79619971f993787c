#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/oauth/error.hpp"
#include "http/message.hpp"

namespace recast::api {

/// Parameters of a request of OAuth. Those without a value count as absent, and none may be there twice (RFC 6749 3.1,
/// 3.2).
class OauthForm {
 public:
  /// Those of a body, application/x-www-form-urlencoded or JSON. invalid_request for any other.
  static OauthResult<OauthForm> of_body(const http::Request& request);
  /// Those of a query. One that is there twice is named by repeated().
  static OauthForm of_query(const http::Query& query);

  std::optional<std::string> get(std::string_view name) const;
  /// invalid_request if it is absent.
  OauthResult<std::string> need(std::string_view name) const;
  /// The first that came twice; empty if none did.
  const std::string& repeated() const { return repeated_; }

 private:
  void add(std::string name, std::string value);

  std::map<std::string, std::string, std::less<>> values_;
  std::string repeated_;
};

}  // namespace recast::api
