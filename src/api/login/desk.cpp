#include "api/login/desk.hpp"

#include <algorithm>
#include <array>

#include "account/totp.hpp"
#include "api/context.hpp"
#include "api/login/form.hpp"
#include "api/login/session.hpp"
#include "api/login/settings.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace recast::api {

namespace {

constexpr std::size_t kTokenLength = 43;  // of 62 characters: 256 bits
constexpr std::chrono::minutes kPendingLife{10};
constexpr std::size_t kLongestAgent = 200;

/// Hashed, since people type their password where the name belongs, and so that a name has one length.
std::string account_name(std::string_view kind, std::string_view name) {
  return account::token_hash(std::string(kind) + ":" + std::string(name));
}
std::string address_name(const Call& call) {
  return account_name("address", account::throttled_address(call.request.remote_address));
}

/// What a browser calls itself, as it may be shown anywhere.
std::string agent_of(const Call& call) {
  std::string agent(call.request.headers.get("User-Agent").substr(0, kLongestAgent));
  std::erase_if(agent, [](char c) { return c < ' ' || c > '~'; });
  return agent;
}

}  // namespace

LoginDesk::LoginDesk(Services& services)
    : services_(services),
      settings_(services.login),
      hasher_({.memory_mib = settings_.password_memory_mib, .passes = settings_.password_passes},
              settings_.password_parallel),
      provider_(settings_, services.login_net != nullptr ? *services.login_net : services.net, services.clock) {}

/// What an attempt is counted under.
struct LoginDesk::Names {
  Names(const Call& call, std::string_view kind, std::string_view name, const LoginSettings& settings)
      : list{std::pair(account_name(kind, name), throttle(settings, settings.free_attempts)),
             std::pair(address_name(call), throttle(settings, settings.free_attempts_per_address))} {}
  static account::Throttle throttle(const LoginSettings& settings, std::int64_t free) {
    return {.free = free,
            .first = std::chrono::seconds(settings.first_pause_seconds),
            .longest = std::chrono::seconds(settings.longest_pause_seconds)};
  }
  /// It was no failure after all.
  Result<> take_back(store::Logins& logins, bool forget) const {
    RECAST_CHECK(forget ? logins.forget_failures(list[0].first) : logins.forgive_failure(list[0].first));
    return logins.forgive_failure(list[1].first);
  }
  std::array<std::pair<std::string, account::Throttle>, 2> list;
};

Result<std::chrono::seconds> LoginDesk::wait_for(store::Logins::Attempts names) {
  RECAST_TRY(const auto until, services_.store.logins().begin_attempt(names));
  if (!until) return std::chrono::seconds(0);
  return std::max(std::chrono::ceil<std::chrono::seconds>(*until - services_.clock.now()), std::chrono::seconds(1));
}

Result<LoginDesk::Verdict> LoginDesk::check_password(const Call& call, const std::string& username,
                                                     std::string_view password) {
  auto& logins = services_.store.logins();
  const Names names(call, "account", username, settings_);
  // Counted as failed before it is looked at, so that guesses sent all at once count one by one.
  RECAST_TRY(const auto wait, wait_for(names.list));
  if (wait.count() > 0) return Verdict{.outcome = Verdict::Outcome::wait, .user = {}, .wait = wait};
  RECAST_TRY(auto found, logins.find(username));
  const bool may_try = found && found->user.enabled && password.size() <= account::kLongestPassword;
  const auto fits = hasher_.fits(password, may_try ? found->password : std::string());
  if (!fits) {
    RECAST_CHECK(names.take_back(logins, false));
    return std::unexpected(fits.error());
  }
  if (!*fits) {
    log::info("a log-in failed", {{"address", call.request.remote_address}});
    return Verdict{};
  }
  RECAST_CHECK(names.take_back(logins, true));
  if (hasher_.is_outdated(found->password)) {
    if (const auto anew = hasher_.hash(password)) {
      RECAST_CHECK(logins.replace_hash(found->user.id, found->password, *anew));
      found->password = *anew;
    }
  }
  return Verdict{.outcome = Verdict::Outcome::right, .user = *std::move(found), .wait = {}};
}

