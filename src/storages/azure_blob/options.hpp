#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "schema/field.hpp"
#include "storage/names.hpp"
#include "storage/object_store.hpp"

/// What clients and operators say about Azure (import-export.md 3.6, 4.3, 7.1).
namespace recast::storages::azure {

struct Settings {
  std::string url = "https://{account}.blob.core.windows.net";

  static constexpr auto fields = std::tuple{
      schema::field(&Settings::url, "url",
                    "Where accounts are, {account} standing for the name: another suffix for a sovereign cloud, "
                    "http://127.0.0.1:10000/{account} for the emulator."),
  };
};

/// Which container, and as whom.
struct Access {
  std::string storage_account;
  std::string storage_access_key;
  std::string sas_token;
  std::string container;

  static constexpr auto access_fields = std::tuple{
      schema::field(&Access::storage_account, "storage_account",
                    "Name of the account: what is in front of .blob.core.windows.net.", {.required = true}),
      schema::field(&Access::storage_access_key, "storage_access_key", "Key of the account, in base64.",
                    {.secret = true}),
      schema::field(&Access::sas_token, "sas_token",
                    "Shared access signature, as a query string; where there is no storage_access_key.",
                    {.secret = true}),
      schema::field(&Access::container, "container", "Name of the container.", {.required = true}),
  };
  Result<> check_credentials() const {
    return storage::require_one(storage_access_key, "storage_access_key", sas_token, "sas_token");
  }
};

struct Import : Access {
  std::string blob;
  std::string blob_prefix;
  std::string filename;

  static constexpr auto fields = std::tuple_cat(
      access_fields,
      std::tuple{
          schema::field(&Import::blob, "blob", "Name of the blob."),
          schema::field(&Import::blob_prefix, "blob_prefix", "All blobs whose names begin so; where there is no blob."),
          schema::field(&Import::filename, "filename",
                        "Name of the file; the last part of the blob's name if nothing is said."),
      });
  Result<> check() const {
    RECAST_CHECK(check_credentials());
    return storage::require_one(blob, "blob", blob_prefix, "blob_prefix");
  }
  storage::Choice choice() const { return {blob, "blob", blob_prefix, "blob_prefix", false, filename}; }
  Result<std::unique_ptr<storage::ObjectStore>> open(const Settings& settings,
                                                     const storage::Connection& connection) const;
};

struct Export : Access {
  std::vector<std::string> input;
  std::string blob;
  std::string blob_prefix;
  std::map<std::string, std::string> metadata;

  static constexpr auto fields = std::tuple_cat(
      access_fields,
      std::tuple{
          schema::field(&Export::input, "input", "Tasks whose files are saved."),
          schema::field(&Export::blob, "blob", "Name of the blob; %d is replaced by a number for several files."),
          schema::field(&Export::blob_prefix, "blob_prefix",
                        "Put in front of the files' names; where there is no blob."),
          schema::field(&Export::metadata, "metadata", "Metadata of the blob: names of letters, digits and _."),
      });
  Result<> check() const { return check_credentials(); }
  storage::Choice choice() const { return {blob, "blob", blob_prefix, "blob_prefix", false, {}}; }
  Result<std::unique_ptr<storage::ObjectStore>> open(const Settings& settings,
                                                     const storage::Connection& connection) const;
};

}  // namespace recast::storages::azure
