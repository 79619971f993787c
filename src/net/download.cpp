#include "net/download.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/io.hpp"
#include "base/text.hpp"
#include "base/unique_handle.hpp"
#include "net/fields.hpp"
#include "net/pauses.hpp"

namespace recast::net {

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// The file being filled; removed unless it is kept.
class Target {
 public:
  static Result<Target> open(const std::filesystem::path& path) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) return std::unexpected(from_errno(errno, "The download cannot be written"));
    return Target(path, std::move(fd));
  }
  Target(Target&& other) noexcept = default;
  Target& operator=(Target&&) = delete;
  ~Target() {
    if (!fd_) return;
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  std::uint64_t size() const { return size_; }
  bool append(std::string_view bytes) {
    if (const int error = write_all(fd_.get(), bytes); error != 0) return note(error);
    size_ += bytes.size();
    return true;
  }
  bool restart() {
    size_ = 0;
    return ::ftruncate(fd_.get(), 0) == 0 && ::lseek(fd_.get(), 0, SEEK_SET) == 0 ? true : note(errno);
  }
  Error error() const { return from_errno(error_, "The download cannot be written"); }
  void keep() { fd_.reset(); }

 private:
  Target(std::filesystem::path path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  bool note(int error) {
    error_ = error;
    return false;
  }
  std::filesystem::path path_;
  UniqueFd fd_;
  std::uint64_t size_ = 0;
  int error_ = EIO;
};

bool has_packed_extension(std::string_view path) {
  static constexpr std::array<std::string_view, 5> endings{".gz", ".tgz", ".svgz", ".br", ".zst"};
  const auto name = lower(path);
  return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

bool is_success(unsigned status, bool resumed) {
  if (status == 206) return resumed;
  return status >= 200 && status < 300 && status != 204 && status != 205;
}

class Run {
 public:
  Run(const Environment& environment, const Download& request, Deadline deadline, const std::stop_token& stop,
      Target& target)
      : environment_(environment), request_(request), target_(target), transfer_(environment, deadline, stop) {}

  Result<Downloaded> go(const Url& first) {
    const auto attempts = environment_.settings.attempts;
    for (int attempt = 1;; ++attempt) {
      auto ended = follow(first);
      if (ended || !retry_ || attempt >= attempts) return ended;
      if (const auto failure = transfer_.pause(pause_after(attempt, environment_.settings, retry_after_));
          failure != Failure::none)
        return failed(failure);
    }
  }

 private:
  std::unexpected<Error> failed(Failure failure) {
    if (failure == Failure::sink) return std::unexpected(target_.error());
    return std::unexpected(error_of(failure, "Download failed", request_.max_bytes));
  }
  std::unexpected<Error> failed(std::string_view text) {
    return fail(ErrorCode::download_failed, fmt::format("Download failed: {}", text));
  }

  /// One attempt: from the first URL through its redirects to a body.
  Result<Downloaded> follow(const Url& first) {
    retry_ = false;
    begun_ = false;
    retry_after_.clear();
    Url url = first;
    bool own_origin = true;
    const bool resuming = target_.size() > 0 && !etag_.empty();
    if (!resuming && target_.size() > 0 && !target_.restart()) return failed(Failure::sink);
    for (unsigned redirects = 0;; ++redirects) {
      Hop hop{.url = &url, .method = "GET", .fields = fields(own_origin, resuming)};
      if (own_origin) {
        hop.user = first.user();
        hop.password = first.password();
      }
      hop.decode = !has_packed_extension(url.path());
      auto end = transfer_.run(
          hop, [&](const Head& head, std::string_view bytes) { return take(head, bytes, resuming); },
          request_.max_bytes);
      if (end.failure == Failure::none && is_redirect(end.head.status)) {
        if (redirects >= static_cast<unsigned>(environment_.settings.max_redirects))
          return failed("too many redirects");
        auto next = url.resolve(end.head.find("location"));
        if (!next) return failed("the server redirects to an address that is not a web address");
        own_origin = own_origin && url.same_origin(*next);
        url = std::move(*next);
        if (request_.has_already) {
          RECAST_TRY(const bool had, request_.has_already(url.str()));
          if (had) return Downloaded{.final_url = url.str(), .redirects = redirects + 1, .had_already = true};
        }
        continue;
      }
      return finish(end, url, redirects, resuming);
    }
  }

  Fields fields(bool own_origin, bool resuming) const {
    Fields list;
    if (own_origin) list.assign(request_.headers.begin(), request_.headers.end());
    if (resuming) {
      list.emplace_back("Range", fmt::format("bytes={}-", target_.size()));
      list.emplace_back("If-Match", etag_);
    }
    return list;
  }

  Appetite take(const Head& head, std::string_view bytes, bool resuming) {
    if (!is_success(head.status, resuming)) return Appetite::enough;
    if (!begun(head, resuming)) return Appetite::broken;
    if (head.status == 206 && !continues(head)) return Appetite::enough;
    // What is there already counts; whether it stays, only the answer's head says.
    const auto known = std::max(total_.value_or(0), target_.size() + bytes.size());
    if (known > request_.max_bytes) return Appetite::too_much;
    if (!target_.append(bytes)) return Appetite::broken;
    if (request_.on_progress) request_.on_progress(target_.size(), total_);
    return Appetite::more;
  }

  /// At the first bytes of an answer: where they go, and what a later attempt needs to go on from there.
  bool begun(const Head& head, bool resuming) {
    if (begun_) return true;
    begun_ = true;
    if (resuming && head.status != 206 && !target_.restart()) return false;
    base_ = target_.size();
    const bool encoded = !head.find("content-encoding").empty();
    const auto length = whole_number(head.find("content-length"));
    total_ = encoded || !length ? std::nullopt : std::optional(base_ + *length);
    if (head.status != 206) {
      const auto tag = head.find("etag");
      etag_ = encoded || tag.starts_with("W/") || tag.size() < 2 || tag.front() != '"' ? std::string() : tag;
    }
    return true;
  }

  bool continues(const Head& head) const {
    return range_start(head.find("content-range")) == base_ && head.find("content-encoding").empty();
  }

  Result<Downloaded> finish(HopEnd& end, const Url& url, unsigned redirects, bool resuming) {
    const auto& head = end.head;
    if (end.failure == Failure::none && is_success(head.status, resuming)) {
      if (!begun(head, resuming)) return failed(Failure::sink);  // an empty body
      if (head.status == 206 && !continues(head)) {
        etag_.clear();  // not the part that was asked for: once more from the start
        retry_ = true;
        return failed("the server sent another part of the file");
      }
      target_.keep();
      return Downloaded{.size = target_.size(),
                        .final_url = url.str(),
                        .content_type = head.find("content-type"),
                        .content_disposition = head.find("content-disposition"),
                        .redirects = redirects};
    }
    if (end.failure == Failure::none) return bad_status(head, resuming);
    retry_ = end.failure == Failure::no_connection || end.failure == Failure::cut_off ||
             end.failure == Failure::stalled || end.failure == Failure::encoding;
    return failed(end.failure);
  }

  std::unexpected<Error> bad_status(const Head& head, bool resuming) {
    retry_ = is_worth_a_retry(head.status);
    if (resuming && (head.status == 412 || head.status == 416)) {
      etag_.clear();  // the file changed meanwhile
      retry_ = true;
    }
    if (retry_) retry_after_ = head.find("retry-after");
    return failed(fmt::format("HTTP {}", head.status));
  }

  const Environment& environment_;
  const Download& request_;
  Target& target_;
  Transfer transfer_;
  std::string etag_;  ///< strong tag of what the target holds the beginning of
  std::optional<std::uint64_t> total_;
  std::uint64_t base_ = 0;  ///< bytes that were there before this answer
  bool begun_ = false;      ///< this attempt's answer began
  bool retry_ = false;
  std::string retry_after_;
};

}  // namespace

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string size_text(std::uint64_t bytes) {
  static constexpr std::array<std::pair<std::uint64_t, std::string_view>, 4> units{
      {{1'000'000'000'000, "TB"}, {1'000'000'000, "GB"}, {1'000'000, "MB"}, {1'000, "KB"}}};
  for (const auto& [unit, name] : units) {
    if (bytes >= unit) return fmt::format("{:.4g} {}", static_cast<double>(bytes) / static_cast<double>(unit), name);
  }
  return fmt::format("{} bytes", bytes);
}

std::string_view cause_of(Failure failure) {
  switch (failure) {
    case Failure::not_allowed:
      return "target address is not allowed";
    case Failure::not_secure:
      return "could not establish a secure connection to host";
    case Failure::cut_off:
      return "the connection ended before the end of the answer";
    case Failure::encoding:
      return "the answer's content encoding is damaged or its end is missing";
    case Failure::unknown_encoding:
      return "the answer has a content encoding other than gzip, deflate, br and zstd";
    case Failure::stalled:
    case Failure::deadline:
      return "timed out";
    default:
      return "could not connect to host";
  }
}

Error error_of(Failure failure, std::string_view prefix, std::uint64_t max_bytes) {
  switch (failure) {
    case Failure::too_large:
      return {
          ErrorCode::file_too_large, fmt::format("The file exceeds the maximum size of {}", size_text(max_bytes)), {}};
    case Failure::stalled:
    case Failure::deadline:
      return {ErrorCode::timeout, fmt::format("{} timed out", prefix.substr(0, prefix.find(' '))), {}};
    case Failure::cancelled:
      return {ErrorCode::cancelled, "Task has been cancelled", {}};
    default:
      return {ErrorCode::download_failed, fmt::format("{}: {}", prefix, cause_of(failure)), {}};
  }
}

Result<Downloaded> run_download(const Environment& environment, const Download& request, Deadline deadline,
                                const std::stop_token& stop) {
  RECAST_TRY(const auto url, Url::parse(request.url));
  RECAST_TRY(auto target, Target::open(request.to));
  return Run(environment, request, deadline, stop, target).go(url);
}

}  // namespace recast::net
