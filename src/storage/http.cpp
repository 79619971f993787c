#include "storage/http.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <optional>

#include "base/log.hpp"
#include "base/text.hpp"
#include "net/client.hpp"
#include "net/fields.hpp"
#include "storage/digest.hpp"
#include "storage/following.hpp"
#include "storage/parallel.hpp"

namespace recast::storage {

namespace {

constexpr std::chrono::seconds kCleanUp{20};
constexpr std::size_t kLongestText = 300;

bool is_success(unsigned status) { return status >= 200 && status < 300; }

/// One object on its way into a file, over several attempts.
class Fetching {
 public:
  Fetching(UniqueFd fd, std::uint64_t max_bytes, Meter& meter)
      : fd_(std::move(fd)), max_bytes_(max_bytes), meter_(meter) {}

  /// The headers of the next attempt.
  Result<Headers> resume() {
    resuming_ = done_ > 0 && !etag_.empty();
    if (resuming_) return Headers{{"Range", fmt::format("bytes={}-", done_)}, {"If-Match", etag_}};
    RECAST_CHECK(restart());
    return Headers();
  }
  Result<std::optional<net::FileSpace>> place(const net::Answer& head) {
    if (resuming_ && head.status == 206) {
      if (net::range_start(header(head, "content-range")) != done_) {
        etag_.clear();
        return fail(ErrorCode::unavailable, "the store sent another part of the file");
      }
    } else {
      RECAST_CHECK(restart());
      const auto tag = header(head, "etag");
      // Some stores forget the quotes (Google, Swift).
      const bool strong = !tag.empty() && !tag.starts_with("W/") && header(head, "content-encoding").empty();
      etag_ = strong ? std::string(tag) : std::string();
      if (const auto length = net::whole_number(header(head, "content-length"));
          length && !std::exchange(expected_, true))
        meter_.expect(*length);
    }
    return net::FileSpace{fd_.get(), done_, max_bytes_ - done_};
  }
  void took(std::uint64_t bytes) {
    done_ += bytes;
    meter_.add(bytes);
  }
  /// Whether a failure of a resumption means no more than that the object is another one by now.
  bool changed(const net::Answer& answer) {
    if (!resuming_ || (answer.status != 412 && answer.status != 416)) return false;
    etag_.clear();
    return true;
  }
  std::uint64_t done() const { return done_; }

 private:
  Result<> restart() {
    if (done_ == 0) return {};
    meter_.take_back(std::exchange(done_, 0));
    return ::ftruncate(fd_.get(), 0) == 0 ? Result<>{}
                                          : std::unexpected(from_errno(errno, "The download cannot be written"));
  }

