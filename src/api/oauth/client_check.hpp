#pragma once

#include <map>
#include <string>

#include "api/context.hpp"
#include "api/oauth/error.hpp"
#include "api/oauth/form.hpp"
#include "base/guarded.hpp"
#include "store/grants.hpp"

namespace recast::api {

/// Counts failures by name, a minute each. In memory: a restart forgets them. Safe from many threads.
class Failures {
 public:
  Failures(const Clock& clock, int most) : clock_(clock), most_(most) {}
  bool too_many(const std::string& name) const;
  void count(const std::string& name);

 private:
  struct Entry {
    Time since{};
    int count = 0;
  };
  const Clock& clock_;
  const int most_;
  Guarded<std::map<std::string, Entry>> entries_;
};

/// Which client a request at the token, revocation or introspection endpoint comes from: by its secret in an
/// Authorization header of scheme Basic or in the body (RFC 6749 2.3.1), or a public one by its name alone. The same
/// error for an unknown client as for a wrong secret. Who sends too many wrong ones has to wait; that is counted by
/// client and address, so that nobody can lock a client out.
OauthResult<account::OauthClient> check_client(Call& call, const OauthForm& form, Failures& failures);

}  // namespace recast::api
