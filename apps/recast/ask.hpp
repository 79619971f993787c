#pragma once

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

/// DELETE of a path; the exit status.
inline int remove_at_server(const TargetFlags& flags, std::string_view path) {
  const auto target = open_server(flags);
  if (!target) return complain(target.error());
  const auto done = Client(target->endpoint).remove(path);
  return done ? kOk : complain(done.error());
}

}  // namespace recast::cli
