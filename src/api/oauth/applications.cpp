// /account/applications: the page on which people see which programs act for them, and stop them.
#include <fmt/format.h>

#include "api/account_views.hpp"
#include "api/login/form.hpp"
#include "api/login/pages.hpp"
#include "api/login/session.hpp"
#include "api/oauth/consent.hpp"
#include "api/oauth/routes.hpp"
#include "api/page.hpp"
#include "store/grants.hpp"

namespace recast::api {

namespace {

store::Grants& grants_of(Call& call) { return call.context.services.store.grants(); }

std::string section_of(const Call& call, const account::Grant& grant) {
  std::string scopes;
  for (const auto& scope : grant.scopes) scopes += fmt::format("<li>{}</li>\n", escape_html(words_of_scope(scope)));
  const auto used = grant.last_used ? "last used " + format_time(*grant.last_used) : "not used now";
  return fmt::format("<section>\n<h2>{}</h2>\n{}<ul>\n{}</ul>\n{}</section>\n", escape_html(grant.client_name),
                     paragraph(fmt::format("Allowed {}, connected {} times, {}.", format_time(grant.created),
                                           grant.authorizations, used)),
                     scopes,
                     form("/account/applications/stop", call.session->csrf,
                          hidden("id", std::to_string(static_cast<std::int64_t>(grant.id))) +
                              button("Take back from " + grant.client_name)));
}

Result<http::Response> show(Call& call) {
  RECAST_TRY(const auto list, grants_of(call).list(call.principal.user.id));
  std::string body = paragraph(list.empty() ? "No program acts for you." : "These programs may act for you:");
  for (const auto& grant : list) body += section_of(call, grant);
  return form_page("Applications", body + fmt::format("<p>{}</p>\n", link("/account", "Your account")), {});
}

Result<http::Response> stop(Call& call) {
  RECAST_TRY(const auto form, Form::of(call.request));
  RECAST_TRY(const auto id, number_of(form.get("id")));
  RECAST_CHECK(grants_of(call).remove(call.principal.user.id, GrantId(id)));
  return go_to("/account/applications");
}

}  // namespace

void add_application_routes(Routes& routes) {
  routes.get("/account/applications", Routes::kSession, for_people(&show));
  routes.post("/account/applications/stop", Routes::kSession, for_people(&stop));
}

}  // namespace recast::api
