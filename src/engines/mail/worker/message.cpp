#include "engines/mail/worker/message.hpp"

#include <fmt/format.h>
#include <gmime/gmime.h>

#include <memory>

#include "base/text.hpp"
#include "format/format.hpp"

namespace recast::mail {

namespace {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

std::string take(char* text) {
  std::string result = text == nullptr ? "" : text;
  g_free(text);
  return result;
}

std::string valid(std::string text) { return as_utf8(std::move(text)); }

class Reader {
 public:
  Result<Message> read(GMimeMessage* from, int depth) {
    Message message;
    read_headers(from, message);
    RECAST_CHECK(read_part(g_mime_message_get_mime_part(from), message, depth));
    message.shown.resize(message.attachments.size());
    return message;
  }

 private:
  static void read_headers(GMimeMessage* from, Message& message) {
    const auto add = [&](const char* name, std::string value) {
      value = valid(std::move(value));
      if (!trim(value).empty()) message.headers.emplace_back(name, std::string(trim(value)));
    };
    const auto people = [&](InternetAddressList* list) {
      return list == nullptr ? std::string() : take(internet_address_list_to_string(list, nullptr, FALSE));
    };
    add("From", people(g_mime_message_get_from(from)));
    add("To", people(g_mime_message_get_to(from)));
    add("Cc", people(g_mime_message_get_cc(from)));
    if (auto* const date = g_mime_message_get_date(from))
      add("Date", take(g_date_time_format(date, "%Y-%m-%d %H:%M:%S %z")));
    const char* const subject = g_mime_message_get_subject(from);
    add("Subject", subject == nullptr ? "" : subject);
  }

  Result<> read_part(GMimeObject* part, Message& message, int depth) {
    if (part == nullptr) return {};
    if (++parts_ > kMostParts)
      return fail(ErrorCode::output_limit, fmt::format("The message has more than {} parts.", kMostParts));
    if (depth > kDeepest) return {};
    if (GMIME_IS_MULTIPART(part)) return read_multipart(GMIME_MULTIPART(part), message, depth);
    if (GMIME_IS_MESSAGE_PART(part)) return read_forwarded(GMIME_MESSAGE_PART(part), message, depth);
    if (GMIME_IS_PART(part)) read_leaf(GMIME_PART(part), message);
    return {};
  }

  Result<> read_multipart(GMimeMultipart* parts, Message& message, int depth) {
    const int count = g_mime_multipart_get_count(parts);
    auto* const type = g_mime_object_get_content_type(GMIME_OBJECT(parts));
    if (g_mime_content_type_is_type(type, "multipart", "alternative") != 0) {
      int best = -1, rank = -1;
      for (int at = 0; at < count; ++at) {
        const int now = rank_of(g_mime_multipart_get_part(parts, at), depth);
        if (now >= rank) best = at, rank = now;  // the last of equals is the richest (RFC 2046 5.1.4)
      }
      return best < 0 ? Result<>() : read_part(g_mime_multipart_get_part(parts, best), message, depth + 1);
    }
    for (int at = 0; at < count; ++at)
      RECAST_CHECK(read_part(g_mime_multipart_get_part(parts, at), message, depth + 1));
    return {};
  }

  /// What can be shown of an alternative.
  static int rank_of(GMimeObject* part, int depth) {
    if (part == nullptr || depth > kDeepest) return -1;
    auto* const type = g_mime_object_get_content_type(part);
    if (g_mime_content_type_is_type(type, "text", "html") != 0) return 3;
    if (g_mime_content_type_is_type(type, "text", "plain") != 0) return 2;
    if (g_mime_content_type_is_type(type, "text", "calendar") != 0) return 0;
    if (!GMIME_IS_MULTIPART(part)) return 1;
    int best = 0;
    for (int at = 0; at < g_mime_multipart_get_count(GMIME_MULTIPART(part)); ++at)
      best = std::max(best, rank_of(g_mime_multipart_get_part(GMIME_MULTIPART(part), at), depth + 1));
    return best;
  }

  Result<> read_forwarded(GMimeMessagePart* part, Message& message, int depth) {
    auto* const inner = g_mime_message_part_get_message(part);
    if (inner == nullptr) return {};
    RECAST_TRY(auto forwarded, read(inner, depth + 1));
    message.pieces.push_back({.kind = Piece::Kind::message, .text = std::to_string(message.messages.size())});
    message.messages.push_back(std::move(forwarded));
    return {};
  }

  static std::string content_of(GMimePart* part) {
    auto* const wrapper = g_mime_part_get_content(part);
    if (wrapper == nullptr) return {};
    const Owned<GMimeStream> stream(g_mime_stream_mem_new());
    g_mime_data_wrapper_write_to_stream(wrapper, stream.get());
    const auto* const bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return {reinterpret_cast<const char*>(bytes->data), bytes->len};
  }

  static void read_leaf(GMimePart* part, Message& message) {
    auto* const type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    auto* const disposition = g_mime_object_get_content_disposition(GMIME_OBJECT(part));
    const bool attached =
        disposition != nullptr &&
        g_ascii_strcasecmp(g_mime_content_disposition_get_disposition(disposition), "attachment") == 0;
    const bool html = g_mime_content_type_is_type(type, "text", "html") != 0;
    const char* const name = g_mime_part_get_filename(part);
    if (GMIME_IS_TEXT_PART(part) && !attached && name == nullptr &&
        (html || g_mime_content_type_is_type(type, "text", "plain") != 0)) {
      auto text = take(g_mime_text_part_get_text(GMIME_TEXT_PART(part)));
      message.pieces.push_back({.kind = html ? Piece::Kind::html : Piece::Kind::plain, .text = valid(std::move(text))});
      return;
    }
    const auto kind = fmt::format("{}/{}", lower(g_mime_content_type_get_media_type(type)),
                                  lower(g_mime_content_type_get_media_subtype(type)));
    auto content = content_of(part);
    const char* const id = g_mime_part_get_content_id(part);
    if (id != nullptr) message.inline_pictures.emplace(id, message.attachments.size());
    if (kind.starts_with("image/") && id == nullptr && !attached)
      message.pieces.push_back({.kind = Piece::Kind::picture, .text = content, .type = kind});
    const auto extension = format::sniffed_extension(std::string_view(content).substr(0, format::kFirstBytes));
    auto file = name != nullptr ? format::clean_file_name(valid(name))
                                : fmt::format("part-{}{}", message.attachments.size() + 1, extension);
    message.attachments.push_back({.name = std::move(file), .type = kind, .content = std::move(content)});
  }

  int parts_ = 0;
};

}  // namespace

Result<Message> read_message(std::span<const char> bytes) {
  static const bool ready = (g_mime_init(), true);
  (void)ready;
  const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  const Owned<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
  if (!message) return fail(ErrorCode::open_failed, "The file is no mail message.");
  RECAST_TRY(auto read, Reader().read(message.get(), 0));
  if (read.headers.empty()) return fail(ErrorCode::open_failed, "The file is no mail message: it has no headers.");
  return read;
}

}  // namespace recast::mail
