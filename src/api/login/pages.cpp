#include "api/login/pages.hpp"

#include <fmt/format.h>

#include "account/signing.hpp"
#include "api/login/form.hpp"
#include "api/login/session.hpp"
#include "api/page.hpp"
#include "base/random.hpp"

namespace recast::api {

namespace {

constexpr std::string_view kFormCookie = "recast_form";
constexpr std::size_t kTokenLength = 43;
constexpr long kFormLife = 24L * 3600;  // seconds

std::string field_of(std::string_view token) { return account::signature_of(token, "form"); }

/// What is wrong with a field: an attribute of its element, and the words behind it. Both empty if nothing is.
struct Problem {
  std::string attributes;
  std::string words;
};
Problem problem_of(std::string_view name, const FieldErrors& errors) {
  const auto found = errors.find(std::string(name));
  if (found == errors.end()) return {};
  return {fmt::format(R"( aria-invalid="true" aria-describedby="{}-error")", name),
          fmt::format("<br><strong id=\"{}-error\">{}</strong>", name, escape_html(found->second))};
}

}  // namespace

FieldErrors errors_of(const Error& error) { return {{error.field, error.message}}; }

std::string input(const Input& input, const FieldErrors& errors) {
  const auto problem = problem_of(input.name, errors);
  return fmt::format(
      "<p><label for=\"{0}\">{1}</label><br><input id=\"{0}\" name=\"{0}\" type=\"{2}\" autocomplete=\"{3}\" "
      "value=\"{4}\"{5}{6}>{7}</p>\n",
      input.name, escape_html(input.label), input.type, input.autocomplete, escape_html(input.value),
      input.required ? " required" : "", problem.attributes, problem.words);
}

std::string select(const Selection& selection, const FieldErrors& errors) {
  std::string list;
  for (const auto& [value, text] : selection.list) {
    list += fmt::format("<option value=\"{}\"{}>{}</option>\n", escape_html(value),
                        value == selection.value ? " selected" : "", escape_html(text));
  }
  const auto problem = problem_of(selection.name, errors);
  return fmt::format("<p><label for=\"{0}\">{1}</label><br><select id=\"{0}\" name=\"{0}\"{2}>\n{3}</select>{4}</p>\n",
                     selection.name, escape_html(selection.label), problem.attributes, list, problem.words);
}

std::string check_box(std::string_view name, std::string_view label, bool checked) {
  return fmt::format(
      "<p><input id=\"{0}\" name=\"{0}\" type=\"checkbox\" value=\"on\"{2}> <label for=\"{0}\">{1}</label></p>\n", name,
      escape_html(label), checked ? " checked" : "");
}

std::string button(std::string_view text) {
  return fmt::format("<p><button type=\"submit\">{}</button></p>\n", escape_html(text));
}

std::string hidden(std::string_view name, std::string_view value) {
  return fmt::format(R"(<input type="hidden" name="{}" value="{}">)", name, escape_html(value));
}

std::string paragraph(std::string_view text) { return fmt::format("<p>{}</p>\n", escape_html(text)); }

std::string link(std::string_view href, std::string_view text) {
  return fmt::format("<a href=\"{}\">{}</a>", escape_html(href), escape_html(text));
}

std::string form(std::string_view action, std::string_view csrf, std::string_view inside, const FieldErrors& errors) {
  const auto whole = errors.find("");
  const auto problem = whole == errors.end()
                           ? std::string()
                           : fmt::format("<p role=\"alert\"><strong>{}</strong></p>\n", escape_html(whole->second));
  return fmt::format("{}<form method=\"post\" action=\"{}\">{}\n{}</form>\n", problem, escape_html(action),
                     csrf_field(csrf), inside);
}

http::Response form_page(std::string_view title, std::string_view body, const FieldErrors& errors) {
  return page(errors.empty() ? 200 : 422, title, body);
}

http::Response wait_page(std::chrono::seconds wait) {
  auto response = page(429, "Please wait",
                       paragraph(fmt::format("There were too many attempts. Try again in {} seconds.", wait.count())));
  response.headers.set("Retry-After", std::to_string(wait.count()));
  return response;
}

http::Response go_to(std::string_view path) {
  auto response = http::Response::redirect(303, std::string(path));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Routes::Function for_people(Routes::Function function) {
  return [function = std::move(function)](Call& call) -> Result<http::Response> {
    auto response = function(call);
    if (response || !wants_page(call.request)) return response;
    return error_page_or_body(response.error(), true);
  };
}

FormToken::FormToken(const Call& call) : call_(call) {
  auto known = cookie(call.request, kFormCookie);
  is_new_ = !known;
  token_ = known ? *std::move(known) : call.context.services.random.token(kTokenLength);
  field_ = field_of(token_);
}

void FormToken::keep(http::Response& response) const {
  if (is_new_) set_cookie(response, call_.request, kFormCookie, token_, kFormLife);
}

Result<> FormToken::check(const Call& call, std::string_view field) {
  RECAST_CHECK(check_origin(call));
  const auto token = cookie(call.request, kFormCookie);
  if (token && account::same_signature(field, field_of(*token))) return {};
  return fail(ErrorCode::forbidden,
              "The form does not belong to this browser. Load the page again; it needs a cookie.");
}

}  // namespace recast::api
