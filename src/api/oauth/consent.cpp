#include "api/oauth/consent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/page.hpp"

namespace recast::api {

namespace {

constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    {account::scope::user_read, "See your account: name, mail address, credits"},
    {account::scope::user_write, "Change your account"},
    {account::scope::task_read, "See your jobs and tasks, and download their files"},
    {account::scope::task_write, "Start jobs and tasks for you, change and delete them"},
    {account::scope::webhook_read, "See your webhooks"},
    {account::scope::webhook_write, "Make, change and delete your webhooks"},
    {account::scope::preset_read, "See your presets"},
    {account::scope::preset_write, "Make, change and delete your presets"},
};

std::string list_of(const std::vector<std::string>& scopes, bool sandbox) {
  if (scopes.empty()) return "<p>It asks for no access to your data.</p>\n";
  std::string items;
  for (const auto& scope : scopes)
    items += fmt::format("<li>{} <code>{}</code></li>\n", words_of_scope(scope), escape_html(scope));
  return fmt::format("<p>It asks to be allowed{} to:</p>\n<ul>\n", sandbox ? ", in the sandbox only," : "") + items +
         "</ul>\n";
}

/// What a person can judge an address by: the host; the scheme of an application.
std::string destination_of(std::string_view uri) {
  const auto scheme = uri.substr(0, uri.find(':'));
  if (scheme == "http") return "a program on this computer";
  if (scheme != "https") return fmt::format("the application <code>{}</code>", escape_html(scheme));
  const auto rest = uri.substr(std::string_view("https://").size());
  return fmt::format("<strong>{}</strong>", escape_html(rest.substr(0, rest.find_first_of("/?"))));
}

constexpr std::string_view kForm =
    "<p>You are logged in as <strong>{user}</strong>. <strong>{client}</strong> was registered by the user "
    "<strong>{owner}</strong> of this server; whatever you decide, you will be sent to {destination}.</p>\n"
    "{scopes}"
    "<p>You can take this back at any time: your account, Applications.</p>\n"
    "<form method=\"post\" action=\"?{query}\">\n{hidden}\n"
    "<p><button type=\"submit\" name=\"decision\" value=\"approve\">Allow</button>\n"
    "<button type=\"submit\" name=\"decision\" value=\"deny\">Do not allow</button></p>\n</form>";

}  // namespace

std::string_view words_of_scope(std::string_view scope) {
  const auto* const found = std::ranges::find(kWords, scope, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kWords) ? std::string_view() : found->second;
}

http::Response consent_page(const AuthorizationRequest& request, const account::User& user, std::string_view raw_query,
                            std::string_view hidden_fields) {
  const auto& client = request.client;
  const auto body = fmt::format(
      kForm, fmt::arg("user", escape_html(user.username)), fmt::arg("client", escape_html(client.client.name)),
      fmt::arg("owner", escape_html(client.owner)), fmt::arg("destination", destination_of(request.back.uri)),
      fmt::arg("scopes", list_of(request.scopes, request.sandbox)), fmt::arg("query", escape_html(raw_query)),
      fmt::arg("hidden", hidden_fields));
  auto response = page(200, fmt::format("Allow {} to use your account?", client.client.name), body);
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; "
                       "form-action 'self' " +
                           account::form_action_of(request.back.uri));
  response.headers.set("X-Frame-Options", "DENY");
  return response;
}

}  // namespace recast::api