Result<LoginDesk::Verdict> LoginDesk::check_code(const Call& call, const store::LoginUser& user,
                                                 std::string_view code) {
  auto& logins = services_.store.logins();
  const Names names(call, "code", std::to_string(static_cast<std::int64_t>(user.user.id)), settings_);
  RECAST_TRY(const auto wait, wait_for(names.list));
  if (wait.count() > 0) return Verdict{.outcome = Verdict::Outcome::wait, .user = {}, .wait = wait};
  RECAST_TRY(const auto factor, logins.factor(user.user.id));
  if (!factor) return Verdict{};
  bool right = false;
  if (const auto step = account::totp_match(factor->secret, code, services_.clock.now(), factor->last_step)) {
    RECAST_TRY(right, logins.use_step(user.user.id, *step));
  } else {
    RECAST_TRY(right, logins.use_recovery_code(user.user.id, account::recovery_code_hash(code)));
  }
  if (!right) return Verdict{};
  RECAST_CHECK(names.take_back(logins, true));
  return Verdict{.outcome = Verdict::Outcome::right, .user = user, .wait = {}};
}

Result<std::chrono::seconds> LoginDesk::slow_down(const Call& call) {
  const std::array names{
      std::pair(address_name(call), Names::throttle(settings_, settings_.free_attempts_per_address))};
  return wait_for(names);
}

Result<> LoginDesk::was_no_failure(const Call& call) {
  return services_.store.logins().forgive_failure(address_name(call));
}

Result<std::string> LoginDesk::hash_new_password(std::string_view password, std::string_view username,
                                                 std::string_view field) {
  RECAST_CHECK(account::check_password(password, username, static_cast<std::size_t>(settings_.password_length), field));
  return hasher_.hash(password);
}

Result<http::Response> LoginDesk::begin(const Call& call, store::NewSession session, UserId user,
                                        std::string_view next) {
  const auto token = services_.random.token(kTokenLength);
  session.hash = account::token_hash(token);
  session.address = call.request.remote_address;
  session.user_agent = agent_of(call);
  session.most = settings_.sessions_per_user;
  // One browser has one session: what it had before ends, so that nobody can have planted it.
  if (const auto before = cookie(call.request, kSessionCookie); before && session.replaces.empty())
    session.replaces = account::token_hash(*before);
  RECAST_CHECK(services_.store.logins().begin_session(user, session));
  auto target = own_path(next);
  if (session.pending) target = "/login/code?next=" + percent_encode(target);
  auto response = http::Response::redirect(303, std::move(target));
  set_cookie(response, call.request, kSessionCookie, token, static_cast<long>(session.life.count()));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Result<http::Response> LoginDesk::let_in(const Call& call, const store::LoginUser& user, std::string_view way,
                                         std::string_view next, std::optional<account::Identity> identity) {
  store::NewSession session{.hash = {}, .life = std::chrono::hours(settings_.session_hours), .way = std::string(way)};
  session.pending = user.has_factor;
  if (session.pending) session.life = kPendingLife;
  session.identity = std::move(identity);
  return begin(call, std::move(session), user.user.id, next);
}

Result<http::Response> LoginDesk::let_in_at_last(const Call& call, const store::LoginUser& user,
                                                 const std::string& pending, std::string_view next) {
  return begin(call,
               {.hash = {},
                .life = std::chrono::hours(settings_.session_hours),
                .way = "second factor",
                .address = {},
                .user_agent = {},
                .replaces = pending,
                .continues = true},
               user.user.id, next);
}

Result<std::optional<store::Logins::Visitor>> pending_session(const Call& call) {
  const auto token = cookie(call.request, kSessionCookie);
  if (!token) return std::nullopt;
  RECAST_TRY(auto visitor, call.context.services.store.logins().session(account::token_hash(*token)));
  if (!visitor || !visitor->session.pending) return std::nullopt;
  return visitor;
}

}  // namespace recast::api
