#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace recast::mail {

inline constexpr std::size_t kLargestMessage = 256 << 20;
inline constexpr int kDeepest = 20;  // messages and multiparts within each other
inline constexpr int kMostParts = 10'000;

struct Attachment {
  std::string name;  ///< a clean file name
  std::string type;  ///< "application/pdf"
  std::string content;
};

/// A piece of the text a reader sees, in order.
struct Piece {
  enum class Kind { html, plain, picture, message };
  Kind kind = Kind::plain;
  std::string text;    ///< UTF-8; of a picture: its bytes
  std::string type{};  ///< of a picture: "image/png"
};

struct Message {
  std::vector<std::pair<std::string, std::string>>
      headers;  ///< From, To, Cc, Date, Subject: decoded, those that are there
  std::vector<Piece> pieces;
  std::map<std::string, std::size_t> inline_pictures;  ///< Content-ID -> attachment
  std::vector<Attachment> attachments;                 ///< inline pictures are among them
  std::vector<Message> messages;  ///< forwarded ones; a piece of kind message has its number as text
  std::vector<bool> shown;        ///< of attachments: seen in the text already
};

/// Reads a message (RFC 5322, 2045-2047) with GMime. open_failed for what has neither headers nor parts; broken parts
/// are taken as far as they go. Of alternatives the best that can be shown is kept. output_limit beyond kMostParts.
Result<Message> read_message(std::span<const char> bytes);

}  // namespace recast::mail
