#include "http/answer.hpp"

#include <algorithm>
#include <ctime>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "http/multipart.hpp"

namespace recast::http {

namespace {

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// "Wed, 04 Mar 2026 05:06:07 GMT", or one of the two obsolete forms (RFC 9110 5.6.7).
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  const std::string terminated(trim(text));
  for (const auto* const form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    std::tm parts{};
    const auto* const end = ::strptime(terminated.c_str(), form, &parts);
    if (end == nullptr || *end != '\0') continue;
    return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
  }
  return std::nullopt;
}

std::string_view without_weak(std::string_view tag) {
  tag = trim(tag);
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

/// The client wants this very file, or none (RFC 9110 13.1.1, 13.1.4). A weak tag is never the same.
bool is_another_file(const Request& request, const FileBody& file) {
  if (request.headers.has("If-Match")) {
    const auto list = request.headers.list("If-Match");
    const auto same = [&file](auto tag) { return !file.etag.empty() && trim(tag) == file.etag; };
    return trim(list) != "*" && std::ranges::none_of(split(list, ','), same);
  }
  if (!file.last_modified || !request.headers.has("If-Unmodified-Since")) return false;
  const auto since = parse_http_date(request.headers.get("If-Unmodified-Since"));
  return since && *file.last_modified > *since;
}

bool is_not_modified(const Request& request, const FileBody& file) {
  if (request.headers.has("If-None-Match")) {
    const auto list = request.headers.list("If-None-Match");
    const auto same = [&file](auto tag) { return !file.etag.empty() && without_weak(tag) == without_weak(file.etag); };
    return trim(list) == "*" || std::ranges::any_of(split(list, ','), same);
  }
  if (!file.last_modified || !request.headers.has("If-Modified-Since")) return false;
  const auto since = parse_http_date(request.headers.get("If-Modified-Since"));
  return since && *file.last_modified <= *since;
}

/// A range counts only if the client's copy is of this very file. Weak tags never are.
bool range_applies(const Request& request, const FileBody& file) {
  if (!request.headers.has("If-Range")) return true;
  const auto condition = trim(request.headers.get("If-Range"));
  if (condition.starts_with('"')) return condition == file.etag;
  const auto date = parse_http_date(condition);
  return date && file.last_modified && *date == *file.last_modified;
}

bool is_allowed(std::string_view origin, const std::vector<std::string>& origins) {
  return std::ranges::any_of(origins,
                             [origin](const auto& one) { return one == "*" || equal_ignoring_case(one, origin); });
}

}  // namespace

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Payload Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Entity";
    case 425:
      return "Too Early";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      break;
  }
  if (status < 300) return "Success";
  if (status < 400) return "Redirect";
  return status < 500 ? "Client Error" : "Server Error";
}

FilePlan plan_file(const Request& request, const FileBody& file, unsigned status, Headers& headers) {
  FilePlan plan{status, 0, file.size};
  headers.set("Accept-Ranges", "bytes");
  if (!file.etag.empty()) headers.set("ETag", file.etag);
  if (file.last_modified) headers.set("Last-Modified", format_http_date(*file.last_modified));
  if (status != 200) return plan;
  if (const bool other = is_another_file(request, file); other || is_not_modified(request, file)) {
    plan.status = other ? 412 : 304;
    plan.length = 0;
    return plan;
  }
  if (request.method != "GET" || !request.headers.has("Range") || !range_applies(request, file)) return plan;
  ByteRange range;
  const auto outcome = parse_range(request.headers.get("Range"), file.size, range);
  const auto total = std::to_string(file.size);
  if (outcome == RangeOutcome::unsatisfiable) {
    headers.set("Content-Range", "bytes */" + total);
    plan.status = 416;
    plan.length = 0;
  } else if (outcome == RangeOutcome::partial) {
    headers.set("Content-Range",
                "bytes " + std::to_string(range.first) + '-' + std::to_string(range.last) + '/' + total);
    plan = {206, range.first, range.last - range.first + 1};
  }
  return plan;
}

std::string serialize_head(unsigned status, const Headers& headers) {
  std::string out = "HTTP/1.1 " + std::to_string(status) + ' ';
  out += reason_phrase(status);
  out += "\r\n";
  const auto append = [&out](std::string_view text) {
    for (const char c : text) {
      if (c != '\r' && c != '\n' && c != '\0') out += c;
    }
  };
  for (const auto& [name, value] : headers.all()) {
    append(name);
    out += ": ";
    append(value);
    out += "\r\n";
  }
  out += "\r\n";
  return out;
}

bool is_bodiless(unsigned status) { return status < 200 || status == 204 || status == 304; }

void add_cors(const Request& request, const std::vector<std::string>& origins, Headers& headers) {
  if (origins.empty()) return;
  const bool all = std::ranges::count(origins, "*") > 0;
  if (!all) headers.add("Vary", "Origin");  // also without an Origin: caches keep one answer for all
  const auto origin = request.headers.get("Origin");
  if (origin.empty() || !is_allowed(origin, origins)) return;
  headers.set("Access-Control-Allow-Origin", all ? "*" : std::string(origin));
  headers.set("Access-Control-Expose-Headers",
              "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, Location, ETag, "
              "Content-Disposition, Content-Length, Content-Range, Accept-Ranges");
}

Response options_answer(const Request& request, const std::vector<std::string>& methods,
                        const std::vector<std::string>& origins) {
  auto response = Response::empty(204);
  response.headers.set("Allow", join(methods));
  const auto origin = request.headers.get("Origin");
  if (origin.empty() || !is_allowed(origin, origins) || !request.headers.has("Access-Control-Request-Method")) {
    return response;
  }
  const auto asked = request.headers.get("Access-Control-Request-Headers");
  response.headers.set("Access-Control-Allow-Methods", join(methods));
  response.headers.set("Access-Control-Allow-Headers",
                       asked.empty() ? "Authorization, Content-Type, X-Request-Id" : std::string(asked));
  response.headers.set("Access-Control-Max-Age", "86400");
  return response;
}

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
             std::string_view::npos;
}

}  // namespace recast::http
