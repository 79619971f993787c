#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "account/oauth.hpp"
#include "account/redirect_uri.hpp"

namespace account = recast::account;

namespace {

void promise(bool kept) {
  if (!kept) std::abort();
}

void try_redirect(std::string_view registered, std::string_view asked) {
  promise(account::is_same_redirect(registered, registered) == account::check_redirect_uri(registered).has_value());
  if (!account::is_same_redirect(registered, asked)) return;
  promise(account::check_redirect_uri(asked).has_value());
  const auto sent = account::with_parameters(asked, account::Place::query, {{"code", "a b\r\n"}, {"state", "#&"}});
  promise(sent.starts_with(asked));
  promise(std::ranges::all_of(sent, [](char c) { return c > ' ' && c < 0x7f; }));
  promise(!sent.contains('#'));
  promise(account::form_action_of(asked).find_first_of(";,'\"\r\n") == std::string::npos);
  const auto scheme = asked.substr(0, asked.find(':'));
  promise(scheme == "https" || scheme == "http" || scheme.contains('.'));
}

}  // namespace

/// Parameters as anybody may send them: two texts, separated by a line end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\n');
  const auto first = text.substr(0, end);
  const auto second = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  try_redirect(first, second);
  if (const auto scopes = account::read_oauth_scopes(first)) promise(account::covers(account::all_scopes(), *scopes));
  if (const auto challenge = account::read_challenge(std::string(first), std::string(second))) {
    promise(!challenge->is_met_by(""));
    if (challenge->method == account::Challenge::Method::plain) promise(challenge->is_met_by(first));
  }
  if (const auto token = account::read_refresh_token(first)) promise(token->text() == first);
  (void)account::read_basic_credentials(first);
  return 0;
}
