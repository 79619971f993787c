#include "storages/google_cloud_storage/objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "base/text.hpp"
#include "format/format.hpp"
#include "net/url.hpp"
#include "storage/digest.hpp"
#include "storages/google_cloud_storage/answers.hpp"
#include "storages/google_cloud_storage/unpack.hpp"
#include "storages/google_cloud_storage/upload.hpp"

namespace recast::storages::google {

namespace {

constexpr std::uint64_t kWhole = 8 << 20;   // larger files go in chunks
constexpr std::uint64_t kUnit = 256 << 10;  // chunks are multiples of it
constexpr std::string_view kPageSize = "1000";

std::string scope_for(Purpose purpose) {
  return fmt::format("https://www.googleapis.com/auth/devstorage.{}",
                     purpose == Purpose::reading ? "read_only" : "read_write");
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::string type_of(const std::string& name) {
  const auto type = format::mime_of_file_name(name);
  return type.empty() ? "application/octet-stream" : std::string(type);
}

bool says_gzip(std::string_view encoding) {
  const auto plain = lower(trim(encoding));
  return plain == "gzip" || plain == "x-gzip";
}

/// Files that are meant to be packed.
bool is_named_packed(std::string_view name) {
  const auto plain = lower(name);
  return plain.ends_with(".gz") || plain.ends_with(".tgz") || plain.ends_with(".svgz");
}

std::string origin_of(const net::Url& url) { return fmt::format("{}://{}:{}", url.scheme(), url.host(), url.port()); }

Result<std::string> origin_of_setting(const std::string& text) {
  const auto url = net::Url::parse(text);
  if (!url || text.find_first_of("?#@") != std::string::npos)
    return fail(ErrorCode::invalid_data, "the address of Google Cloud Storage in the settings cannot be used");
  return origin_of(*url);
}

}  // namespace

Objects::Objects(const Access& access, const Settings& settings, const storage::Connection& connection, Purpose purpose,
                 std::string origin)
    : access_(access),
      connection_(connection),
      base_(without_slash(settings.url)),
      origin_(std::move(origin)),
      trusted_(settings.url != kUrl),
      tokens_(settings.tokens),
      http_(connection,
            {.explain = [this](const net::Answer& answer) { return explain(answer); }, .another = &is_passing}),
      login_(http_, *tokens_, {access.client_email, access.private_key, scope_for(purpose), settings.token_url},
             settings.token_url != kTokenUrl) {}

Result<std::unique_ptr<storage::ObjectStore>> Objects::open(const Access& access, const Settings& settings,
                                                            const storage::Connection& connection, Purpose purpose) {
  const auto& bucket = access.bucket;
  if (bucket.find('/') != std::string::npos || bucket == "." || bucket == "..")
    return fail(ErrorCode::invalid_data, "the bucket is not the name of a bucket", "bucket");
  RECAST_TRY(auto origin, origin_of_setting(settings.url));
  std::unique_ptr<Objects> objects(new Objects(access, settings, connection, purpose, std::move(origin)));
  RECAST_CHECK(objects->login_.token());
  return objects;
}

std::string Objects::path_of(std::string_view object) const {
  auto path = fmt::format("/storage/v1/b/{}/o", percent_encode(access_.bucket));
  return object.empty() ? path : fmt::format("{}/{}", path, percent_encode(object));
}

Result<net::Call> Objects::authorized(const Asked& asked) const {
  RECAST_TRY(const auto token, login_.token());
  auto query = asked.query;
  if (names_payer_) query.emplace_back("userProject", access_.project_id);
  std::string text;
  for (const auto& [name, value] : query) {
    text += fmt::format("{}{}={}", text.empty() ? "?" : "&", percent_encode(name), percent_encode(value));
  }
  net::Call call;
  call.method = asked.method;
  call.url = base_ + asked.path + text;
  call.headers = asked.headers;
  call.headers.emplace_back("Authorization", "Bearer " + token);
  if (asked.method == "POST") call.body = asked.body;
  call.trusted = trusted_;
  return call;
}

Result<net::Answer> Objects::call(const Asked& asked) const {
  return http_.call([&] { return authorized(asked); });
}

Result<std::vector<storage::Object>> Objects::list(const std::string& prefix, std::size_t at_most) {
  return corrected([&]() -> Result<std::vector<storage::Object>> {
    std::vector<storage::Object> objects;
    std::string next;
    do {
      Asked asked{.path = path_of({}),
                  .query = {{"maxResults", std::string(kPageSize)}, {"fields", "items(name,size),nextPageToken"}},
                  .headers = {},
                  .body = {}};
      if (!prefix.empty()) asked.query.emplace_back("prefix", prefix);
      if (!next.empty()) asked.query.emplace_back("pageToken", next);
      RECAST_TRY(const auto answer, call(asked));
      RECAST_TRY(auto page, page_of(answer.body));
      for (auto& object : page.objects) objects.push_back(std::move(object));
      if (!page.next.empty() && page.next == next)
        return fail(ErrorCode::unavailable, "the list of objects does not go on");
      next = std::move(page.next);
    } while (!next.empty() && objects.size() <= at_most);
    return objects;
  });
}

Result<std::uint64_t> Objects::fetch(const std::string& name, const storage::fs::path& to, storage::Meter& meter) {
  return corrected([&]() -> Result<std::uint64_t> {
    Arriving arriving;
    // Without Accept-Encoding the store would unpack what it keeps packed, and say neither length nor hash.
    const auto make = [&](const storage::Headers& range) {
      Asked asked{.path = path_of(name), .query = {{"alt", "media"}}, .headers = range, .body = {}};
      asked.headers.emplace_back("Accept-Encoding", "gzip");
      return authorized(asked);
    };
    RECAST_TRY(const auto size, http_.fetch(make, to, meter, [&](const net::Answer& head) {
      arriving.packed = says_gzip(storage::header(head, "content-encoding"));
      const auto stored = storage::header(head, "x-goog-stored-content-encoding");
      arriving.stored_packed = stored.empty() ? arriving.packed : says_gzip(stored);
      arriving.md5 = md5_of_hashes(head);
      // What the store packs or unpacks on the way is looked at below.
      return arriving.packed == arriving.stored_packed ? storage::md5_of_base64(arriving.md5) : std::string();
    }));
    return unpacked(name, to, size, arriving);
  });
}

Result<> Objects::check_md5(const storage::fs::path& file, const std::string& md5) const {
  if (md5.empty()) return {};
  RECAST_TRY(const auto source, storage::Source::open(file));
  RECAST_TRY(const auto own, storage::md5_of(source.whole(), connection_.stop));
  if (to_base64(own) != md5) return fail(ErrorCode::unavailable, "the bytes that came are not those of the object");
  return {};
}

Result<std::uint64_t> Objects::unpacked(const std::string& name, const storage::fs::path& file, std::uint64_t size,
                                        const Arriving& arriving) const {
  const bool meant = arriving.stored_packed && is_named_packed(name);
  if (!arriving.packed || meant) return size;
  RECAST_TRY(const auto plain, unpack_gzip(file, {static_cast<std::uint64_t>(connection_.settings.max_file_bytes),
                                                  connection_.deadline, connection_.stop}));
  if (!arriving.stored_packed) RECAST_CHECK(check_md5(file, arriving.md5));  // it was packed on its way only
  return plain;
}

Result<> Objects::send(const storage::fs::path& from, const std::string& name, storage::Meter& meter) {
  RECAST_TRY(const auto source, storage::Source::open(from));
  const auto whole = std::min(kWhole, static_cast<std::uint64_t>(connection_.settings.multipart_bytes));
  return corrected(
      [&] { return source.size() <= whole ? send_whole(source, name, meter) : send_in_chunks(source, name, meter); });
}

Result<> Objects::send_whole(const storage::Source& source, const std::string& name, storage::Meter& meter) const {
  RECAST_TRY(const auto md5, storage::md5_of(source.whole(), connection_.stop));
  const Asked asked{.method = "POST",
                    .path = "/upload" + path_of({}),
                    .query = {{"uploadType", "media"}, {"name", name}},
                    .headers = {{"Content-Type", type_of(name)}},
                    .body = {}};
  storage::Counted counted(meter);
  RECAST_TRY(const auto answer, http_.call([&]() -> Result<net::Call> {
    RECAST_TRY(auto call, authorized(asked));
    call.body = source.whole();
    counted.count(call);
    return call;
  }));
  return confirm(answer, name, to_base64(md5));
}

Result<> Objects::send_in_chunks(const storage::Source& source, const std::string& name, storage::Meter& meter) const {
  // The hash is of the whole file and needed in the end: it is made while the chunks are on their way.
  std::stop_source hashing;
  auto md5 = std::async(std::launch::async, [&] { return storage::md5_of(source.whole(), hashing.get_token()); });
  const Upload::Store store{.http = http_,
                            .begin = [&] { return begin_upload(name, source.size()); },
                            .explain = [this](const net::Answer& answer) { return explain(answer); },
                            .trusted = trusted_};
  const auto wanted = static_cast<std::uint64_t>(connection_.settings.part_bytes);
  auto answer = Upload(store, source, std::max(wanted / kUnit, std::uint64_t{1}) * kUnit, meter).run();
  if (!answer) {
    hashing.request_stop();
    return std::unexpected(std::move(answer).error());
  }
  RECAST_TRY(const auto own, md5.get());
  return confirm(*answer, name, to_base64(own));
}

Result<std::string> Objects::begin_upload(const std::string& name, std::uint64_t size) const {
  const Asked asked{.method = "POST",
                    .path = "/upload" + path_of({}),
                    .query = {{"uploadType", "resumable"}, {"name", name}},
                    .headers = {{"Content-Type", "application/json"},
                                {"X-Upload-Content-Type", type_of(name)},
                                {"X-Upload-Content-Length", std::to_string(size)}},
                    .body = "{}"};
  RECAST_TRY(const auto answer, call(asked));
  // The file goes to no other server than the one that the operator named.
  const auto url = net::Url::parse(storage::header(answer, "location"));
  if (!url || origin_of(*url) != origin_)
    return fail(ErrorCode::unavailable, "the store wants the file to be sent to another host");
  return url->str();
}

Result<> Objects::confirm(const net::Answer& answer, const std::string& name, const std::string& md5) const {
  const auto written = written_of(answer.body);
  if (written.md5.empty() || written.md5 == md5) return {};
  http_.clean_up([&] {
    Asked asked{.method = "DELETE", .path = path_of(name), .query = {}, .headers = {}, .body = {}};
    if (!written.generation.empty()) asked.query.emplace_back("ifGenerationMatch", written.generation);
    return authorized(asked);
  });
  return fail(ErrorCode::unavailable, "the bytes that arrived are not those that were sent");
}

Result<> Objects::remove(const std::string& name) {
  return corrected([&]() -> Result<> {
    const auto answer = call({.method = "DELETE", .path = path_of(name), .query = {}, .headers = {}, .body = {}});
    if (answer || answer.error().code == ErrorCode::not_found) return {};
    return std::unexpected(answer.error());
  });
}

Error Objects::explain(const net::Answer& answer) const {
  const auto fault = fault_of(answer);
  if (answer.status == 401) {
    login_.forget();
    ++lessons_;
  } else if (wants_a_payer(fault, answer.status) && !names_payer_.exchange(true)) {
    ++lessons_;
  }
  return meaning_of(fault, answer.status);
}

}  // namespace recast::storages::google
