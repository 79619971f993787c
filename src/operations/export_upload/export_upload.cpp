#include <fcntl.h>
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <cerrno>

#include "base/text.hpp"
#include "base/unique_handle.hpp"
#include "net/client.hpp"
#include "net/session.hpp"
#include "net/url.hpp"
#include "operation/registry.hpp"
#include "operation/request_headers.hpp"

namespace recast::operations {

namespace {

constexpr int kMostRedirects = 3;

struct Options {
  std::vector<std::string> input;
  std::string url;
  operation::RequestHeaders headers;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::input, "input", "Task whose file is sent."),
      schema::field(&Options::url, "url", "Where the file is sent with PUT, such as a presigned address.",
                    {.required = true}),
      schema::field(&Options::headers, "headers", "Headers that are sent with it, such as Content-Type."),
  };
};

Result<> check(const Options& options, const engine::Catalogue&) {
  RECAST_CHECK(net::Url::parse(options.url));
  return operation::check_headers(options.headers);
}

std::unexpected<Error> failed(ErrorCode code, std::string_view cause) {
  return fail(code, fmt::format("Upload failed: {}", cause));
}

std::string_view header(const net::Answer& answer, std::string_view wanted) {
  for (const auto& [name, value] : answer.headers) {
    if (equal_ignoring_case(name, wanted)) return value;
  }
  return {};
}

/// One file on its way to one address and where that leads.
class Upload {
 public:
  Upload(operation::TaskContext& context, const Options& options, const operation::File& file, int descriptor)
      : context_(context), options_(options), file_(file), descriptor_(descriptor) {}

  Result<> run() {
    RECAST_TRY(const auto first, net::Url::parse(options_.url));
    // Signatures cover the address as it was given: it is parsed to be checked, and sent as it is.
    std::string address = options_.url.substr(0, options_.url.find('#'));
    if (!first.user().empty() || !first.password().empty()) address = first.str();
    bool own_origin = true;
    const auto session = context_.net().session(context_.deadline(), context_.stop());
    if (!session) return failed(ErrorCode::upload_failed, "could not connect to host");
    auto url = first;
    for (int redirects = 0;; ++redirects) {
      const auto answer = session->call([&]() -> Result<net::Call> { return call(address, first, own_origin); });
      if (!answer) return explained(answer.error());
      if (answer->status >= 200 && answer->status < 300) return {};
      // Only these two say that the method and the body stay (RFC 9110 15.4).
      if (answer->status != 307 && answer->status != 308)
        return failed(ErrorCode::upload_failed, fmt::format("HTTP {}", answer->status));
      if (redirects == kMostRedirects) return failed(ErrorCode::upload_failed, "too many redirects");
      auto next = url.resolve(header(*answer, "location"));
      if (!next)
        return failed(ErrorCode::upload_failed, "the server redirects to an address that is not a web address");
      own_origin = own_origin && url.same_origin(*next);
      url = *std::move(next);
      address = url.str();
    }
  }

 private:
  net::Call call(const std::string& address, const net::Url& first, bool own_origin) {
    sent_ = 0;
    net::Call call{.method = "PUT",
                   .url = address,
                   .headers = {},
                   .body = net::FilePart{descriptor_, 0, file_.size},
                   .place = {},
                   .on_bytes = [this](std::uint64_t bytes) { progress(bytes); }};
    if (!own_origin) return call;
    bool authorized = false;
    for (const auto& [name, value] : options_.headers) {
      authorized = authorized || equal_ignoring_case(name, "authorization");
      if (!equal_ignoring_case(name, "range")) call.headers.emplace_back(name, value);
    }
    const bool credentials = !first.user().empty() || !first.password().empty();
    if (credentials && !authorized)
      call.headers.emplace_back("Authorization", "Basic " + to_base64(first.user() + ":" + first.password()));
    return call;
  }

  void progress(std::uint64_t bytes) {
    sent_ += bytes;
    const int percent = static_cast<int>(static_cast<double>(sent_) * 100.0 / static_cast<double>(file_.size));
    if (percent > said_ && percent <= 100) context_.progress(said_ = percent);
  }

  static Result<> explained(const Error& error) {
    if (error.code == ErrorCode::timeout) return fail(ErrorCode::timeout, "Upload timed out");
    if (error.code == ErrorCode::unavailable) return failed(ErrorCode::upload_failed, error.message);
    return std::unexpected(error);
  }

  operation::TaskContext& context_;
  const Options& options_;
  const operation::File& file_;
  int descriptor_;
  std::uint64_t sent_ = 0;
  int said_ = 0;
};

Result<operation::Outcome> export_upload(operation::TaskContext& context, const Options& options) {
  RECAST_CHECK(check(options, context.catalogue()));
  if (context.inputs().size() != 1) {
    return failed(ErrorCode::upload_failed, fmt::format("one file can be sent, not {}", context.inputs().size()));
  }
  const auto& file = context.inputs().front();
  const UniqueFd fd(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(from_errno(errno, "The file cannot be read"));
  RECAST_CHECK(Upload(context, options, file, fd.get()).run());
  operation::Outcome outcome;
  outcome.extra["files"] =
      operation::json::array{operation::json::object{{"filename", file.name}, {"size", file.size}}};
  return outcome;
}

}  // namespace

Result<> register_export_upload(operation::Registry& registry) {
  return registry.add(operation::define<Options>(
      {.name = "export/upload", .summary = "Sends a file to a web address with PUT.", .load = operation::Load::network},
      &export_upload, &check));
}

}  // namespace recast::operations
