#include "net/hop_context.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "net/address.hpp"

namespace recast::net {

namespace {

constexpr std::size_t kMaxHead = 256 * 1024;
constexpr long kUploadBuffer = 512 * 1024;
constexpr long kDownloadBuffer = 256 * 1024;

size_t on_header(char* data, size_t size, size_t count, void* user) {
  auto& context = *static_cast<HopContext*>(user);
  const std::string_view line = trim(std::string_view(data, size * count));
  context.head_bytes += size * count;
  if (context.head_bytes > kMaxHead) {
    context.head_too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {  // also after a 100, or after the answer of a proxy to CONNECT
    context.head.fields.clear();
    return size * count;
  }
  const auto colon = line.find(':');
  if (colon != std::string_view::npos) {
    context.head.fields.emplace_back(lower(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
  }
  return size * count;
}

size_t on_body(char* data, size_t size, size_t count, void* user) {
  auto& context = *static_cast<HopContext*>(user);
  long status = 0;
  curl_easy_getinfo(context.handle, CURLINFO_RESPONSE_CODE, &status);
  context.head.status = static_cast<unsigned>(status);
  return context.take({data, size * count}) ? size * count : CURL_WRITEFUNC_ERROR;
}

/// The next bytes of the hop's file.
size_t on_send(char* data, size_t size, size_t count, void* user) {
  auto& context = *static_cast<HopContext*>(user);
  const auto& file = *context.hop.file;
  const auto wanted = std::min<std::uint64_t>(size * count, file.length - context.sent);
  if (wanted == 0) return 0;
  const auto got = ::pread(file.descriptor, data, wanted, static_cast<off_t>(file.offset + context.sent));
  if (got <= 0) {  // an error, or shorter than it was
    context.appetite = Appetite::broken;
    return CURL_READFUNC_ABORT;
  }
  context.sent += static_cast<std::uint64_t>(got);
  if (context.sent > context.told) {  // after a rewind the same bytes are not counted twice
    if (context.hop.on_sent) context.hop.on_sent(context.sent - context.told);
    context.told = context.sent;
  }
  return static_cast<size_t>(got);
}

/// libcurl sends once more what went into a connection that was closed already.
int on_rewind(void* user, curl_off_t offset, int origin) {
  auto& context = *static_cast<HopContext*>(user);
  if (origin != SEEK_SET || offset < 0 || static_cast<std::uint64_t>(offset) > context.hop.file->length)
    return CURL_SEEKFUNC_CANTSEEK;
  context.sent = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

/// The last word on where a connection goes: the address is the one that is connected to.
curl_socket_t on_open(void* user, curlsocktype purpose, curl_sockaddr* address) {
  auto& context = *static_cast<HopContext*>(user);
  const auto& url = *context.hop.url;
  const bool by_proxy = !context.environment.settings.proxy.empty();
  if (purpose != CURLSOCKTYPE_IPCXN) return CURL_SOCKET_BAD;
  if (!by_proxy && !context.hop.trusted && !context.environment.policy.allows(&address->addr, url.host(), url.port())) {
    context.refused = true;
    log::info("outbound connection refused by policy",
              {{"task", context.environment.task}, {"host", url.host()}, {"port", url.port()}});
    return CURL_SOCKET_BAD;
  }
  const int fd = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd >= 0) {
    context.opened = true;
    if (!by_proxy && !context.hop.trusted) note_internal(context.environment, url, &address->addr);
  }
  return fd < 0 ? CURL_SOCKET_BAD : fd;
}

}  // namespace

void note_internal(const Environment& environment, const Url& url, const sockaddr* address) {
  const auto where = Address::of(address);
  if (environment.task.empty() || !where || is_public(*where)) return;
  log::info("connection to an internal address",
            {{"task", environment.task}, {"host", url.host()}, {"port", url.port()}, {"address", where->str()}});
}

bool HopContext::take(std::string_view bytes) {
  if (!body_begun && hop.decode) decoding = Decoding::of(head.find("content-encoding"));
  body_begun = true;
  return decoding.feed(bytes, [this](std::string_view plain) {
    received += plain.size();
    const bool success = head.status >= 200 && head.status < 300;
    appetite = received > max_bytes && success ? Appetite::too_much : sink(head, plain);
    return appetite == Appetite::more;
  });
}

void guard_sockets(CURL* handle, HopContext& context) {
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &on_open);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &context);
}

void listen_to_hop(CURL* handle, HopContext& context) {
  context.handle = handle;
  guard_sockets(handle, context);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &context);
  curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, kDownloadBuffer);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &context);
  if (context.hop.file == nullptr) return;
  curl_easy_setopt(handle, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, &on_send);
  curl_easy_setopt(handle, CURLOPT_READDATA, &context);
  curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, &on_rewind);
  curl_easy_setopt(handle, CURLOPT_SEEKDATA, &context);
}

Failure failure_of(CURLcode code, const HopContext& context) {
  switch (code) {
    case CURLE_OK:
      return Failure::none;
    case CURLE_WRITE_ERROR:
      if (context.head_too_large) return Failure::cut_off;
      if (context.decoding.is_unknown()) return Failure::unknown_encoding;
      if (context.decoding.is_damaged()) return Failure::encoding;
      switch (context.appetite) {
        case Appetite::more:
          return Failure::cut_off;
        case Appetite::enough:
          return Failure::none;
        case Appetite::too_much:
          return Failure::too_large;
        case Appetite::broken:
          return Failure::sink;
      }
      return Failure::sink;
    case CURLE_FILESIZE_EXCEEDED:
      return Failure::too_large;
    case CURLE_OPERATION_TIMEDOUT:
      return Failure::stalled;
    case CURLE_ABORTED_BY_CALLBACK:
      return context.appetite == Appetite::broken ? Failure::sink : Failure::cancelled;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return Failure::not_secure;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
      return context.refused && !context.opened ? Failure::not_allowed : Failure::no_connection;
    default:
      return Failure::cut_off;
  }
}

}  // namespace recast::net
