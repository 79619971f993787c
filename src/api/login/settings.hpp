#pragma once

#include "schema/field.hpp"

namespace recast::api {

/// Settings section "login": how people come in.
struct LoginSettings {
  int session_hours = 12;

  static constexpr auto fields = std::tuple{
      schema::field(&LoginSettings::session_hours, "session_hours", "How long a log-in lasts.", {.min = 1}),
  };
};

}  // namespace recast::api
