#pragma once

#include <string>
#include <string_view>

#include "engines/mail/worker/message.hpp"

namespace recast::mail {

enum class Attachments { listed, included };

/// One HTML page that needs nothing else: pictures are in it, scripts and addresses of others are not. Takes note in
/// `message` of which attachments the text shows.
std::string as_html(Message& message, Attachments attachments);
/// The same for reading in a terminal.
std::string as_text(const Message& message);

/// A message's HTML without what acts or leads elsewhere by itself: scripts, frames, forms, meta and link elements.
/// "cid:" addresses become what `picture` says. Exposed for its tests.
std::string tame_html(std::string_view html);
/// The words of HTML.
std::string text_of_html(std::string_view html);

}  // namespace recast::mail
