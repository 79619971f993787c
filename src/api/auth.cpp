#include "api/auth.hpp"

#include "base/text.hpp"

namespace recast::api {

Result<account::Principal> authenticate(std::string_view authorization, store::Store& store) {
  constexpr std::string_view scheme = "Bearer ";
  const auto denied = [] { return fail(ErrorCode::unauthenticated, "Unauthenticated."); };
  authorization = trim(authorization);
  if (authorization.size() <= scheme.size() || !equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) {
    return denied();
  }
  const auto token = trim(authorization.substr(scheme.size()));
  auto principal = store.authenticate(token);
  if (!principal && principal.error().code == ErrorCode::unauthenticated) return denied();
  return principal;
}

}  // namespace recast::api
