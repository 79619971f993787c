#include "storages/s3/objects.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/text.hpp"
#include "format/format.hpp"
#include "net/fields.hpp"
#include "storage/digest.hpp"
#include "storage/xml.hpp"
#include "storages/s3/errors.hpp"
#include "storages/s3/listing.hpp"
#include "storages/s3/multipart.hpp"

namespace recast::storages::s3 {

namespace {

constexpr std::uint64_t kSmallestPart = 5 << 20;
constexpr std::uint64_t kMostParts = 9'000;  // of the 10,000 that are allowed
constexpr std::uint64_t kMegabyte = 1 << 20;
constexpr std::string_view kPageSize = "1000";

/// The MD5 of the object, if its tag is one: it is none of an object in parts, or encrypted by a customer's key.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
std::string md5_of(const net::Answer& head) {
  const bool other_tag = storage::header(head, "x-amz-server-side-encryption").starts_with("aws:kms") ||
                         !storage::header(head, "x-amz-server-side-encryption-customer-algorithm").empty();
  return other_tag ? std::string() : storage::md5_of_hex(storage::header(head, "etag"));
}

}  // namespace

Objects::Objects(Access access, const Settings& settings, const storage::Connection& connection, Pairs object_headers,
                 Address address)
    : access_(std::move(access)),
      settings_(settings),
      connection_(connection),
      object_headers_(std::move(object_headers)),
      address_(std::move(address)),
      region_(access_.region),
      http_(connection,
            {.explain = [this](const net::Answer& answer) { return explain(answer); }, .another = &is_passing}) {}

Result<std::unique_ptr<storage::ObjectStore>> Objects::open(Access access, const Settings& settings,
                                                            const storage::Connection& connection,
                                                            Pairs object_headers) {
  RECAST_TRY(auto address, address_of(access, access.region, settings));
  return std::unique_ptr<storage::ObjectStore>(
      new Objects(std::move(access), settings, connection, std::move(object_headers), std::move(address)));
}

Result<net::Call> Objects::signed_call(const Asked& asked) const {
  const auto address = address_.with([](const auto& one) { return one; });
  const auto region = region_.with([](const auto& one) { return one; });
  Request request{.method = asked.method,
                  .host = address.host,
                  .path = address.path + "/" + storage::encode_path(asked.key),
                  .query = asked.query,
                  .headers = asked.headers,
                  .payload = asked.payload.empty() ? to_hex(storage::sha256("")) : asked.payload};
  // The bucket itself, with its name in the path, is asked for without a slash at the end.
  if (asked.key.empty() && !address.path.empty()) request.path = address.path;
  sign(request, {access_.access_key_id, access_.secret_access_key, access_.session_token}, region,
       std::chrono::system_clock::now() + std::chrono::seconds(clock_skew_));
  const auto query = canonical_query(request.query);
  return net::Call{.method = request.method,
                   .url = fmt::format("{}{}{}{}", address.origin, request.path, query.empty() ? "" : "?", query),
                   .headers = std::move(request.headers),
                   .body = {},
                   .place = {},
                   .on_bytes = {},
                   .trusted = address.trusted};
}

Result<net::Answer> Objects::call(const Asked& asked, const std::string& body) const {
  return http_.call([&]() -> Result<net::Call> {
    RECAST_TRY(auto call, signed_call(asked));
    if (!body.empty() || asked.method == "POST" || asked.method == "PUT") call.body = body;
    return call;
  });
}

Result<std::vector<storage::Object>> Objects::list(const std::string& prefix, std::size_t at_most) {
  return corrected([&]() -> Result<std::vector<storage::Object>> {
    std::vector<storage::Object> objects;
    std::string next;
    auto version = ListVersion::two;
    auto listed = list_page(version, prefix, at_most, objects, next);
    // Older stores know the first version only.
    if (!listed && listed.error().message.contains("NotImplemented")) {
      version = ListVersion::one;
      listed = list_page(version, prefix, at_most, objects, next);
    }
    while (listed && !next.empty() && objects.size() <= at_most) {
      listed = list_page(version, prefix, at_most, objects, next);
    }
    if (!listed) return std::unexpected(std::move(listed).error());
    return objects;
  });
}

Result<> Objects::list_page(ListVersion version, const std::string& prefix, std::size_t at_most,
                            std::vector<storage::Object>& objects, std::string& next) const {
  Asked asked{.query = {{"encoding-type", "url"}, {"max-keys", std::string(kPageSize)}, {"prefix", prefix}}};
  if (version == ListVersion::two) asked.query.emplace_back("list-type", "2");
  if (!next.empty()) asked.query.emplace_back(version == ListVersion::two ? "continuation-token" : "marker", next);
  RECAST_TRY(const auto answer, call(asked));
  RECAST_TRY(auto page, read_page(answer.body));
  for (auto& object : page.objects) {
    if (objects.size() > at_most) break;
    objects.push_back(std::move(object));
  }
  const auto before = std::exchange(next, {});
  if (!page.truncated) return {};
  next = version == ListVersion::two ? page.token : page.last;
  if (next.empty() || next == before) return fail(ErrorCode::unavailable, "the list of objects does not go on");
  return {};
}

Result<std::uint64_t> Objects::fetch(const std::string& name, const storage::fs::path& to, storage::Meter& meter) {
  return corrected([&] {
    return http_.fetch(
        [&](const storage::Headers& range) { return signed_call({.key = name, .query = {}, .headers = range}); }, to,
        meter, [this](const net::Answer& head) { return settings_.check_etag ? md5_of(head) : std::string(); });
  });
}

Pairs Objects::headers_for(const std::string& name) const {
  auto headers = object_headers_;
  for (const auto& header : headers) {
    if (header.first == "Content-Type") return headers;
  }
  const auto type = format::mime_of_file_name(name);
  headers.emplace_back("Content-Type", type.empty() ? "application/octet-stream" : std::string(type));
  return headers;
}

Result<> Objects::send(const storage::fs::path& from, const std::string& name, storage::Meter& meter) {
  RECAST_TRY(const auto source, storage::Source::open(from));
  const auto whole = static_cast<std::uint64_t>(connection_.settings.multipart_bytes);
  return corrected(
      [&] { return source.size() <= whole ? send_whole(source, name, meter) : send_in_parts(source, name, meter); });
}

Result<> Objects::send_whole(const storage::Source& source, const std::string& name, storage::Meter& meter) const {
  RECAST_TRY(const auto hashes, storage::digests(source.whole()));
  Asked asked{
      .method = "PUT", .key = name, .query = {}, .headers = headers_for(name), .payload = to_hex(hashes.sha256)};
  asked.headers.emplace_back("Content-MD5", to_base64(hashes.md5));
  storage::Counted counted(meter);
  RECAST_CHECK(http_.call([&]() -> Result<net::Call> {
    RECAST_TRY(auto call, signed_call(asked));
    call.body = source.whole();
    counted.count(call);
    return call;
  }));
  return {};
}

Result<> Objects::send_in_parts(const storage::Source& source, const std::string& name, storage::Meter& meter) const {
  const auto wanted = std::max(static_cast<std::uint64_t>(connection_.settings.part_bytes), kSmallestPart);
  const auto parts = storage::Parts::of(source.size(), wanted, kMostParts, kMegabyte);
  abort_leftovers(name);
  RECAST_TRY(const auto begun,
             call({.method = "POST", .key = name, .query = {{"uploads", ""}}, .headers = headers_for(name)}));
  RECAST_TRY(const auto answer, storage::parse_xml(begun.body));
  const std::string upload(answer.text_of("UploadId"));
  if (upload.empty()) return fail(ErrorCode::unavailable, "the store did not begin an upload");
  std::vector<std::string> tags(parts.count());
  auto done = http_.in_parts(parts, [&](std::size_t part) -> Result<> {
    RECAST_TRY(tags[part], send_part(source, name, upload, parts, part, meter));
    return {};
  });
  if (done) done = complete(name, upload, tags, source.size());
  if (!done) {
    http_.clean_up([&] { return signed_call({.method = "DELETE", .key = name, .query = {{"uploadId", upload}}}); });
  }
  return done;
}

Result<std::string> Objects::send_part(const storage::Source& source, const std::string& name,
                                       const std::string& upload, const storage::Parts& parts, std::size_t part,
                                       storage::Meter& meter) const {
  const auto piece = source.part(parts.offset(part), parts.length(part));
  RECAST_TRY(const auto hashes, storage::digests(piece));
  storage::Counted counted(meter);
  RECAST_TRY(const auto answer, http_.call([&]() -> Result<net::Call> {
    RECAST_TRY(auto call, signed_call({.method = "PUT",
                                       .key = name,
                                       .query = {{"partNumber", std::to_string(part + 1)}, {"uploadId", upload}},
                                       .headers = {{"Content-MD5", to_base64(hashes.md5)}},
                                       .payload = to_hex(hashes.sha256)}));
    call.body = piece;
    counted.count(call);
    return call;
  }));
  const auto tag = storage::header(answer, "etag");
  if (tag.empty()) return fail(ErrorCode::unavailable, "the store did not confirm a part");
  return std::string(tag);
}

Result<> Objects::complete(const std::string& name, const std::string& upload, const std::vector<std::string>& tags,
                           std::uint64_t size) const {
  const auto body = part_list(tags);
  auto answer = call({.method = "POST",
                      .key = name,
                      .query = {{"uploadId", upload}},
                      .headers = {{"Content-Type", "application/xml"}},
                      .payload = to_hex(storage::sha256(body))},
                     body);
  const bool unknown = answer && fault_of(*answer).code.empty() && !is_completed(*answer);
  if (unknown || (!answer && answer.error().message.contains("NoSuchUpload"))) {
    // The answer was cut; or an earlier attempt, whose answer was lost, may have completed it. An object that was there
    // before may have the same size, but not the same tag.
    const auto expected = whole_tag(tags);
    const auto head = call({.method = "HEAD", .key = name, .query = {}, .headers = {}});
    const bool same_size = head && net::whole_number(storage::header(*head, "content-length")) == size;
    if (same_size && expected && bare_tag(storage::header(*head, "etag")) == *expected) return {};
  }
  if (!answer) return std::unexpected(std::move(answer).error());
  if (const auto fault = fault_of(*answer); !fault.code.empty()) return std::unexpected(meaning_of(fault, 200));
  if (unknown) return fail(ErrorCode::unavailable, "the store did not confirm the upload");
  return {};
}

Result<> Objects::remove(const std::string& name) {
  return corrected([&]() -> Result<> {
    const auto answer = call({.method = "DELETE", .key = name, .query = {}, .headers = {}});
    if (!answer && answer.error().code != ErrorCode::not_found) return std::unexpected(answer.error());
    return {};
  });
}

Error Objects::explain(const net::Answer& answer) const {
  const auto fault = fault_of(answer);
  learn(fault.code, answer, fault.region);
  return meaning_of(fault, answer.status);
}

bool Objects::learn(std::string_view code, const net::Answer& answer, std::string_view region) const {
  if (code == "RequestTimeTooSkewed") {
    const auto theirs = curl_getdate(std::string(storage::header(answer, "date")).c_str(), nullptr);
    if (theirs <= 0 || clock_skew_ != 0) return false;
    clock_skew_ = theirs - std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  } else {
    const auto address = address_.with([](const auto& one) { return one; });
    const bool elsewhere = answer.status == 301 || code == "AuthorizationHeaderMalformed" ||
                           code == "PermanentRedirect" || code.starts_with("IllegalLocationConstraint");
    if (!elsewhere || !address.amazon || region.empty()) return false;
    // Only the name of the region is taken from the store, never an address.
    auto next = address_of(access_, region, settings_);
    const bool same = region_.with([&](auto& one) { return std::exchange(one, std::string(region)) == region; });
    if (!next || same) return false;
    address_.with([&](auto& one) { one = std::move(*next); });
  }
  ++lessons_;
  return true;
}

}  // namespace recast::storages::s3
