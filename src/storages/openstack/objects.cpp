#include "storages/openstack/objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <thread>

#include "base/random.hpp"
#include "base/text.hpp"
#include "format/format.hpp"
#include "net/url.hpp"
#include "storage/digest.hpp"

namespace recast::storages::openstack {

namespace {

constexpr std::uint64_t kSmall = 1 << 20;  // every store takes this in one piece
constexpr std::size_t kShortName = 256;    // no store takes less
constexpr std::uint64_t kMegabyte = 1 << 20;
constexpr std::size_t kMostLeft = 100'000;
constexpr std::string_view kRefused = "access denied (HTTP 401)";

std::string words_of(unsigned status) {
  if (status == 422) return "other bytes arrived than were sent";
  return storage::words_for(status, "the container or the object");
}

Error meaning_of(const net::Answer& answer) {
  const auto text = fmt::format("{} (HTTP {})", words_of(answer.status), answer.status);
  if (answer.status == 401 || answer.status == 403) return {ErrorCode::invalid_credentials, text, {}};
  if (answer.status == 413 || answer.status == 507) return {ErrorCode::disk_full, text, {}};
  return {answer.status == 404 ? ErrorCode::not_found : ErrorCode::unavailable, text, {}};
}

/// Swift's own status for too many requests.
bool is_passing(const net::Answer& answer) { return answer.status == 498; }

std::uint64_t number(const json::value& value, std::initializer_list<std::string_view> path, std::uint64_t otherwise) {
  const auto* const found = member(value, path);
  if (found == nullptr || !found->is_number()) return otherwise;
  boost::system::error_code error;
  const auto number = found->to_number<std::uint64_t>(error);
  return error ? otherwise : number;
}

/// The MD5 of an object; the tag of a large one is of another kind.
std::string md5_of(const net::Answer& head) {
  const bool large =
      !storage::header(head, "x-static-large-object").empty() || !storage::header(head, "x-object-manifest").empty();
  return large ? std::string() : storage::md5_of_hex(storage::header(head, "etag"));
}

std::string type_of(const std::string& name) {
  const auto type = format::mime_of_file_name(name);
  return type.empty() ? "application/octet-stream" : std::string(type);
}

}  // namespace

Limits limits_of(std::string_view info) {
  Limits limits;
  const auto value = parse(info);
  if (!value || member(*value, {"swift"}) == nullptr) return limits;
  const auto positive = [](std::uint64_t said, std::uint64_t usual) { return said == 0 ? usual : said; };
  limits.max_file_bytes = positive(number(*value, {"swift", "max_file_size"}, 0), limits.max_file_bytes);
  limits.max_segments = positive(number(*value, {"slo", "max_manifest_segments"}, 0), limits.max_segments);
  limits.max_name_bytes = positive(number(*value, {"swift", "max_object_name_length"}, 0), limits.max_name_bytes);
  limits.static_large_objects = member(*value, {"slo"}) != nullptr;
  return limits;
}

Result<Page> page_of(std::string_view listing) {
  Page page;
  if (trim(listing).empty()) return page;
  RECAST_TRY(const auto value, parse(listing));
  if (!value.is_array()) return fail(ErrorCode::unavailable, "the answer is no list of objects");
  for (const auto& entry : value.get_array()) {
    auto name = text(entry, {"name"});
    if (name.empty()) continue;  // {"subdir": …}
    page.next = name;
    const auto size = number(entry, {"bytes"}, 0);
    const bool folder = text(entry, {"content_type"}) == "application/directory" || (size == 0 && name.ends_with('/'));
    if (!folder) page.objects.push_back({std::move(name), size});
  }
  return page;
}

Objects::Objects(const Access& access, const Settings& settings, const storage::Connection& connection)
    : access_(access),
      settings_(settings),
      connection_(connection),
      identity_(access_, settings_, connection),
      http_(connection, {.explain = &meaning_of, .another = &is_passing}) {}

Result<std::unique_ptr<storage::ObjectStore>> Objects::open(const Access& access, const Settings& settings,
                                                            const storage::Connection& connection) {
  if (access.container.find('/') != std::string::npos || access.container == "." || access.container == "..")
    return fail(ErrorCode::invalid_data, "the container is not the name of a container", "container");
  std::unique_ptr<Objects> objects(new Objects(access, settings, connection));
  RECAST_CHECK(objects->grant());
  return objects;
}

Result<Grant> Objects::grant() const {
  const std::lock_guard lock(mutex_);
  if (!grant_) {
    RECAST_TRY(grant_, identity_.grant());
  }
  return *grant_;
}

Result<> Objects::renew(const Grant& refused) const {
  const std::lock_guard lock(mutex_);
  if (grant_ && grant_->token != refused.token) return {};  // another thread was faster
  RECAST_TRY(grant_, identity_.grant());
  return {};
}

bool Objects::is_refusal(const Error& error) { return error.message == kRefused; }

std::string Objects::path_of(std::string_view container, std::string_view object) const {
  return fmt::format("/{}/{}", percent_encode(container), storage::encode_path(object));
}

Result<net::Call> Objects::call_of(const Asked& asked) const {
  RECAST_TRY(const auto granted, grant());
  net::Call call{.method = asked.method,
                 .url = granted.storage_url + asked.path,
                 .headers = asked.headers,
                 .body = {},
                 .place = {},
                 .on_bytes = {}};
  call.headers.emplace_back("X-Auth-Token", granted.token);
  if (asked.method == "PUT") call.body = asked.body;
  return call;
}

Result<net::Answer> Objects::call(const Asked& asked) const {
  return renewed([&] { return http_.call([&] { return call_of(asked); }); });
}

Result<std::vector<storage::Object>> Objects::list(const std::string& prefix, std::size_t at_most) {
  return list_container(access_.container, prefix, at_most);
}

Result<std::vector<storage::Object>> Objects::list_container(const std::string& container, const std::string& prefix,
                                                             std::size_t at_most) const {
  std::vector<storage::Object> objects;
  std::string marker;
  while (objects.size() <= at_most) {
    auto path = fmt::format("/{}?format=json&limit=1000&prefix={}", percent_encode(container), percent_encode(prefix));
    if (!marker.empty()) path += "&marker=" + percent_encode(marker);
    RECAST_TRY(const auto answer, call({.method = "GET", .path = path, .headers = {}, .body = {}}));
    RECAST_TRY(auto page, page_of(answer.body));
    if (page.next.empty()) break;
    if (page.next == marker) return fail(ErrorCode::unavailable, "the list of objects does not go on");
    marker = std::move(page.next);
    std::ranges::move(page.objects, std::back_inserter(objects));
  }
  return objects;
}

Result<std::uint64_t> Objects::fetch(const std::string& name, const storage::fs::path& to, storage::Meter& meter) {
  const auto path = path_of(access_.container, name);
  return renewed([&] {
    return http_.fetch(
        [&](const storage::Headers& range) {
          return call_of({.method = "GET", .path = path, .headers = range, .body = {}});
        },
        to, meter, &md5_of);
  });
}

const Limits& Objects::limits() const {
  std::call_once(asked_limits_, [this] {
    const auto granted = grant();
    const auto url = granted ? net::Url::parse(granted->storage_url) : net::Url::parse("");
    if (!url) return;
    const auto end = granted->storage_url.find('/', granted->storage_url.find("://") + 3);
    const auto answer = http_.call([&]() -> Result<net::Call> {
      return net::Call{.method = "GET",
                       .url = granted->storage_url.substr(0, end) + "/info",
                       .headers = {},
                       .body = {},
                       .place = {},
                       .on_bytes = {}};
    });
    if (answer) limits_ = limits_of(answer->body);  // else it is disabled
  });
  return limits_;
}

Result<> Objects::send(const storage::fs::path& from, const std::string& name, storage::Meter& meter) {
  RECAST_TRY(const auto source, storage::Source::open(from));
  if (name.size() > kShortName && name.size() > limits().max_name_bytes)
    return fail(ErrorCode::invalid_data,
                fmt::format("the name is longer than the {} bytes that the store takes", limits().max_name_bytes));
  auto whole = static_cast<std::uint64_t>(settings_.large_bytes);
  if (source.size() > kSmall) whole = std::min(whole, limits().max_file_bytes);
  if (source.size() > whole) return send_in_segments(source, name, meter);
  RECAST_CHECK(send_piece(path_of(access_.container, name), type_of(name), source.whole(), meter));
  return {};
}

Result<std::string> Objects::send_piece(const std::string& path, const std::string& content_type,
                                        const net::FilePart& piece, storage::Meter& meter) const {
  RECAST_TRY(const auto hashes, storage::digests(piece));
  auto tag = to_hex(hashes.md5);
  storage::Counted counted(meter);
  RECAST_CHECK(renewed([&] {
    return http_.call([&]() -> Result<net::Call> {
      RECAST_TRY(
          auto call,
          call_of(
              {.method = "PUT", .path = path, .headers = {{"Content-Type", content_type}, {"ETag", tag}}, .body = {}}));
      call.body = piece;
      counted.count(call);
      return call;
    });
  }));
  return tag;
}

/// A fresh one for each attempt, by whose name a later one knows it.
std::string Objects::segment_folder(const std::string& name) const {
  const auto& origin = connection_.origin;
  const auto own = origin.task.empty() ? SystemRandom().token(16) : fmt::format("{}-{}", origin.task, origin.attempt);
  return fmt::format("{}/{}/", name, own);
}

/// Segments of earlier attempts, whose server was killed. Not before the new object is there: one of them may have
/// completed the old one.
void Objects::remove_leftovers(const std::string& name, const std::string& folder) const {
  const auto& origin = connection_.origin;
  if (origin.attempt < 2 || origin.task.empty()) return;
  const auto container = access_.container + "_segments";
  const auto left = list_container(container, fmt::format("{}/{}-", name, origin.task), kMostLeft);
  if (!left) return;
  for (const auto& segment : *left) {
    if (segment.name.starts_with(folder)) continue;
    (void)call({.method = "DELETE", .path = path_of(container, segment.name), .headers = {}, .body = {}});
  }
}

Result<> Objects::send_in_segments(const storage::Source& source, const std::string& name,
                                   storage::Meter& meter) const {
  const auto most = limits().static_large_objects ? limits().max_segments : std::uint64_t{100'000};
  const auto wanted = std::min(static_cast<std::uint64_t>(settings_.segment_bytes), limits().max_file_bytes);
  const auto parts = storage::Parts::of(source.size(), wanted, most, kMegabyte);
  const auto container = access_.container + "_segments";
  RECAST_CHECK(call({.method = "PUT", .path = "/" + percent_encode(container), .headers = {}, .body = {}}));
  const auto folder = segment_folder(name);
  std::vector<Segment> segments(parts.count());
  auto sent = http_.in_parts(parts, [&](std::size_t part) -> Result<> {
    auto& segment = segments[part];
    const auto object = fmt::format("{}{:08}", folder, part + 1);
    segment = {path_of(container, object), fmt::format("/{}/{}", container, object), {}, parts.length(part)};
    RECAST_TRY(segment.tag, send_piece(segment.path, "application/octet-stream",
                                       source.part(parts.offset(part), parts.length(part)), meter));
    return {};
  });
  if (sent) sent = write_manifest(name, folder, segments);
  if (sent) {
    remove_leftovers(name, folder);
    return {};
  }
  std::vector<std::string> left;
  for (const auto& segment : segments) {
    if (!segment.path.empty()) left.push_back(segment.path);  // others were not begun
  }
  // One whose bytes had all been sent when the task was stopped may come to be after it was removed.
  for (const auto pause : {0, 500, 2000}) {
    if (left.empty()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(pause));
    std::erase_if(left, [&](const auto& path) {
      const auto status =
          http_.clean_up([&] { return call_of({.method = "DELETE", .path = path, .headers = {}, .body = {}}); });
      return status >= 200 && status < 300;
    });
  }
  return sent;
}

Result<> Objects::write_manifest(const std::string& name, const std::string& folder,
                                 const std::vector<Segment>& segments) const {
  Asked asked{.method = "PUT",
              .path = path_of(access_.container, name),
              .headers = {{"Content-Type", type_of(name)}},
              .body = {}};
  if (limits().static_large_objects) {
    json::array list;
    for (const auto& segment : segments)
      list.push_back(json::object{{"path", segment.name}, {"etag", segment.tag}, {"size_bytes", segment.size}});
    asked.path += "?multipart-manifest=put";
    asked.body = json::serialize(list);
  } else {
    asked.headers.emplace_back("X-Object-Manifest",
                               percent_encode(access_.container + "_segments") + "/" + storage::encode_path(folder));
  }
  RECAST_CHECK(call(asked));
  return {};
}

Result<> Objects::remove(const std::string& name) {
  // Of a large object the segments too.
  const auto path = path_of(access_.container, name) + "?multipart-manifest=delete";
  const auto answer = call({.method = "DELETE", .path = path, .headers = {}, .body = {}});
  if (!answer && answer.error().code != ErrorCode::not_found) return std::unexpected(answer.error());
  return {};
}

}  // namespace recast::storages::openstack
