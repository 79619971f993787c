#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

/// What the server tells a user about the account, by mail and in the account API. Pure.
namespace recast::account {

enum class NoticeKind { engine_deprecated, webhook_failing, credits_low, new_login };
std::string_view notice_kind_name(NoticeKind kind);  ///< "engine.deprecated", "webhook.failing", …
std::optional<NoticeKind> notice_kind_from(std::string_view name);
std::span<const NoticeKind> notice_kinds();  ///< all there are
/// The kind that a choice names; invalid_data on "mail", with those there are, for any other word.
Result<NoticeKind> read_chosen_kind(std::string_view name);

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

/// How a user wants to be told. Whatever is chosen, a notice stands in the account.
struct NoticeChoice {
  std::string language;                  ///< of mails, one of NoticeTexts::languages(); empty: the server's
  std::vector<NoticeKind> without_mail;  ///< in the order of notice_kinds()

  bool mails(NoticeKind kind) const;
};

/// What is to change of that; what is absent stays.
struct NoticeChoiceChange {
  std::optional<std::string> language;
  std::vector<std::pair<NoticeKind, bool>> mail;  ///< whether that kind comes by mail

  void apply_to(NoticeChoice& choice) const;
};

}  // namespace recast::account
