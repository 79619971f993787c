#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace recast::api {

/// Whether a person looks at the answer: a browser that opens an address asks for text/html before anything else, an
/// <img> or a program does not.
bool wants_page(const http::Request& request);

/// Text as it may stand in HTML.
std::string escape_html(std::string_view text);

/// A small accessible page, without scripts, that loads nothing: `body` is HTML.
http::Response page(unsigned status, std::string_view title, std::string_view body);

/// An error as a page for people, or in the API's envelope.
http::Response error_page_or_body(const Error& error, bool as_page);

}  // namespace recast::api
