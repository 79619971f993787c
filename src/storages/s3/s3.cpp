#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "storage/registry.hpp"
#include "storages/s3/objects.hpp"
#include "storages/s3/options.hpp"

namespace recast::storages {

namespace s3 {

namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// What no header can hold.
Result<> check_line(std::string_view option, std::string_view value) {
  const bool plain = std::ranges::none_of(
      value, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
  if (plain) return {};
  return fail(ErrorCode::invalid_data, fmt::format("{} holds a line break or another control character", option),
              std::string(option));
}

/// User metadata; text beyond ASCII as RFC 2047 says.
Result<> add_metadata(const std::map<std::string, std::string>& metadata, Pairs& headers) {
  constexpr std::size_t kMost = 2048;  // S3's own limit
  std::size_t bytes = 0;
  for (const auto& [name, value] : metadata) {
    if (!is_token(name)) {
      return fail(ErrorCode::invalid_data,
                  fmt::format("the metadata name \"{}\" is no word for a header", storage::provider_text(name, {})),
                  "metadata");
    }
    RECAST_CHECK(check_line("a value in metadata", value));
    auto text = is_ascii(value) ? value : fmt::format("=?UTF-8?B?{}?=", to_base64(value));
    bytes += name.size() + text.size();
    headers.emplace_back("x-amz-meta-" + lower(name), std::move(text));
  }
  if (bytes > kMost) return fail(ErrorCode::invalid_data, "metadata is larger than 2 KB", "metadata");
  return {};
}

Result<> add_tags(const std::map<std::string, std::string>& tags, Pairs& headers) {
  constexpr std::size_t kMost = 10;
  if (tags.empty()) return {};
  if (tags.size() > kMost) return fail(ErrorCode::invalid_data, "tagging has more than 10 tags", "tagging");
  std::string text;
  for (const auto& [name, value] : tags) {
    if (name.empty() || name.size() > 128 || value.size() > 256)
      return fail(ErrorCode::invalid_data, "a tag is longer than 128, or its value than 256 characters", "tagging");
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", percent_encode(name), percent_encode(value));
  }
  headers.emplace_back("x-amz-tagging", std::move(text));
  return {};
}

/// import-export.md 4.2
Result<Pairs> object_headers(const Export& options) {
  Pairs headers;
  RECAST_CHECK(check_line("cache_control", options.cache_control));
  RECAST_CHECK(check_line("content_disposition", options.content_disposition));
  RECAST_CHECK(check_line("content_type", options.content_type));
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) headers.emplace_back(name, value);
  };
  // "private" is the store's own default, and buckets without access lists refuse the header.
  if (options.acl != "private") add("x-amz-acl", options.acl);
  add("Cache-Control", options.cache_control);
  add("Content-Disposition", options.content_disposition);
  add("Content-Type", options.content_type);
  add("x-amz-server-side-encryption", options.server_side_encryption);
  RECAST_CHECK(add_metadata(options.metadata, headers));
  RECAST_CHECK(add_tags(options.tagging, headers));
  return headers;
}

}  // namespace

Result<std::unique_ptr<storage::ObjectStore>> Import::open(const Settings& settings,
                                                           const storage::Connection& connection) const {
  return Objects::open(*this, settings, connection, {});
}

Result<std::unique_ptr<storage::ObjectStore>> Export::open(const Settings& settings,
                                                           const storage::Connection& connection) const {
  RECAST_TRY(auto headers, object_headers(*this));
  return Objects::open(*this, settings, connection, std::move(headers));
}

namespace {

Result<std::unique_ptr<storage::Storage>> open_own(const OwnSettings& own, const storage::Surroundings& around) {
  if (own.bucket.empty()) return fail(ErrorCode::invalid_data, "a bucket is needed", "storage_s3.bucket");
  Access access;
  access.bucket = own.bucket;
  access.region = own.region;
  access.access_key_id = own.access_key_id;
  access.secret_access_key = own.secret_access_key;
  const Settings settings{.url = own.url, .virtual_hosts = {}, .check_etag = own.check_etag};
  return storage::RemoteStorage::open(
      [access, settings](const storage::Connection& connection) {
        return Objects::open(access, settings, connection, {});
      },
      own.prefix, around);
}

}  // namespace

}  // namespace s3

Result<> register_s3(storage::Registry& registry) {
  RECAST_CHECK(
      registry.add<s3::OwnSettings>("s3", "Recast's own files in S3, where server.storage is s3.", &s3::open_own));
  registry.add_service<s3::Settings, s3::Import, s3::Export>(
      {"s3", "S3", "s3", "Amazon S3 and stores that are compatible with it."});
  return {};
}

}  // namespace recast::storages
