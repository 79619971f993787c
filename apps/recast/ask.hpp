#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "client.hpp"
#include "commands.hpp"
#include "target.hpp"

namespace recast::cli {

/// Asks the server, prints the answer as JSON or its `data` by `print`, and turns failures into exit statuses.
template <class Ask, class Print>
int ask_server(const TargetFlags& flags, bool json, Ask&& ask, Print&& print) {
  const auto target = open_server(flags);
  if (!target) return complain(target.error());
  Client client(target->endpoint);
  const auto answer = ask(client);
  if (!answer) return complain(answer.error());
  if (json) {
    print_json(*answer);
  } else {
    print(answer->at("data"));
  }
  return kOk;
}

/// Prints a list with all its pages.
template <class Print>
int list_at_server(const TargetFlags& flags, bool json, const std::string& path, Print&& print) {
  return ask_server(
      flags, json, [&](Client& client) { return client.get_all(path); }, print);
}

/// Prints a page of a log, which may be too long to be shown whole; a list of its own accord is newest first.
template <class Print>
int page_at_server(const TargetFlags& flags, bool json, const std::string& path, std::int64_t page, Print&& print) {
  const auto with_page = fmt::format("{}{}page={}", path, path.contains('?') ? '&' : '?', page);
  bool more = false;
  const int status = ask_server(
      flags, json,
      [&](Client& client) {
        auto answer = client.get(with_page);
        more = answer && !answer->at("links").at("next").is_null();
        return answer;
      },
      print);
  if (more && !json) fmt::print(stderr, "There is more: --page {}\n", page + 1);
  return status;
}

/// DELETE of a path; the exit status.
inline int remove_at_server(const TargetFlags& flags, std::string_view path) {
  const auto target = open_server(flags);
  if (!target) return complain(target.error());
  const auto done = Client(target->endpoint).remove(path);
  return done ? kOk : complain(done.error());
}

}  // namespace recast::cli
