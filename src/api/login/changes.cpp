#include "api/login/changes.hpp"

#include <fmt/format.h>

#include "account/totp.hpp"
#include "api/login/desk.hpp"
#include "api/login/session.hpp"
#include "store/logins.hpp"

namespace recast::api {

namespace {

constexpr std::chrono::minutes kRecent{15};

/// Whoever finds a browser that is logged in shall not take the account over. The hash of the password that was right;
/// empty for a user who has none.
Result<std::string> check_owner(const Call& call, const store::LoginUser& user, std::string_view password,
                                std::string_view field) {
  if (user.password.empty()) {
    if (call.context.services.clock.now() - call.session->since < kRecent) return std::string();
    return fail(ErrorCode::forbidden, "Log in again first: your log-in is older than 15 minutes.");
  }
  RECAST_TRY(auto verdict, call.context.login->check_password(call, user.user.username, password));
  if (verdict.outcome == LoginDesk::Verdict::Outcome::right) return std::move(verdict.user.password);
  if (verdict.outcome == LoginDesk::Verdict::Outcome::wrong)
    return fail(ErrorCode::invalid_data, "The password is wrong.", std::string(field));
  return fail(ErrorCode::too_many_requests,
              fmt::format("There were too many attempts. Try again in {} seconds.", verdict.wait.count()));
}

OfferedFactor shown(const Call& call, std::string_view secret) {
  auto issuer = call.bases.api;
  if (const auto scheme = issuer.find("://"); scheme != std::string::npos) issuer.erase(0, scheme + 3);
  return {account::base32(secret), account::totp_uri(secret, "Recast " + issuer, call.principal.user.username)};
}

}  // namespace

Result<> change_password(const Call& call, std::string_view current, std::string_view fresh) {
  auto& logins = call.context.services.store.logins();
  RECAST_TRY(const auto user, logins.find(call.principal.user.id));
  RECAST_TRY(const auto before, check_owner(call, user, current, "current_password"));
  RECAST_TRY(const auto hash, call.context.login->hash_new_password(fresh, user.user.username));
  return logins.change_password(user.user.id, before, hash, call.session->id_hash);
}

Result<OfferedFactor> offer_factor(const Call& call, std::string_view password) {
  auto& logins = call.context.services.store.logins();
  RECAST_TRY(const auto user, logins.find(call.principal.user.id));
  RECAST_CHECK(check_owner(call, user, password, "password"));
  const auto secret = account::new_factor_secret(call.context.services.random);
  RECAST_CHECK(logins.offer_factor(user.user.id, secret));
  return shown(call, secret);
}

Result<OfferedFactor> offered_factor(const Call& call) {
  RECAST_TRY(const auto factor, call.context.services.store.logins().factor(call.principal.user.id));
  if (!factor || factor->confirmed) return fail(ErrorCode::not_found, "There is no second factor to confirm.");
  return shown(call, factor->secret);
}

Result<std::vector<std::string>> confirm_factor(const Call& call, std::string_view code) {
  auto& services = call.context.services;
  auto& logins = services.store.logins();
  RECAST_TRY(const auto factor, logins.factor(call.principal.user.id));
  if (!factor || factor->confirmed) return fail(ErrorCode::conflict, "There is no second factor to confirm.");
  const auto step = account::totp_match(factor->secret, code, services.clock.now(), factor->last_step);
  if (!step) return fail(ErrorCode::invalid_data, "The code is wrong. Is the clock of the device right?", "code");
  auto codes = account::new_recovery_codes(services.random);
  std::vector<std::string> hashes;
  for (const auto& one : codes) hashes.push_back(account::recovery_code_hash(one));
  RECAST_CHECK(logins.confirm_factor(call.principal.user.id, *step, hashes));
  return codes;
}

Result<> remove_factor(const Call& call, std::string_view password) {
  auto& logins = call.context.services.store.logins();
  RECAST_TRY(const auto user, logins.find(call.principal.user.id));
  RECAST_CHECK(check_owner(call, user, password, "password"));
  return logins.remove_factor(user.user.id);
}

Result<> unlink_identity(const Call& call, std::int64_t id, std::string_view password) {
  auto& logins = call.context.services.store.logins();
  RECAST_TRY(const auto user, logins.find(call.principal.user.id));
  RECAST_CHECK(check_owner(call, user, password, "password"));
  return logins.unlink_own_identity(user.user.id, id, call.session->id_hash);
}

}  // namespace recast::api
