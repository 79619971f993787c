#include "storages/azure_blob/objects.hpp"

#include <fmt/format.h>

#include "base/random.hpp"
#include "base/text.hpp"
#include "format/format.hpp"
#include "storage/digest.hpp"
#include "storages/azure_blob/answers.hpp"

namespace recast::storages::azure {

namespace {

constexpr std::uint64_t kMostBlocks = 45'000;  // of the 50,000 that are allowed
constexpr std::uint64_t kMegabyte = 1 << 20;
// 5,000 are allowed, but with their properties they would be more elements than a listing may have here.
constexpr std::string_view kPageSize = "1000";

std::string type_of(const std::string& name) {
  const auto type = format::mime_of_file_name(name);
  return type.empty() ? "application/octet-stream" : std::string(type);
}

/// Ids of the blocks of one upload. They are of one length, as they must be, and no other upload's: two tasks that
/// write the same blob at once would mix their blocks.
class BlockIds {
 public:
  std::string operator[](std::size_t at) const { return to_base64(fmt::format("{}-{:08}", upload_, at)); }

 private:
  std::string upload_ = SystemRandom().token(16);
};

std::string block_list(const BlockIds& ids, std::size_t count) {
  std::string xml = R"(<?xml version="1.0" encoding="utf-8"?><BlockList>)";
  for (std::size_t at = 0; at < count; ++at) xml += fmt::format("<Latest>{}</Latest>", ids[at]);
  return xml + "</BlockList>";
}

}  // namespace

Objects::Objects(Address address, Credentials credentials, const storage::Connection& connection, Pairs metadata)
    : address_(std::move(address)),
      credentials_(std::move(credentials)),
      connection_(connection),
      metadata_(std::move(metadata)),
      http_(connection, {.explain = &meaning_of, .another = {}}) {}

Result<std::unique_ptr<storage::ObjectStore>> Objects::open(const Access& access, const Settings& settings,
                                                            const storage::Connection& connection, Pairs metadata) {
  RECAST_TRY(auto address, address_of(access, settings));
  Credentials credentials;
  if (access.storage_access_key.empty()) {
    RECAST_TRY(credentials.sas, query_of_sas(access.sas_token));
  } else {
    auto key = from_base64(access.storage_access_key);
    if (!key || key->empty())
      return fail(ErrorCode::invalid_credentials, "the storage_access_key is not base64", "storage_access_key");
    credentials.key = std::move(*key);
  }
  return std::unique_ptr<storage::ObjectStore>(
      new Objects(std::move(address), std::move(credentials), connection, std::move(metadata)));
}

net::Call Objects::signed_call(const Asked& asked) const {
  const auto behind = asked.blob.empty() ? std::string() : "/" + storage::encode_path(asked.blob);
  Request request{.method = asked.method,
                  .path = address_.signed_path + behind,
                  .query = asked.query,
                  .headers = asked.headers,
                  .length = asked.length};
  add_version(request.headers, std::chrono::system_clock::now());
  auto query = query_text(asked.query);
  if (credentials_.sas.empty()) {
    sign(request, address_.account, credentials_.key);
  } else {
    query += (query.empty() ? "" : "&") + credentials_.sas;
  }
  return net::Call{
      .method = request.method,
      .url = fmt::format("{}{}{}{}{}", address_.origin, address_.path, behind, query.empty() ? "" : "?", query),
      .headers = std::move(request.headers),
      .body = {},
      .place = {},
      .on_bytes = {},
      .trusted = address_.trusted};
}

Result<net::Answer> Objects::call(const Asked& asked) const {
  return http_.call([&]() -> Result<net::Call> { return signed_call(asked); });
}

Result<std::vector<storage::Object>> Objects::list(const std::string& prefix, std::size_t at_most) {
  std::vector<storage::Object> objects;
  std::string marker;
  do {
    Asked asked{.blob = {},
                .query = {{"restype", "container"},
                          {"comp", "list"},
                          {"include", "metadata"},
                          {"maxresults", std::string(kPageSize)}},
                .headers = {}};
    if (!prefix.empty()) asked.query.emplace_back("prefix", prefix);
    if (!marker.empty()) asked.query.emplace_back("marker", marker);
    RECAST_TRY(const auto answer, call(asked));
    RECAST_TRY(auto page, page_of(answer.body));
    for (auto& object : page.objects) objects.push_back(std::move(object));
    if (!page.next.empty() && page.next == marker)
      return fail(ErrorCode::unavailable, "the list of blobs does not go on");
    marker = std::move(page.next);
  } while (!marker.empty() && objects.size() <= at_most);
  return objects;
}

Result<std::uint64_t> Objects::fetch(const std::string& name, const storage::fs::path& to, storage::Meter& meter) {
  return http_.fetch(
      [&](const storage::Headers& range) -> Result<net::Call> {
        return signed_call({.blob = name, .query = {}, .headers = range});
      },
      to, meter, [](const net::Answer& head) { return storage::md5_of_base64(storage::header(head, "content-md5")); });
}

Result<> Objects::send(const storage::fs::path& from, const std::string& name, storage::Meter& meter) {
  RECAST_TRY(const auto source, storage::Source::open(from));
  const auto whole = static_cast<std::uint64_t>(connection_.settings.multipart_bytes);
  return source.size() <= whole ? send_whole(source, name, meter) : send_in_blocks(source, name, meter);
}

Result<> Objects::put(Asked asked, const net::FilePart& piece, storage::Meter& meter) const {
  RECAST_TRY(const auto hash, storage::md5_of(piece, connection_.stop));
  asked.method = "PUT";
  asked.length = piece.length;
  asked.headers.emplace_back("Content-MD5", to_base64(hash));
  storage::Counted counted(meter);
  RECAST_CHECK(http_.call([&]() -> Result<net::Call> {
    auto call = signed_call(asked);
    call.body = piece;
    counted.count(call);
    return call;
  }));
  return {};
}

Result<> Objects::send_whole(const storage::Source& source, const std::string& name, storage::Meter& meter) const {
  auto headers = metadata_;
  headers.emplace_back("x-ms-blob-type", "BlockBlob");
  headers.emplace_back("Content-Type", type_of(name));
  return put({.blob = name, .query = {}, .headers = std::move(headers)}, source.whole(), meter);
}

/// What a failed upload leaves is no blob; Azure drops such blocks after a week, and has no request to do so earlier.
Result<> Objects::send_in_blocks(const storage::Source& source, const std::string& name, storage::Meter& meter) const {
  const auto parts = storage::Parts::of(source.size(), static_cast<std::uint64_t>(connection_.settings.part_bytes),
                                        kMostBlocks, kMegabyte);
  const BlockIds ids;
  RECAST_CHECK(http_.in_parts(parts, [&](std::size_t part) {
    return put({.blob = name, .query = {{"comp", "block"}, {"blockid", ids[part]}}, .headers = {}},
               source.part(parts.offset(part), parts.length(part)), meter);
  }));
  return commit(name, block_list(ids, parts.count()));
}

Result<> Objects::commit(const std::string& name, const std::string& list) const {
  Asked asked{
      .method = "PUT", .blob = name, .query = {{"comp", "blocklist"}}, .headers = metadata_, .length = list.size()};
  asked.headers.emplace_back("Content-Type", "application/xml");
  asked.headers.emplace_back("Content-MD5", to_base64(storage::md5(list)));
  asked.headers.emplace_back("x-ms-blob-content-type", type_of(name));
  RECAST_CHECK(http_.call([&]() -> Result<net::Call> {
    auto call = signed_call(asked);
    call.body = list;
    return call;
  }));
  return {};
}

Result<> Objects::remove(const std::string& name) {
  const auto answer = call({.method = "DELETE", .blob = name, .query = {}, .headers = {}});
  if (answer || answer.error().code == ErrorCode::not_found) return {};
  return std::unexpected(answer.error());
}

}  // namespace recast::storages::azure
