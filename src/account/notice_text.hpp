#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "account/notice.hpp"
#include "base/result.hpp"

/// The words of notices. Pure, but that an operator's templates are read from a folder.
namespace recast::account {

/// A subject and a text with places such as {{engine}}.
struct NoticeTemplate {
  std::string subject;
  std::string text;
};

/// "Subject: …", an empty line, the text. invalid_data if it has another form, or places that no such notice fills.
Result<NoticeTemplate> parse_notice_template(NoticeKind kind, std::string_view file);

/// What a template of that kind may name.
std::vector<std::string> places_of(NoticeKind kind);

/// invalid_data on "language", with those there are, unless it is one of NoticeTexts::languages() or empty (the
/// server's).
Result<> check_notice_language(std::string_view language);

/// The templates of one language. Immutable.
class NoticeTexts {
 public:
  /// `language`: one of languages(). A file "engine.deprecated.txt" in `folder`, if there is one, takes the place of
  /// ours; an empty `folder` is none. invalid_data naming the file that is wrong.
  static Result<NoticeTexts> open(std::string_view language, const std::filesystem::path& folder);
  static std::vector<std::string> languages();

  struct Message {
    std::string subject;  ///< one line
    std::string text;
  };
  /// Places without a value become empty.
  Message fill(const Notice& notice, std::string_view username, std::string_view server) const;

 private:
  std::map<NoticeKind, NoticeTemplate> templates_;
};

/// The templates of all languages. Immutable.
class NoticeLibrary {
 public:
  /// `language`: the server's. The files in `folder` are in that language; those of another one, such as "de", are in
  /// folder/de. Errors as NoticeTexts::open().
  static Result<NoticeLibrary> open(std::string_view language, const std::filesystem::path& folder);
  /// The server's for an empty language, or one that there is none of any more.
  const NoticeTexts& in(std::string_view language) const;

 private:
  std::string own_;
  std::map<std::string, NoticeTexts, std::less<>> texts_;
};

}  // namespace recast::account
