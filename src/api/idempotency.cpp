#include "api/idempotency.hpp"

#include <algorithm>

#include "api/envelope.hpp"
#include "base/log.hpp"
#include "store/idempotency.hpp"

namespace recast::api {

namespace {

constexpr std::string_view kHeader = "Idempotency-Key";
constexpr std::size_t kLongestKey = 255;

/// Keys that are being worked on; this one is until the end of the object.
class Turn {
 public:
  Turn(Guarded<std::set<std::string>>& all, std::string name) : all_(all), name_(std::move(name)) {
    mine_ = all_.with([&](auto& names) { return names.insert(name_).second; });
  }
  ~Turn() {
    if (mine_) all_.with([&](auto& names) { names.erase(name_); });
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool mine() const { return mine_; }

 private:
  Guarded<std::set<std::string>>& all_;
  std::string name_;
  bool mine_ = false;
};

Result<> check(std::string_view key) {
  const bool printable = std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
  if (!key.empty() && key.size() <= kLongestKey && printable) return {};
  return fail(ErrorCode::invalid_data, "The Idempotency-Key must be 1 to 255 printable characters without blanks.",
              "Idempotency-Key");
}

std::string fingerprint_of(const Call& call) {
  const auto& request = call.request;
  std::string text = request.method + "\n" + request.path + "\n" + request.raw_query + "\n";
  text += call.mode.sandbox ? "sandbox\n" : "live\n";
  // What one key was answered may be more than another one is allowed to see.
  text += std::to_string(static_cast<std::int64_t>(call.principal.key)) + "\n";
  return account::token_hash(text + request.body);
}

http::Response stored_answer(const store::Idempotency::Known& known) {
  auto response = http::Response::text(static_cast<unsigned>(known.status), known.answer, "application/json");
  response.headers.set("Cache-Control", "no-cache, private");
  return response;
}

/// Says of an answer that it is not the first to its request; of one that is still waited for, when it comes.
http::Response replayed(http::Response response) {
  if (auto* const deferred = std::get_if<http::Deferred>(&response.body)) {
    deferred->start = [begin = std::move(deferred->start)](std::function<void(http::Response)> done) {
      return begin([done = std::move(done)](http::Response answer) { done(replayed(std::move(answer))); });
    };
    deferred->at_stop = [end = std::move(deferred->at_stop)] { return replayed(end()); };
  } else if (response.status < 400) {
    response.headers.set("Idempotency-Replayed", "true");
  }
  return response;
}

/// How a request that was made before is answered; nullopt if it made nothing, and may be made again.
Result<std::optional<http::Response>> answer_again(Call& call, const store::Idempotency::Known& known,
                                                   const Routes::Again& again) {
  const bool waits = call.mode.blocking && !known.object.empty();
  if (known.status != 0 && !waits) return stored_answer(known);
  if (!known.object.empty()) {
    RECAST_TRY(auto response, again(call, known.object));
    return response;
  }
  if (again) return std::nullopt;
  return fail(ErrorCode::conflict,
              "The server was stopped while it worked on the first request with this Idempotency-Key. Look whether it "
              "was done, and use another key if it was not.");
}

}  // namespace

Result<http::Response> once(Call& call, const Routes::Function& make, const Routes::Again& again) {
  if (!call.request.headers.has(kHeader)) return make(call);
  const std::string key(call.request.headers.get(kHeader));
  RECAST_CHECK(check(key));
  const auto user = call.principal.user.id;
  const Turn turn(call.context.requests, std::to_string(static_cast<std::int64_t>(user)) + " " + key);
  if (!turn.mine()) {
    return fail(ErrorCode::conflict, "The first request with this Idempotency-Key is still being worked on.");
  }
  auto& records = call.context.services.store.idempotency();
  const auto fingerprint = fingerprint_of(call);
  const std::chrono::seconds life = std::chrono::hours(call.context.services.settings.idempotency_hours);
  RECAST_TRY(const auto known, records.begin(user, key, fingerprint, life));
  if (known && known->fingerprint != fingerprint) {
    return fail(ErrorCode::conflict, "This Idempotency-Key was used for another request.");
  }
  if (known) {
    RECAST_TRY(auto answer, answer_again(call, *known, again));
    if (answer) return replayed(*std::move(answer));
  }
  call.idempotency_key = key;
  auto response = make(call);
  const auto* const body = response ? std::get_if<std::string>(&response->body) : nullptr;
  Result<> noted;
  if (!response || response->status >= 400) {
    noted = records.forget(user, key);
  } else if (body != nullptr) {
    noted = records.keep(user, key, static_cast<int>(response->status), *body);
  }
  if (!noted) log::warning("what an Idempotency-Key stands for was not kept", {{"why", noted.error().message}});
  return response;
}

}  // namespace recast::api
