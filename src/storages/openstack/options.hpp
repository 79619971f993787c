#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "schema/field.hpp"
#include "storage/names.hpp"
#include "storage/object_store.hpp"
#include "storage/server_address.hpp"

/// What clients and operators say about OpenStack (import-export.md 3.8, 4.5, 9).
namespace recast::storages::openstack {

struct Settings {
  std::string domain = "default";
  std::int64_t large_bytes = 4LL << 30;
  std::int64_t segment_bytes = 1LL << 30;

  static constexpr auto fields = std::tuple{
      schema::field(&Settings::domain, "domain",
                    "Id of the Keystone domain that users and projects are looked for in."),
      schema::field(&Settings::large_bytes, "large_bytes",
                    "Files larger than this, or than the store takes in one piece, are uploaded as segments of a large "
                    "object.",
                    {.min = 1}),
      schema::field(&Settings::segment_bytes, "segment_bytes", "Size of a segment.", {.min = 1 << 20}),
  };
};

/// Which container, and as whom.
struct Access {
  std::string auth_url;
  std::string username;
  std::string password;
  std::string region;
  std::string container;
  std::string tenant_name;

  static constexpr auto access_fields = std::tuple{
      schema::field(&Access::auth_url, "auth_url",
                    "Address of the identity service, without a version: the newest that it has is used. One that ends "
                    "in /auth/v1.0 is Swift's own.",
                    {.required = true}),
      schema::field(&Access::username, "username", "Name of the user.", {.required = true, .secret = true}),
      schema::field(&Access::password, "password", "Password of the user.",
                    {.required = true, .verbatim = true, .secret = true}),
      schema::field(&Access::region, "region", "Region of the object store.", {.required = true}),
      schema::field(&Access::container, "container", "Name of the container.", {.required = true}),
      schema::field(&Access::tenant_name, "tenant_name",
                    "Name of the project; the user's default or first one if nothing is said."),
  };

  /// Whether it can be the address of a server; who is there is seen when the task runs.
  Result<> check_address() const {
    RECAST_CHECK(storage::server_address(auth_url, "auth_url"));
    return {};
  }
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
  Result<> check() const {
    RECAST_CHECK(check_address());
    return storage::require_one(file, "file", file_prefix, "file_prefix");
  }
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
  Result<> check() const { return check_address(); }
  storage::Choice choice() const { return {file, "file", file_prefix, "file_prefix", false, {}}; }
  Result<std::unique_ptr<storage::ObjectStore>> open(const Settings& settings,
                                                     const storage::Connection& connection) const;
};

}  // namespace recast::storages::openstack
