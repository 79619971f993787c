#include <array>
#include <cctype>

#include "base/text.hpp"
#include "engines/mail/worker/page.hpp"

namespace recast::mail {

namespace {

constexpr std::array kGone = std::to_array<std::string_view>(
    {"script", "meta", "base",  "link",   "iframe",   "frame",  "frameset", "object",   "embed",
     "applet", "form", "input", "button", "textarea", "select", "noscript", "template", "portal",
     "html",   "head", "body",  "title",  "audio",    "video",  "source",   "track"});
/// What stands between these tags is no text.
constexpr std::array kWithContent = std::to_array<std::string_view>({"script", "title", "noscript", "template"});

template <class List>
bool has(const List& list, std::string_view word) {
  for (const auto one : list) {
    if (one == word) return true;
  }
  return false;
}

/// A tag or a comment that begins at `at`: where it ends, and its name in lower case (with / for an end tag).
struct Tag {
  std::size_t end = 0;
  std::string name;
};

Tag tag_at(std::string_view html, std::size_t at) {
  if (html.substr(at, 4) == "<!--") {
    const auto end = html.find("-->", at + 4);
    return {end == std::string_view::npos ? html.size() : end + 3, "!"};
  }
  Tag tag;
  std::size_t i = at + 1;
  if (i < html.size() && html[i] == '/') tag.name += html[i++];
  while (i < html.size() &&
         (std::isalnum(static_cast<unsigned char>(html[i])) != 0 || html[i] == '-' || html[i] == ':' || html[i] == '!'))
    tag.name += static_cast<char>(std::tolower(static_cast<unsigned char>(html[i++])));
  char quote = 0;
  for (; i < html.size(); ++i) {
    if (quote != 0) {
      if (html[i] == quote) quote = 0;
    } else if (html[i] == '"' || html[i] == '\'') {
      quote = html[i];
    } else if (html[i] == '>') {
      tag.end = i + 1;
      return tag;
    }
  }
  tag.end = html.size();
  return tag;
}

/// Where the content of an element ends that has none: behind its end tag.
std::size_t end_of_content(std::string_view html, std::size_t from, std::string_view name) {
  const std::string closing = "</" + std::string(name);
  for (auto at = html.find("</", from); at != std::string_view::npos; at = html.find("</", at + 2)) {
    if (equal_ignoring_case(html.substr(at, closing.size()), closing)) return tag_at(html, at).end;
  }
  return html.size();
}

bool is_tag(std::string_view html, std::size_t at) {
  if (html[at] != '<' || at + 1 >= html.size()) return false;
  const char next = html[at + 1];
  return next == '/' || next == '!' || next == '?' || std::isalpha(static_cast<unsigned char>(next)) != 0;
}

std::string decoded(std::string_view entity) {
  if (entity == "amp") return "&";
  if (entity == "lt") return "<";
  if (entity == "gt") return ">";
  if (entity == "quot") return "\"";
  if (entity == "apos" || entity == "#39") return "'";
  if (entity == "nbsp" || entity == "#160") return " ";
  return {};
}

}  // namespace

std::string tame_html(std::string_view html) {
  std::string result;
  result.reserve(html.size());
  for (std::size_t at = 0; at < html.size();) {
    if (!is_tag(html, at)) {
      result += html[at++];
      continue;
    }
    const auto tag = tag_at(html, at);
    const auto name = std::string_view(tag.name).substr(tag.name.starts_with('/') ? 1 : 0);
    const bool opening = !tag.name.starts_with('/');
    if (name.empty() || name == "!" || name.starts_with('!') || html[at + 1] == '?') {
      at = tag.end;
    } else if (has(kGone, name)) {
      at = opening && has(kWithContent, name) ? end_of_content(html, tag.end, name) : tag.end;
    } else {
      // Within a tag a < is a part of a value; written so that nobody takes it for another tag.
      result += '<';
      for (const char c : html.substr(at + 1, tag.end - at - 1)) c == '<' ? result += "&lt;" : result += c;
      at = tag.end;
    }
  }
  return result;
}

std::string text_of_html(std::string_view html) {
  constexpr std::array breaks =
      std::to_array<std::string_view>({"br", "p", "/p", "div", "/div", "tr", "/tr", "li", "h1", "h2", "h3", "h4", "/h1",
                                       "/h2", "/h3", "/h4", "/table", "blockquote"});
  std::string result;
  bool blank = true;
  for (std::size_t at = 0; at < html.size();) {
    const char c = html[at];
    if (is_tag(html, at)) {
      const auto tag = tag_at(html, at);
      at = tag.name == "style" || tag.name == "script" || tag.name == "title" ? end_of_content(html, tag.end, tag.name)
                                                                              : tag.end;
      if (has(breaks, tag.name) && !result.empty() && !result.ends_with("\n\n")) {
        result += '\n';
        blank = true;
      }
      continue;
    }
    if (c == '&') {
      const auto end = html.find(';', at);
      const auto letters =
          end != std::string_view::npos && end - at < 8 ? decoded(html.substr(at + 1, end - at - 1)) : std::string();
      if (!letters.empty()) {
        result += letters;
        blank = false;
        at = end + 1;
        continue;
      }
    }
    const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!space || !blank) result += space ? ' ' : c;
    blank = space;
    ++at;
  }
  return result;
}

}  // namespace recast::mail
