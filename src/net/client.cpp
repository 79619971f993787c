#include "net/client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/log.hpp"
#include "base/text.hpp"
#include "net/download.hpp"
#include "net/fields.hpp"
#include "net/overrides.hpp"
#include "net/policy.hpp"
#include "net/proxy.hpp"
#include "net/sessions.hpp"
#include "net/transfer.hpp"

namespace recast::net {

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string read_all(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The system's authorities and the operator's in one text; libcurl takes one or the other.
std::shared_ptr<const std::string> authorities(const Settings& settings) {
  if (settings.ca_bundle.empty()) return nullptr;
  const auto own = read_all(settings.ca_bundle.c_str());
  if (own.empty()) log::warning("the bundle of certificate authorities is empty", {{"file", settings.ca_bundle}});
  const auto* const info = curl_version_info(CURLVERSION_NOW);
  return std::make_shared<const std::string>((info->cainfo == nullptr ? std::string() : read_all(info->cainfo)) + "\n" +
                                             own);
}

class CurlClient final : public Client {
 public:
  using Overrides = std::shared_ptr<const std::map<std::string, Policy, std::less<>>>;
  CurlClient(Environment environment, Overrides overrides)
      : environment_(std::move(environment)), overrides_(std::move(overrides)) {}

  std::unique_ptr<Client> on_behalf_of(const Purpose& purpose) override {
    auto environment = environment_;
    environment.task = purpose.task;
    if (const auto found = overrides_->find(purpose.operation); found != overrides_->end())
      environment.policy = found->second;
    return std::make_unique<CurlClient>(std::move(environment), overrides_);
  }

  Result<Downloaded> download(const Download& request, Deadline deadline, std::stop_token stop) override {
    RECAST_CHECK(check_fields(request.headers));
    return run_download(environment_, request, deadline, stop);
  }

  Result<Answer> exchange(const Exchange& request, Deadline deadline, std::stop_token stop) override {
    RECAST_CHECK(check_fields(request.headers));
    if (!is_token(request.method)) return fail(ErrorCode::invalid_data, "The method format is invalid.", "method");
    RECAST_TRY(auto url, Url::parse(request.url));
    Transfer transfer(environment_, deadline, std::move(stop));
    Step step{.method = request.method, .fields = request.headers, .user = url.user(), .password = url.password()};
    if (!request.body.empty() || (step.method != "GET" && step.method != "HEAD" && step.method != "DELETE")) {
      step.body = request.body;
    }
    for (int redirects = 0;; ++redirects) {
      RECAST_TRY(auto answer, send(transfer, url, step, request));
      if (!request.follow_redirects || !is_redirect(answer.status)) return answer;
      if (redirects >= environment_.settings.max_redirects) {
        return fail(ErrorCode::download_failed, "Request failed: too many redirects");
      }
      auto next = url.resolve(location(answer));
      if (!next)
        return fail(ErrorCode::download_failed,
                    "Request failed: the server redirects to an address that is not a web address");
      step.redirect(answer.status, url.same_origin(*next));
      url = std::move(*next);
    }
  }

  std::unique_ptr<Proxy> proxy(UniqueFd listener, Deadline deadline, std::stop_token stop) override {
    return make_proxy(environment_, std::move(listener), deadline, std::move(stop));
  }

  std::unique_ptr<Session> session(Deadline deadline, std::stop_token stop) override {
    return make_session(environment_, deadline, std::move(stop));
  }

  Result<UniqueFd> connect(const Place& place, Deadline deadline, std::stop_token stop) override {
    return open_connection(environment_, place, deadline, std::move(stop));
  }

  Patience patience() override {
    const auto& settings = environment_.settings;
    return {.attempts = settings.attempts,
            .first_pause = std::chrono::milliseconds(settings.retry_milliseconds),
            .stall = std::chrono::seconds(settings.stall_seconds),
            .stall_bytes_per_second = settings.stall_bytes_per_second};
  }

 private:
  struct Step {
    std::string method;
    Fields fields;
    std::optional<std::string_view> body;
    std::string user, password;

    void redirect(unsigned status, bool same_origin) {
      if (!same_origin) {
        fields.clear();
        user.clear();
        password.clear();
      }
      if (status == 307 || status == 308 || method == "GET" || method == "HEAD") return;
      method = "GET";
      body.reset();
      std::erase_if(fields, [](const auto& field) { return lower(field.first).starts_with("content-"); });
    }
  };

  static std::string location(const Answer& answer) {
    for (const auto& [name, value] : answer.headers) {
      if (name == "location") return value;
    }
    return {};
  }

  Result<Answer> send(Transfer& transfer, const Url& url, const Step& step, const Exchange& request) const {
    const Hop hop{.url = &url,
                  .method = step.method,
                  .fields = step.fields,
                  .body = step.body,
                  .user = step.user,
                  .password = step.password,
                  .decode = true};
    Answer answer;
    const auto take = [&](const Head&, std::string_view bytes) {
      if (!request.body_wanted) return Appetite::enough;
      if (answer.body.size() + bytes.size() > request.max_bytes) return Appetite::too_much;
      answer.body += bytes;
      return Appetite::more;
    };
    auto end = transfer.run(hop, take, request.max_bytes);
    const bool answered = !request.body_wanted && end.head.status >= 200;  // whatever became of its body
    if (end.failure == Failure::too_large && !answered)
      return fail(ErrorCode::download_failed, "Request failed: the answer is too large");
    if (end.failure != Failure::none && !answered)
      return std::unexpected(error_of(end.failure, "Request failed", request.max_bytes));
    answer.status = end.head.status;
    answer.headers = std::move(end.head.fields);
    return answer;
  }

  Environment environment_;
  Overrides overrides_;
};

}  // namespace

std::unique_ptr<Client> make_client(const Settings& settings, Policy policy, std::vector<std::string> resolve) {
  return make_client(settings, Policies{std::move(policy), {}}, std::move(resolve));
}

std::unique_ptr<Client> make_client(const Settings& settings, Policies policies, std::vector<std::string> resolve) {
  static const auto initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialised != CURLE_OK) log::error("libcurl cannot be initialised", {{"cause", static_cast<int>(initialised)}});
  auto overrides = std::make_shared<const std::map<std::string, Policy, std::less<>>>(std::move(policies.overrides));
  return std::make_unique<CurlClient>(
      Environment{settings, std::move(policies.general), std::move(resolve), authorities(settings)},
      std::move(overrides));
}

}  // namespace recast::net
