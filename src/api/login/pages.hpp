#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/context.hpp"
#include "base/result.hpp"

/// The parts that the pages for people are made of. All text is escaped here.
namespace recast::api {

/// Which field is wrong, and why: shown beside it. An empty name: the form as a whole.
using FieldErrors = std::map<std::string, std::string>;
FieldErrors errors_of(const Error& error);

struct Input {
  std::string_view name;
  std::string_view label;
  std::string_view type = "text";
  std::string_view autocomplete = "off";  ///< for password managers (HTML 4.10.18.7)
  std::string_view value{};
  bool required = true;
};
std::string input(const Input& input, const FieldErrors& errors = {});
/// One of several: pairs of a value and what people read. `value` is the one that is chosen at first.
struct Selection {
  std::string_view name;
  std::string_view label;
  std::vector<std::pair<std::string, std::string>> list;
  std::string_view value{};
};
std::string select(const Selection& selection, const FieldErrors& errors = {});
/// Sent as "on", or not at all.
std::string check_box(std::string_view name, std::string_view label, bool checked);
std::string button(std::string_view text);
/// A form that is posted; `inside` is HTML, `csrf` the token it carries.
std::string form(std::string_view action, std::string_view csrf, std::string_view inside,
                 const FieldErrors& errors = {});
std::string hidden(std::string_view name, std::string_view value);
std::string paragraph(std::string_view text);
std::string link(std::string_view href, std::string_view text);

/// A page with a form to fill in once more: 422 if there are errors, else 200.
http::Response form_page(std::string_view title, std::string_view body, const FieldErrors& errors);
/// 429 with Retry-After, as a page.
http::Response wait_page(std::chrono::seconds wait);
/// 303 to a path of ours, and nothing kept.
http::Response go_to(std::string_view path);

/// A handler whose errors are pages for people and envelopes for programs.
Routes::Function for_people(Routes::Function function);

/// The token that forms carry before there is a session, against log-ins that another site's page brings about: a
/// cookie and the form's field belong together. The cookie is set on `response` if the browser has none.
class FormToken {
 public:
  explicit FormToken(const Call& call);
  const std::string& field() const { return field_; }
  void keep(http::Response& response) const;
  /// forbidden if the form does not carry it, or comes from another site.
  static Result<> check(const Call& call, std::string_view field);

 private:
  const Call& call_;
  std::string token_;
  std::string field_;
  bool is_new_ = false;
};

}  // namespace recast::api
