#include "api/oauth/form.hpp"

#include "base/text.hpp"
#include "schema/body.hpp"

namespace recast::api {

namespace {

constexpr std::size_t kLongestBody = 64 << 10;

std::string media_type(const http::Request& request) {
  const auto type = request.headers.get("Content-Type");
  return lower(trim(type.substr(0, type.find(';'))));
}

}  // namespace

void OauthForm::add(std::string name, std::string value) {
  if (value.empty()) return;
  const auto [place, added] = values_.try_emplace(std::move(name), std::move(value));
  if (!added && repeated_.empty()) repeated_ = place->first;
}

OauthForm OauthForm::of_query(const http::Query& query) {
  OauthForm form;
  for (const auto& [name, value] : query.all()) form.add(name, value);
  return form;
}

OauthResult<OauthForm> OauthForm::of_body(const http::Request& request) {
  if (request.body.size() > kLongestBody) return oauth_fail("invalid_request", "The body is longer than 64 KiB.");
  const auto type = media_type(request);
  OauthForm form;
  if (type == "application/json") {
    const auto body = schema::parse_body(request.body);
    if (!body) return oauth_fail("invalid_request", body.error().message);
    for (const auto& [name, value] : *body) {
      if (value.is_null()) continue;
      if (!value.is_string())
        return oauth_fail("invalid_request", "The value of " + std::string(name) + " is no string.");
      form.add(std::string(name), std::string(value.get_string()));
    }
  } else if (type == "application/x-www-form-urlencoded" || type.empty()) {
    form = of_query(http::Query::parse(request.body));
  } else {
    return oauth_fail("invalid_request", "The body must be application/x-www-form-urlencoded or application/json.");
  }
  if (!form.repeated().empty())
    return oauth_fail("invalid_request", "The parameter " + form.repeated() + " is there twice.");
  return form;
}

std::optional<std::string> OauthForm::get(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

OauthResult<std::string> OauthForm::need(std::string_view name) const {
  if (auto value = get(name)) return *std::move(value);
  return oauth_fail("invalid_request", "The parameter " + std::string(name) + " is missing.");
}

}  // namespace recast::api
