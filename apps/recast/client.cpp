#include "client.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <memory>

#include "base/unique_handle.hpp"

namespace recast::cli {

namespace {

struct CurlTraits {
  using type = CURL*;
  static constexpr CURL* invalid() { return nullptr; }
  static void close(CURL* handle) { curl_easy_cleanup(handle); }
};
struct ListTraits {
  using type = curl_slist*;
  static constexpr curl_slist* invalid() { return nullptr; }
  static void close(curl_slist* list) { curl_slist_free_all(list); }
};
struct MimeTraits {
  using type = curl_mime*;
  static constexpr curl_mime* invalid() { return nullptr; }
  static void close(curl_mime* mime) { curl_mime_free(mime); }
};
using Handle = UniqueHandle<CurlTraits>;

/// curl_global_init is not safe while other threads run: the first client is made before they start.
void initialise() {
  static const bool once = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  (void)once;
}

Handle make_handle(const Endpoint& endpoint) {
  Handle handle(curl_easy_init());
  auto* const curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "recast-cli/" RECAST_VERSION);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 15L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  if (!endpoint.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, endpoint.ca_file.c_str());
  if (endpoint.insecure) {
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  return handle;
}

std::size_t append(char* bytes, std::size_t, std::size_t count, void* target) {
  static_cast<std::string*>(target)->append(bytes, count);
  return count;
}

int report(void* target, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up) {
  const auto& progress = *static_cast<const Client::Progress*>(target);
  if (progress) {
    const bool uploading = up_total > 0;
    progress(static_cast<std::uint64_t>(uploading ? up : down),
             static_cast<std::uint64_t>(uploading ? up_total : down_total));
  }
  return 0;
}

Result<long> perform(CURL* curl) {
  const auto code = curl_easy_perform(curl);
  if (code != CURLE_OK)
    return fail(ErrorCode::unavailable, fmt::format("The server cannot be reached: {}", curl_easy_strerror(code)));
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

Error error_of(long status, const std::string& body) {
  const auto code = status == 401   ? ErrorCode::unauthenticated
                    : status == 403 ? ErrorCode::forbidden
                    : status == 404 ? ErrorCode::not_found
                    : status >= 500 ? ErrorCode::internal
                                    : ErrorCode::invalid_data;
  Error error{code, fmt::format("The server answered HTTP {}.", status), {}};
  boost::system::error_code parse_error;
  const auto answer = json::parse(body, parse_error);
  if (parse_error || !answer.is_object()) return error;
  if (const auto* message = answer.get_object().if_contains("message"); message != nullptr && message->is_string()) {
    error.message = std::string(message->get_string());
  }
  const auto* errors = answer.get_object().if_contains("errors");
  if (errors == nullptr || !errors->is_object()) return error;
  for (const auto& [field, texts] : errors->get_object()) {
    if (!texts.is_array()) continue;
    for (const auto& text : texts.get_array()) {
      if (text.is_string())
        error.message += fmt::format("\n  {}: {}", std::string_view(field), std::string_view(text.get_string()));
    }
  }
  return error;
}

}  // namespace

int exit_status(const Error& error) {
  switch (error.code) {
    case ErrorCode::unavailable:
    case ErrorCode::unauthenticated:
    case ErrorCode::forbidden:
      return kUnreachable;
    case ErrorCode::disk_full:
    case ErrorCode::invalid_filename:
      return kLocal;
    case ErrorCode::malformed_body:
      return kUsage;
    default:
      return kFailed;
  }
}

Client::Client(Endpoint endpoint) : endpoint_(std::move(endpoint)) { initialise(); }

Result<std::string> Client::ask(const char* method, std::string_view path, const std::string* body) {
  const auto handle = make_handle(endpoint_);
  auto* const curl = handle.get();
  const auto url = endpoint_.url + std::string(path);
  const auto authorization =
      endpoint_.key.empty() ? std::string("Authorization:") : "Authorization: Bearer " + endpoint_.key;
  UniqueHandle<ListTraits> headers(curl_slist_append(nullptr, authorization.c_str()));
  headers = UniqueHandle<ListTraits>(curl_slist_append(headers.release(), "Content-Type: application/json"));
  std::string answer;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  if (body != nullptr) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
  }
  RECAST_TRY(const auto status, perform(curl));
  if (status >= 400) return std::unexpected(error_of(status, answer));
  return answer;
}

Result<json::value> Client::exchange(const char* method, std::string_view path, const std::string* body) {
  RECAST_TRY(const auto answer, ask(method, path, body));
  if (answer.empty()) return json::value(nullptr);
  boost::system::error_code error;
  auto value = json::parse(answer, error);
  if (error)
    return fail(ErrorCode::unavailable, fmt::format("{} does not answer as a Recast server does.", endpoint_.url));
  return value;
}

Result<json::value> Client::get(std::string_view path) { return exchange("GET", path, nullptr); }

Result<json::value> Client::get_all(const std::string& path) {
  // Only the query of the link is taken: the server's name for itself may be one that is not reached from here.
  const auto query_of_next = [](const json::value& body) -> std::string {
    const auto* const links = body.is_object() ? body.get_object().if_contains("links") : nullptr;
    const auto* const next = links != nullptr && links->is_object() ? links->get_object().if_contains("next") : nullptr;
    if (next == nullptr || !next->is_string()) return {};
    const std::string_view link = next->get_string();
    const auto query = link.find('?');
    return query == std::string_view::npos ? std::string() : std::string(link.substr(query));
  };
  json::array all;
  auto page = path;
  for (;;) {
    RECAST_TRY(auto body, get(page));
    auto* const data = body.is_object() ? body.get_object().if_contains("data") : nullptr;
    if (data == nullptr || !data->is_array())
      return fail(ErrorCode::unavailable, fmt::format("{} does not answer as a Recast server does.", endpoint_.url));
    auto& items = data->get_array();
    const bool none = items.empty();
    std::ranges::move(items, std::back_inserter(all));
    const auto query = query_of_next(body);
    // A page without items ends it, so that no answer of a server can make this endless.
    if (query.empty() || none) return json::value(json::object{{"data", std::move(all)}});
    page = path.substr(0, path.find('?')) + query;
  }
}

Result<std::string> Client::get_text(std::string_view path) { return ask("GET", path, nullptr); }
Result<json::value> Client::post(std::string_view path, const json::value& body) {
  const auto text = json::serialize(body);
  return exchange("POST", path, &text);
}
Result<json::value> Client::put(std::string_view path, const json::value& body) {
  const auto text = json::serialize(body);
  return exchange("PUT", path, &text);
}
Result<json::value> Client::patch(std::string_view path, const json::value& body) {
  const auto text = json::serialize(body);
  return exchange("PATCH", path, &text);
}
Result<> Client::remove(std::string_view path) {
  RECAST_CHECK(exchange("DELETE", path, nullptr));
  return {};
}

Result<> Client::upload(const json::object& form, const fs::path& file, std::string_view name,
                        const Progress& progress) {
  const auto handle = make_handle(endpoint_);
  auto* const curl = handle.get();
  UniqueHandle<MimeTraits> mime(curl_mime_init(curl));
  for (const auto& [key, value] : form.at("parameters").as_object()) {
    auto* const part = curl_mime_addpart(mime.get());
    curl_mime_name(part, std::string(key).c_str());
    const std::string text(value.as_string());
    curl_mime_data(part, text.c_str(), text.size());
  }
  auto* const part = curl_mime_addpart(mime.get());
  curl_mime_name(part, "file");
  if (curl_mime_filedata(part, file.c_str()) != CURLE_OK)
    return fail(ErrorCode::invalid_filename, fmt::format("{} cannot be read.", file.string()));
  curl_mime_filename(part, std::string(name).c_str());
  std::string answer;
  curl_easy_setopt(curl, CURLOPT_URL, std::string(form.at("url").as_string()).c_str());
  curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &report);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &progress);
  RECAST_TRY(const auto status, perform(curl));
  if (status != 201) return std::unexpected(error_of(status, answer));
  return {};
}

