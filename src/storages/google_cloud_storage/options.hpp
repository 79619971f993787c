#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "schema/field.hpp"
#include "storage/names.hpp"
#include "storage/object_store.hpp"
#include "storages/google_cloud_storage/tokens.hpp"

/// What clients and operators say about Google Cloud Storage (import-export.md 3.7, 4.4, 8).
namespace recast::storages::google {

inline constexpr auto kUrl = "https://storage.googleapis.com";
inline constexpr auto kTokenUrl = "https://oauth2.googleapis.com/token";

struct Settings {
  std::string url = kUrl;
  std::string token_url = kTokenUrl;
  /// Access tokens of all tasks, kept as long as they are good.
  std::shared_ptr<Tokens> tokens = std::make_shared<Tokens>();

  static constexpr auto fields = std::tuple{
      schema::field(&Settings::url, "url", "Where the JSON API of Cloud Storage is."),
      schema::field(&Settings::token_url, "token_url", "Where service accounts get their access tokens."),
  };
};

/// Which bucket, and as whom.
struct Access {
  std::string project_id;
  std::string bucket;
  std::string client_email;
  std::string private_key;

  static constexpr auto access_fields = std::tuple{
      schema::field(&Access::project_id, "project_id", "Project; it pays for the requests if the bucket asks for that.",
                    {.required = true}),
      schema::field(&Access::bucket, "bucket", "Name of the bucket.", {.required = true}),
      schema::field(&Access::client_email, "client_email", "Name of the service account.",
                    {.required = true, .secret = true}),
      schema::field(&Access::private_key, "private_key", "Private key of the service account, as PEM.",
                    {.required = true, .verbatim = true, .secret = true}),
  };
};

struct Import : Access {
  std::string file;
  std::string file_prefix;
  std::string filename;

  static constexpr auto fields = std::tuple_cat(
      access_fields, std::tuple{
                         schema::field(&Import::file, "file", "Name of the object."),
                         schema::field(&Import::file_prefix, "file_prefix",
                                       "All objects whose names begin so; where there is no file."),
                         schema::field(&Import::filename, "filename",
                                       "Name of the file; the last part of the object's name if nothing is said."),
                     });
  Result<> check() const { return storage::require_one(file, "file", file_prefix, "file_prefix"); }
  storage::Choice choice() const { return {file, "file", file_prefix, "file_prefix", false, filename}; }
  Result<std::unique_ptr<storage::ObjectStore>> open(const Settings& settings,
                                                     const storage::Connection& connection) const;
};

struct Export : Access {
  std::vector<std::string> input;
  std::string file;
  std::string file_prefix;

  static constexpr auto fields = std::tuple_cat(
      access_fields,
      std::tuple{
          schema::field(&Export::input, "input", "Tasks whose files are saved."),
          schema::field(&Export::file, "file", "Name of the object; %d is replaced by a number for several files."),
          schema::field(&Export::file_prefix, "file_prefix",
                        "Put in front of the files' names; where there is no file."),
      });
  Result<> check() const { return {}; }
  storage::Choice choice() const { return {file, "file", file_prefix, "file_prefix", false, {}}; }
  Result<std::unique_ptr<storage::ObjectStore>> open(const Settings& settings,
                                                     const storage::Connection& connection) const;
};

}  // namespace recast::storages::google
