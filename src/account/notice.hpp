#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

/// What the server tells a user about the account, by mail and in the account API. Pure.
namespace recast::account {

enum class NoticeKind { engine_deprecated, webhook_failing, credits_low, new_login };
std::string_view notice_kind_name(NoticeKind kind);  ///< "engine.deprecated", "webhook.failing", …
std::optional<NoticeKind> notice_kind_from(std::string_view name);

struct Notice {
  std::int64_t id = 0;
  NoticeKind kind = NoticeKind::new_login;
  /// What the template's places are filled with: strings and numbers.
  boost::json::object values;
  /// What it is told once for, such as "ghostscript 9.27 2026-11-28": a further notice of the same kind and occasion to
  /// the same user is not made.
  std::string occasion;
  Time created{};
  std::optional<Time> read;
  std::optional<Time> mailed;
};

}  // namespace recast::account