namespace {
struct Sink {
  int fd = -1;
  int error = 0;
};
std::size_t write_out(char* bytes, std::size_t, std::size_t count, void* target) {
  auto& sink = *static_cast<Sink*>(target);
  for (std::size_t done = 0; done < count;) {
    const auto written = ::write(sink.fd, bytes + done, count - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      sink.error = errno;
      return 0;
    }
    done += static_cast<std::size_t>(written);
  }
  return count;
}
}  // namespace

Result<> Client::download(std::string_view url, const fs::path& to, const Progress& progress) {
  const auto handle = make_handle(endpoint_);
  auto* const curl = handle.get();
  const bool to_standard_output = to == "-";
  const auto part = fs::path(to).concat(".part");
  UniqueFd file(to_standard_output ? ::dup(STDOUT_FILENO)
                                   : ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file)
    return fail(ErrorCode::invalid_filename,
                fmt::format("{} cannot be written: {}", to.string(), from_errno(errno, "open").message));
  Sink sink{file.get(), 0};
  curl_easy_setopt(curl, CURLOPT_URL, std::string(url).c_str());
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &write_out);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &report);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &progress);
  const auto done = perform(curl);
  std::error_code ignored;
  if (!done || sink.error != 0) {
    if (!to_standard_output) fs::remove(part, ignored);
    if (sink.error != 0)
      return std::unexpected(Error{ErrorCode::invalid_filename, from_errno(sink.error, to.string()).message, {}});
    return std::unexpected(done.error());
  }
  if (to_standard_output) return {};
  std::error_code error;
  fs::rename(part, to, error);
  if (error) return fail(ErrorCode::invalid_filename, fmt::format("{}: {}", to.string(), error.message()));
  return {};
}

}  // namespace recast::cli
