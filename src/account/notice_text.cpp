#include "account/notice_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>

#include "account/notice_templates.hpp"
#include "base/text.hpp"

namespace recast::account {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kSubject = "Subject:";

/// Calls `take` with each piece of plain text and each place's name, in order.
void walk(std::string_view text, const std::function<void(std::string_view piece, bool place)>& take) {
  for (;;) {
    const auto open = text.find("{{");
    const auto close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) return take(text, false);
    take(text.substr(0, open), false);
    take(trim(text.substr(open + 2, close - open - 2)), true);
    text.remove_prefix(close + 2);
  }
}

std::string filled(std::string_view text, const std::map<std::string, std::string, std::less<>>& values) {
  std::string out;
  walk(text, [&](std::string_view piece, bool place) {
    if (!place) {
      out += piece;
    } else if (const auto value = values.find(piece); value != values.end()) {
      out += value->second;
    }
  });
  return out;
}

/// What comes from outside stays on its line, and cannot look like further lines of the notice.
std::string in_one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, ' ');
  return text;
}

std::string text_of(const boost::json::value& value) {
  if (const auto* const text = value.if_string()) return in_one_line(std::string(*text));
  if (value.is_int64()) return std::to_string(value.get_int64());
  return {};
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::invalid_data, fmt::format("{} cannot be read", path.string()), "mail.templates");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

std::vector<std::string> places_of(NoticeKind kind) {
  std::vector<std::string> names{"username", "server"};
  const auto add = [&](std::initializer_list<const char*> more) {
    names.insert(names.end(), more.begin(), more.end());
  };
  switch (kind) {
    case NoticeKind::engine_deprecated:
      add({"engine", "version", "task", "job"});
      break;
    case NoticeKind::webhook_failing:
      add({"webhook", "url", "cause"});
      break;
    case NoticeKind::credits_low:
      add({"credits"});
      break;
    case NoticeKind::new_login:
      add({"time", "address", "user_agent"});
      break;
  }
  return names;
}

Result<NoticeTemplate> parse_notice_template(NoticeKind kind, std::string_view file) {
  if (!is_valid_utf8(file)) return fail(ErrorCode::invalid_data, "it is not UTF-8");
  const auto end = file.find('\n');
  const auto first = trim(file.substr(0, end));
  if (end == std::string_view::npos || !first.starts_with(kSubject) || !trim(file.substr(end, 2)).empty()) {
    return fail(ErrorCode::invalid_data, "it does not begin with \"Subject: …\" and an empty line");
  }
  NoticeTemplate out{std::string(trim(first.substr(kSubject.size()))), std::string(trim(file.substr(end))) + "\n"};
  const auto known = places_of(kind);
  std::string unknown;
  walk(file, [&](std::string_view piece, bool place) {
    if (place && std::ranges::find(known, piece) == known.end()) unknown = piece;
  });
  if (unknown.empty()) return out;
  return fail(ErrorCode::invalid_data,
              fmt::format("{{{{{}}}}} is not known here; these are: {}", unknown, fmt::join(known, ", ")));
}

std::vector<std::string> NoticeTexts::languages() {
  std::vector<std::string> list;
  for (const auto& one : built_in_templates()) {
    if (std::ranges::find(list, one.language) == list.end()) list.emplace_back(one.language);
  }
  return list;
}

Result<> check_notice_language(std::string_view language) {
  const auto known = NoticeTexts::languages();
  if (language.empty() || std::ranges::find(known, language) != known.end()) return {};
  return fail(ErrorCode::invalid_data,
              fmt::format("There are no notices in \"{}\", only in {}.", language, fmt::join(known, ", ")), "language");
}

Result<NoticeTexts> NoticeTexts::open(std::string_view language, const fs::path& folder) {
  const auto known = languages();
  if (std::ranges::find(known, language) == known.end()) {
    return fail(ErrorCode::invalid_data,
                fmt::format("there are no notices in \"{}\", only in {}", language, fmt::join(known, ", ")),
                "mail.language");
  }
  if (!folder.empty() && !fs::is_directory(folder))
    return fail(ErrorCode::invalid_data, fmt::format("{} is no folder", folder.string()), "mail.templates");
  NoticeTexts texts;
  for (const auto& one : built_in_templates()) {
    if (one.language != language) continue;
    const auto kind = notice_kind_from(one.kind);
    if (!kind) return fail(ErrorCode::internal, fmt::format("there is no notice \"{}\"", one.kind));
    std::string text(one.file);
    const auto own = folder / (std::string(one.kind) + ".txt");
    const bool replaced = !folder.empty() && fs::exists(own);
    if (replaced) {
      RECAST_TRY(text, read_file(own));
    }
    auto parsed = parse_notice_template(*kind, text);
    if (!parsed) {
      return fail(ErrorCode::invalid_data,
                  fmt::format("{}: {}", replaced ? own.string() : std::string(one.kind), parsed.error().message),
                  "mail.templates");
    }
    texts.templates_[*kind] = *std::move(parsed);
  }
  return texts;
}

NoticeTexts::Message NoticeTexts::fill(const Notice& notice, std::string_view username, std::string_view server) const {
  std::map<std::string, std::string, std::less<>> values;
  for (const auto& [name, value] : notice.values) values[std::string(name)] = text_of(value);
  values["username"] = in_one_line(std::string(username));
  values["server"] = server.empty() ? std::string() : " " + std::string(server);
  const auto& words = templates_.at(notice.kind);
  return {filled(words.subject, values), filled(words.text, values)};
}

Result<NoticeLibrary> NoticeLibrary::open(std::string_view language, const fs::path& folder) {
  NoticeLibrary library;
  library.own_ = language;
  RECAST_TRY(auto own, NoticeTexts::open(language, folder));
  library.texts_.emplace(language, std::move(own));
  for (const auto& other : NoticeTexts::languages()) {
    if (other == language) continue;
    const auto its_folder = folder.empty() ? fs::path() : folder / other;
    RECAST_TRY(auto texts, NoticeTexts::open(other, fs::is_directory(its_folder) ? its_folder : fs::path()));
    library.texts_.emplace(other, std::move(texts));
  }
  return library;
}

const NoticeTexts& NoticeLibrary::in(std::string_view language) const {
  const auto found = texts_.find(language);
  return found != texts_.end() ? found->second : texts_.find(own_)->second;
}

}  // namespace recast::account
