#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "storage/http.hpp"
#include "storages/openstack/catalogue.hpp"
#include "storages/openstack/options.hpp"

namespace recast::storages::openstack {

/// What a user may do for some hours.
struct Grant {
  std::string token;
  std::string storage_url;
};

/// Asks Keystone (versions 3 and 2.0) or Swift's own TempAuth for a grant (import-export.md 9.1 to 9.3). Addresses in
/// its answers are the user's as much as its own is, so the outbound policy sees them all.
class Identity {
 public:
  Identity(const Access& access, const Settings& settings, const storage::Connection& connection);
  Result<Grant> grant() const;

 private:
  struct Reply {
    net::Answer answer;
    boost::json::value body;
  };

  Result<Grant> by_v3(const IdentityAddress& address) const;
  Result<Grant> by_v2(const IdentityAddress& address) const;
  Result<Grant> by_v1(const IdentityAddress& address) const;
  /// With or without a catalogue.
  Result<Reply> v3_token(const std::string& base) const;
  Result<Reply> first_project_token(const std::string& base, const Reply& unscoped) const;
  Result<Reply> v2_token(const std::string& base) const;
  Result<net::Answer> ask(const std::string& method, const std::string& url, const std::string& token,
                          const boost::json::value* body) const;
  Result<Reply> ask_json(const std::string& method, const std::string& url, const std::string& token,
                         const boost::json::value* body = nullptr) const;

  const Access& access_;
  const Settings& settings_;
  storage::Http http_;
};

}  // namespace recast::storages::openstack
