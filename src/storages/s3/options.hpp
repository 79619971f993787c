#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "schema/field.hpp"
#include "storage/names.hpp"
#include "storage/object_store.hpp"
#include "storage/server_address.hpp"

/// What clients and operators say about S3 (import-export.md 3.5, 4.2, 6.1).
namespace recast::storages::s3 {

struct Settings {
  std::string url;
  std::vector<std::string> virtual_hosts;
  bool check_etag = true;

  static constexpr auto fields = std::tuple{
      schema::field(&Settings::url, "url",
                    "Where requests without an endpoint go, such as https://minio.internal:9000. Empty: Amazon's "
                    "servers for the region."),
      schema::field(&Settings::virtual_hosts, "virtual_hosts",
                    "Endpoints that want the bucket in front of their host name: exact names or *.suffix."),
      schema::field(&Settings::check_etag, "check_etag",
                    "Whether what was downloaded is compared with the ETag where that looks like an MD5. For stores "
                    "that make ETags of another kind."),
  };
};

/// Where Recast keeps its own files, if that is S3.
struct OwnSettings {
  std::string url;
  std::string bucket;
  std::string region = "us-east-1";
  std::string prefix;
  std::string access_key_id;
  std::string secret_access_key;
  bool check_etag = true;

  static constexpr auto fields = std::tuple{
      schema::field(&OwnSettings::url, "url", "Address of an S3-compatible store; Amazon's if empty."),
      schema::field(&OwnSettings::bucket, "bucket", "Bucket that holds the files."),
      schema::field(&OwnSettings::region, "region", "Region of the bucket."),
      schema::field(&OwnSettings::prefix, "prefix", "Put in front of every object's name, such as recast/."),
      schema::field(&OwnSettings::access_key_id, "access_key_id", "Access key.", {.secret = true}),
      schema::field(&OwnSettings::secret_access_key, "secret_access_key", "Secret of the access key.",
                    {.verbatim = true, .secret = true}),
      schema::field(&OwnSettings::check_etag, "check_etag",
                    "Whether what was read is compared with the ETag where that looks like an MD5."),
  };
};

/// Which bucket, and as whom.
struct Access {
  std::string bucket;
  std::string region;
  std::string endpoint;
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;

  static constexpr auto access_fields = std::tuple{
      schema::field(&Access::bucket, "bucket", "Name of the bucket.", {.required = true}),
      schema::field(&Access::region, "region", "Region of the bucket, such as eu-west-1.", {.required = true}),
      schema::field(&Access::endpoint, "endpoint", "Address of an S3-compatible store; Amazon's if nothing is said."),
      schema::field(&Access::access_key_id, "access_key_id", "Access key.", {.required = true, .secret = true}),
      schema::field(&Access::secret_access_key, "secret_access_key", "Secret of the access key.",
                    {.required = true, .verbatim = true, .secret = true}),
      schema::field(&Access::session_token, "session_token", "Token of temporary credentials.", {.secret = true}),
  };

  /// Whether it can be the address of a server; who is there is seen when the task runs.
  Result<> check_address() const {
    if (endpoint.empty()) return {};
    RECAST_CHECK(storage::server_address(endpoint, "endpoint"));
    return {};
  }
};

struct Import : Access {
  std::string key;
  std::string key_prefix;
  std::string filename;

  static constexpr auto fields = std::tuple_cat(
      access_fields,
      std::tuple{
          schema::field(&Import::key, "key", "Name of the object."),
          schema::field(&Import::key_prefix, "key_prefix", "All objects whose names begin so; where there is no key."),
          schema::field(&Import::filename, "filename",
                        "Name of the file; the last part of the key if nothing is said."),
      });
  Result<> check() const {
    RECAST_CHECK(check_address());
    return storage::require_one(key, "key", key_prefix, "key_prefix");
  }
  storage::Choice choice() const { return {key, "key", key_prefix, "key_prefix", false, filename}; }
  Result<std::unique_ptr<storage::ObjectStore>> open(const Settings& settings,
                                                     const storage::Connection& connection) const;
};

struct Export : Access {
  std::vector<std::string> input;
  std::string key;
  std::string key_prefix;
  std::string acl = "private";
  std::string cache_control;
  std::string content_disposition;
  std::string content_type;
  std::map<std::string, std::string> metadata;
  std::string server_side_encryption;
  std::map<std::string, std::string> tagging;

  static constexpr auto fields = std::tuple_cat(
      access_fields,
      std::tuple{
          schema::field(&Export::input, "input", "Tasks whose files are saved."),
          schema::field(&Export::key, "key", "Name of the object; %d is replaced by a number for several files."),
          schema::field(&Export::key_prefix, "key_prefix", "Put in front of the files' names; where there is no key."),
          schema::field(&Export::acl, "acl", "Who may read the object.",
                        {.values = {"private", "public-read", "public-read-write", "authenticated-read",
                                    "bucket-owner-read", "bucket-owner-full-control"}}),
          schema::field(&Export::cache_control, "cache_control", "Cache-Control header of the object."),
          schema::field(&Export::content_disposition, "content_disposition",
                        "Content-Disposition header of the object."),
          schema::field(&Export::content_type, "content_type",
                        "Content-Type header of the object; by its extension if nothing is said."),
          schema::field(&Export::metadata, "metadata", "Metadata of the object."),
          schema::field(&Export::server_side_encryption, "server_side_encryption", "How the store encrypts the object.",
                        {.values = {"AES256", "aws:kms", "aws:kms:dsse"}}),
          schema::field(&Export::tagging, "tagging", "Tags of the object, at most 10."),
      });
  Result<> check() const { return check_address(); }
  storage::Choice choice() const { return {key, "key", key_prefix, "key_prefix", false, {}}; }
  Result<std::unique_ptr<storage::ObjectStore>> open(const Settings& settings,
                                                     const storage::Connection& connection) const;
};

}  // namespace recast::storages::s3