  UniqueFd fd_;
  std::uint64_t max_bytes_;
  Meter& meter_;
  std::uint64_t done_ = 0;
  std::string etag_;  ///< strong tag of what the file holds the beginning of
  bool resuming_ = false;
  bool expected_ = false;
};

}  // namespace

std::string_view header(const net::Answer& answer, std::string_view name) {
  for (auto at = answer.headers.rbegin(); at != answer.headers.rend(); ++at) {
    if (equal_ignoring_case(at->first, name)) return at->second;
  }
  return {};
}

std::string encode_path(std::string_view name) {
  std::string encoded;
  for (std::size_t begin = 0;;) {
    const auto slash = name.find('/', begin);
    encoded += percent_encode(name.substr(begin, slash - begin));
    if (slash == std::string_view::npos) return encoded;
    encoded += '/';
    begin = slash + 1;
  }
}

std::string provider_text(std::string_view message, std::string_view code) {
  std::string text;
  for (const char c : message) {
    const bool blank = static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
    if (!blank) {
      text += c;
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
  }
  text = as_utf8(std::move(text));
  if (text.size() > kLongestText) {
    std::size_t end = kLongestText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
  }
  text = std::string(trim(text));
  const bool word = !code.empty() && code.size() <= 64 && is_token(code);
  if (!word) return text.empty() ? "the store refused without a reason" : text;
  return text.empty() ? fmt::format("(Code: {})", code) : fmt::format("{} (Code: {})", text, code);
}

std::string md5_of_hex(std::string_view tag) {
  constexpr std::size_t kDigits = 32;
  if (tag.size() == kDigits + 2 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, kDigits);
  if (tag.size() != kDigits) return {};
  std::string bytes;
  for (; !tag.empty(); tag.remove_prefix(2)) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(tag.data(), tag.data() + 2, value, 16);
    if (error != std::errc() || end != tag.data() + 2) return {};
    bytes += static_cast<char>(value);
  }
  return bytes;
}

std::string md5_of_base64(std::string_view text) {
  constexpr std::size_t kBytes = 16;
  auto bytes = from_base64(trim(text));
  return bytes && bytes->size() == kBytes ? std::move(*bytes) : std::string();
}

std::string words_for(unsigned status, std::string_view places) {
  switch (status) {
    case 401:
    case 403:
      return "access denied";
    case 404:
      return fmt::format("{} does not exist", places);
    case 413:
      return "the file is too large for the store, or a quota of the store is used up";
    case 507:
      return "the store is full";
    default:
      return "the store refused";
  }
}

Result<Source> Source::open(const fs::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return std::unexpected(from_errno(errno, "The file cannot be read"));
  return Source(std::move(fd), static_cast<std::uint64_t>(status.st_size));
}

Parts Parts::of(std::uint64_t file, std::uint64_t wanted, std::uint64_t most, std::uint64_t step) {
  const auto least = (file + most - 1) / most;
  return {file, least <= wanted ? wanted : (least + step - 1) / step * step};
}

/// A session for the time of one call. What another thread gave back keeps its connections.
class Http::Lease {
 public:
  explicit Lease(const Http& owner) : owner_(owner) {
    owner_.idle_.with([&](auto& idle) {
      if (idle.empty()) return;
      session_ = std::move(idle.back());
      idle.pop_back();
    });
    if (!session_) session_ = owner_.connection_.net.session(owner_.connection_.deadline, owner_.connection_.stop);
  }
  ~Lease() {
    if (session_) owner_.idle_.with([&](auto& idle) { idle.push_back(std::move(session_)); });
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  net::Session* get() const { return session_.get(); }

 private:
  const Http& owner_;
  std::unique_ptr<net::Session> session_;
};

Http::Http(const Connection& connection, Protocol protocol) : connection_(connection), protocol_(std::move(protocol)) {}

Http::~Http() = default;

Result<net::Answer> Http::ask(const Make& make) const {
  const Lease lease(*this);
  if (lease.get() == nullptr) return fail(ErrorCode::unavailable, "could not connect to host");
  return lease.get()->call(make, protocol_.another);
}

Result<net::Answer> Http::call(const Make& make) const {
  RECAST_TRY(auto answer, ask(make));
  if (!is_success(answer.status)) return std::unexpected(protocol_.explain(answer));
  return answer;
}

unsigned Http::clean_up(const Make& make) const {
  const auto session = connection_.net.session(Deadline::in(kCleanUp), {});
  if (!session) return 0;
  const auto answer = session->call(make, protocol_.another);
  return answer ? answer->status : 0;
}

Result<std::uint64_t> Http::fetch(const std::function<Result<net::Call>(const Headers& range)>& make,
                                  const fs::path& to, Meter& meter,
                                  const std::function<std::string(const net::Answer& head)>& md5_of_head) const {
  for (int attempt = 1;; ++attempt) {
    std::string md5;
    Following following;
    const auto on_head = [&](const net::Answer& head) {
      if (!md5_of_head || head.status != 200) return;
      md5 = md5_of_head(head);
      if (!md5.empty()) following.begin(to, net::whole_number(header(head, "content-length")));
    };
    RECAST_TRY(const auto size,
               fetch_once(make, to, meter, on_head, [&](std::uint64_t bytes) { following.took(bytes); }));
    if (md5.empty()) return size;
    auto own = following.end();
    if (!own) {
      RECAST_TRY(const auto source, Source::open(to));
      RECAST_TRY(own, md5_of(source.whole(), connection_.stop));
    }
    if (*own == md5) return size;
    log::warning("a store sent other bytes than it says", {{"attempt", attempt}, {"size", size}});
    if (attempt >= connection_.net.patience().attempts)
      return fail(ErrorCode::unavailable, "the bytes that came are not those of the object");
    meter.give_up(size);
  }
}

Result<std::uint64_t> Http::fetch_once(const std::function<Result<net::Call>(const Headers& range)>& make,
                                       const fs::path& to, Meter& meter,
                                       const std::function<void(const net::Answer& head)>& on_head,
                                       const std::function<void(std::uint64_t)>& on_bytes) const {
  UniqueFd fd(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return std::unexpected(from_errno(errno, "The download cannot be written"));
  Fetching fetching(std::move(fd), static_cast<std::uint64_t>(connection_.settings.max_file_bytes), meter);
  const auto attempt = [&]() -> Result<net::Call> {
    RECAST_TRY(const auto range, fetching.resume());
    RECAST_TRY(auto call, make(range));
    call.place = [&](const net::Answer& head) {
      on_head(head);
      return fetching.place(head);
    };
    call.on_bytes = [&](std::uint64_t bytes) {
      fetching.took(bytes);
      on_bytes(bytes);
    };
    return call;
  };
  const auto another = [&](const net::Answer& answer) {
    return fetching.changed(answer) || (protocol_.another && protocol_.another(answer));
  };
  const Lease lease(*this);
  if (lease.get() == nullptr) return fail(ErrorCode::unavailable, "could not connect to host");
  RECAST_TRY(const auto answer, lease.get()->call(attempt, another));
  if (!is_success(answer.status)) return std::unexpected(protocol_.explain(answer));
  return fetching.done();
}

Result<> Http::in_parts(const Parts& parts, const std::function<Result<>(std::size_t part)>& send) const {
  return in_parallel(parts.count(), static_cast<std::size_t>(connection_.settings.parts_at_once), send);
}

}  // namespace recast::storage
