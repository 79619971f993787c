#include "account/notice.hpp"

#include <array>

namespace recast::account {

namespace {
constexpr std::array kKinds{NoticeKind::engine_deprecated, NoticeKind::webhook_failing, NoticeKind::credits_low,
                            NoticeKind::new_login};
}  // namespace

std::string_view notice_kind_name(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::engine_deprecated:
      return "engine.deprecated";
    case NoticeKind::webhook_failing:
      return "webhook.failing";
    case NoticeKind::credits_low:
      return "credits.low";
    case NoticeKind::new_login:
      return "login.new";
  }
  return "";
}

std::optional<NoticeKind> notice_kind_from(std::string_view name) {
  for (const auto kind : kKinds) {
    if (notice_kind_name(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace recast::account
