#include "net/smtp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.hpp"
#include "net/curl_handle.hpp"
#include "net/url.hpp"

namespace recast::net {

namespace {

struct Exchange {
  std::string wire;
  std::size_t sent = 0;
  std::string last_answer;  ///< of the server, for people
  const std::stop_token& stop;
};

std::size_t give(char* to, std::size_t size, std::size_t count, void* data) {
  auto& exchange = *static_cast<Exchange*>(data);
  const auto length = std::min(size * count, exchange.wire.size() - exchange.sent);
  std::memcpy(to, exchange.wire.data() + exchange.sent, length);
  exchange.sent += length;
  return length;
}

/// The server's answers come here, one line a call; the last one is the reason if it refused.
std::size_t hear(char* line, std::size_t size, std::size_t count, void* data) {
  static_cast<Exchange*>(data)->last_answer = trim({line, size * count});
  return size * count;
}

int is_stopped(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(data)->stop.stop_requested() ? 1 : 0;
}

long tls_of(const SmtpServer& server) {
  switch (server.tls) {
    case SmtpServer::Tls::required:
      return CURLUSESSL_ALL;
    case SmtpServer::Tls::none:
      return CURLUSESSL_NONE;
    case SmtpServer::Tls::automatic:
      break;
  }
  return server.user.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL;  // no password in the clear unless it was said so
}

void set_server(CURL* handle, const SmtpServer& server) {
  const auto url = server.own_name.empty() ? server.url : server.url + "/" + percent_encode(server.own_name);
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle, CURLOPT_USE_SSL, tls_of(server));
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(server.timeout.count()));
  if (!server.authorities.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, server.authorities.c_str());
  if (!server.user.empty()) {
    curl_easy_setopt(handle, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, server.password.c_str());
  }
}

Result<> result_of(CURL* handle, CURLcode code, const Exchange& exchange, const char* details) {
  if (code == CURLE_OK) return {};
  if (exchange.stop.stop_requested()) return fail(ErrorCode::cancelled, "The server is going down.");
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_LOGIN_DENIED)
    return fail(ErrorCode::invalid_credentials,
                fmt::format("the mail server refused the log-in: {}", exchange.last_answer));
  if (status >= 400)
    return fail(ErrorCode::upload_failed, fmt::format("the mail server said: {}", exchange.last_answer));
  return fail(ErrorCode::upload_failed, *details != '\0' ? details : curl_easy_strerror(code));
}

}  // namespace

Result<> check_smtp_url(const std::string& url) {
  const auto lowered = lower(url);
  for (const std::string_view scheme : {"smtp://", "smtps://"}) {
    if (!lowered.starts_with(scheme)) continue;
    // net::Url knows web addresses; those differ in nothing but the scheme.
    const auto parsed = Url::parse("https://" + url.substr(scheme.size()));
    if (parsed && url.find_first_of("/?#@", scheme.size()) == std::string::npos) return {};
  }
  return fail(ErrorCode::invalid_data,
              fmt::format("\"{}\" is not of the form smtp://host:port or smtps://host:port", url));
}

Result<> send_mail(const SmtpServer& server, const MailMessage& message, const std::stop_token& stop) {
  const UniqueHandle<CurlHandle> owner(curl_easy_init());
  auto* const handle = owner.get();
  if (handle == nullptr) return fail(ErrorCode::unavailable, "no memory to send mail");
  Exchange exchange{.wire = to_wire(message), .last_answer = {}, .stop = stop};
  std::array<char, CURL_ERROR_SIZE> details{};
  set_server(handle, server);
  const auto from = "<" + message.from.address + ">";
  const auto to = "<" + message.to.address + ">";
  CurlList receivers;
  receivers.add(to);
  curl_easy_setopt(handle, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, receivers.get());
  curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, &give);
  curl_easy_setopt(handle, CURLOPT_READDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &hear);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &is_stopped);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, details.data());
  return result_of(handle, curl_easy_perform(handle), exchange, details.data());
}

}  // namespace recast::net
