#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/guarded.hpp"
#include "base/result.hpp"
#include "net/client.hpp"

namespace recast {
class Clock;
}
namespace recast::api {

struct LoginSettings;

/// The operator's OpenID Connect provider: asks it, and remembers for an hour what it says of itself. Each question
/// waits for its answer for a few seconds on the caller's thread. Errors are unavailable if the provider does not
/// answer as one does, else forbidden. Safe from many threads.
class OpenIdProvider {
 public:
  /// `net` outlives this one.
  OpenIdProvider(const LoginSettings& settings, net::Client& net, const Clock& clock);

  bool is_set() const;
  /// Where a browser is sent to log in.
  struct Begin {
    std::string redirect_uri, state, nonce, verifier;
  };
  Result<std::string> authorization_url(const Begin& begin);
  /// Redeems a code; the claims of the checked ID token, with those of the userinfo endpoint where it says more.
  struct Code {
    std::string code, redirect_uri, nonce, verifier;
  };
  Result<boost::json::object> claims(const Code& code);

 private:
  struct Metadata {
    std::string authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri;
    bool basic = true;  ///< how the token endpoint takes the secret
    boost::json::array keys;
    Steady read{};
    Steady keys_read{};
  };
  Result<std::shared_ptr<const Metadata>> metadata();
  Result<std::shared_ptr<const Metadata>> with_new_keys(const std::shared_ptr<const Metadata>& known);
  Result<Metadata> discover();
  Result<boost::json::array> read_keys(const std::string& url);
  Result<boost::json::object> ask(net::Exchange request, std::string_view what);
  Result<boost::json::object> redeem(const Metadata& metadata, const Code& code);
  Result<boost::json::object> id_claims(const std::string& token, const std::string& nonce);
  Result<> add_userinfo(const Metadata& metadata, const std::string& access_token, boost::json::object& claims);

  const LoginSettings& settings_;
  net::Client& net_;
  const Clock& clock_;
  Guarded<std::shared_ptr<const Metadata>> metadata_;
};

}  // namespace recast::api
