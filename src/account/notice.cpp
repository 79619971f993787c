#include "account/notice.hpp"

#include <fmt/format.h>

#include <algorithm>
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

std::span<const NoticeKind> notice_kinds() { return kKinds; }

Result<NoticeKind> read_chosen_kind(std::string_view name) {
  if (const auto kind = notice_kind_from(name)) return *kind;
  std::vector<std::string_view> names;
  for (const auto kind : kKinds) names.push_back(notice_kind_name(kind));
  return fail(ErrorCode::invalid_data,
              fmt::format("There is no notice \"{}\"; these are: {}.", name, fmt::join(names, ", ")), "mail");
}

bool NoticeChoice::mails(NoticeKind kind) const { return std::ranges::find(without_mail, kind) == without_mail.end(); }

void NoticeChoiceChange::apply_to(NoticeChoice& choice) const {
  if (language) choice.language = *language;
  for (const auto& [kind, wanted] : mail) {
    std::erase(choice.without_mail, kind);
    if (!wanted) choice.without_mail.push_back(kind);
  }
  std::ranges::sort(choice.without_mail);
}

}  // namespace recast::account
