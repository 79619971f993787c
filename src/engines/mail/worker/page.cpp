#include "engines/mail/worker/page.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace recast::mail {

namespace {

// Nothing is loaded and nothing runs, whatever slipped through tame_html().
constexpr std::string_view kHead =
    "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
    "'unsafe-inline'; font-src data:\">"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<style>.recast-mail{{font-family:'Liberation Sans',Arial,sans-serif;font-size:10pt}}"
    ".recast-mail table.head{{border-bottom:1px solid #888;margin-bottom:1em;width:100%}}.recast-mail .head "
    "th{{text-align:left;"
    "vertical-align:top;padding-right:1em;width:5em}}.recast-mail pre{{white-space:pre-wrap;font-family:'Liberation "
    "Mono',monospace}}"
    ".recast-mail .forwarded{{border-left:3px solid #bbb;padding-left:1em;margin:1em 0}}.recast-mail "
    ".files{{border-top:1px solid #888;"
    "margin-top:1em;padding-top:.5em}}.recast-mail img{{max-width:100%}}</style>\n<title>{}</title></head>\n<body "
    "class=\"recast-mail\">\n";

std::string size_of(std::size_t bytes) {
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  return bytes < 1'000'000 ? fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3)
                           : fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string data_address(std::string_view type, std::string_view content) {
  // A type that comes from the message: letters only, so that it ends nothing.
  std::string safe;
  for (const char c : type) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '.' || c == '+' || c == '-') safe += c;
  }
  return fmt::format("data:{};base64,{}", safe, to_base64(content));
}

/// "cid:…" addresses with what they name. Each picture once as bytes; a page that names one a thousand times ends at
/// the worker's memory.
std::string with_pictures(std::string html, Message& message) {
  constexpr std::string_view kScheme = "cid:";
  std::string result;
  std::size_t from = 0;
  for (auto at = html.find(kScheme); at != std::string::npos; at = html.find(kScheme, at + 1)) {
    const auto begin = at + kScheme.size();
    const auto end = std::min(html.find_first_of("\"' >)", begin), html.size());
    const auto found = message.inline_pictures.find(percent_decode(std::string_view(html).substr(begin, end - begin)));
    if (at < from || found == message.inline_pictures.end()) continue;
    const auto& picture = message.attachments[found->second];
    message.shown[found->second] = true;
    result.append(html, from, at - from).append(data_address(picture.type, picture.content));
    from = end;
  }
  return result.append(html, from);
}

void add_body(std::string& page, Message& message, Attachments attachments, int depth);

void add_head(std::string& page, const Message& message) {
  page += "<table class=\"head\">";
  for (const auto& [name, value] : message.headers)
    page += fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", name, escape_markup(value));
  page += "</table>\n";
}

void add_files(std::string& page, const Message& message, Attachments attachments) {
  std::string list;
  for (std::size_t at = 0; at < message.attachments.size(); ++at) {
    if (message.shown[at]) continue;
    const auto& [name, type, content] = message.attachments[at];
    const auto safe = escape_markup(name);
    const auto label = attachments == Attachments::included ? fmt::format("<a download=\"{}\" href=\"{}\">{}</a>", safe,
                                                                          data_address(type, content), safe)
                                                            : safe;
    list += fmt::format("<li>{} ({}, {})</li>\n", label, escape_markup(type), size_of(content.size()));
  }
  if (!list.empty()) page += fmt::format("<div class=\"files\">Attachments:<ul>\n{}</ul></div>\n", list);
}

void add_body(std::string& page, Message& message, Attachments attachments, int depth) {
  add_head(page, message);
  for (const auto& piece : message.pieces) {
    switch (piece.kind) {
      case Piece::Kind::html:
        page += fmt::format("<div>{}</div>\n", with_pictures(tame_html(piece.text), message));
        break;
      case Piece::Kind::plain:
        page += fmt::format("<pre>{}</pre>\n", escape_markup(piece.text));
        break;
      case Piece::Kind::picture:
        page += fmt::format("<p><img src=\"{}\"></p>\n", data_address(piece.type, piece.text));
        for (std::size_t at = 0; at < message.attachments.size(); ++at) {
          if (message.attachments[at].content == piece.text) message.shown[at] = true;
        }
        break;
      case Piece::Kind::message:
        if (depth >= kDeepest) break;
        page += "<div class=\"forwarded\">\n";
        add_body(page, message.messages.at(std::stoul(piece.text)), attachments, depth + 1);
        page += "</div>\n";
        break;
    }
  }
  add_files(page, message, attachments);
}

std::string subject_of(const Message& message) {
  for (const auto& [name, value] : message.headers) {
    if (name == "Subject") return value;
  }
  return "Message";
}

}  // namespace

std::string as_html(Message& message, Attachments attachments) {
  auto page = fmt::format(kHead, escape_markup(subject_of(message)));
  add_body(page, message, attachments, 0);
  return page + "</body></html>\n";
}

std::string as_text(const Message& message) {
  std::string text;
  for (const auto& [name, value] : message.headers) text += fmt::format("{}: {}\n", name, value);
  text += '\n';
  for (const auto& piece : message.pieces) {
    if (piece.kind == Piece::Kind::html) text += text_of_html(piece.text);
    if (piece.kind == Piece::Kind::plain) text += piece.text;
    if (piece.kind == Piece::Kind::message) text += "----\n" + as_text(message.messages.at(std::stoul(piece.text)));
    if (!text.ends_with('\n')) text += '\n';
  }
  for (const auto& file : message.attachments)
    text += fmt::format("[{}: {}, {}]\n", file.name, file.type, size_of(file.content.size()));
  return text;
}

}  // namespace recast::mail
