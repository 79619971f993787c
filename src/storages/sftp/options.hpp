#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "schema/field.hpp"
#include "storage/names.hpp"
#include "storage/object_store.hpp"

/// What clients and operators say about SFTP (import-export.md 3.9, 4.6, 10).
namespace recast::storages::sftp {

struct Settings {
  std::string host_keys = "accept-new";
  std::string known_hosts;
  bool make_parents = true;
  bool temporary_name = false;

  static constexpr auto fields = std::tuple{
      schema::field(&Settings::host_keys, "host_keys",
                    "Which servers are trusted: accept-new (a server's key is kept when it is first seen, another one "
                    "is refused from then on), strict (only those in known_hosts) or off.",
                    {.values = {"accept-new", "strict", "off"}}),
      schema::field(&Settings::known_hosts, "known_hosts",
                    "File of the servers' keys, as OpenSSH writes it. Empty: known_hosts in the data folder."),
      schema::field(&Settings::make_parents, "make_parents", "Whether exports make folders that are missing."),
      schema::field(&Settings::temporary_name, "temporary_name",
                    "Whether exports write to a name that ends in .part and give the file its own name at the end. Not "
                    "every server can do that."),
  };
};

/// invalid_data unless it is empty or a fingerprint of SHA-256.
Result<> check_host_key(std::string_view fingerprint);

/// Which server, and as whom.
struct Access {
  std::string host;
  int port = 22;
  std::string username;
  std::string password;
  std::string private_key;
  std::string host_key;

  static constexpr auto access_fields = std::tuple{
      schema::field(&Access::host, "host", "Name or address of the server.", {.required = true}),
      schema::field(&Access::port, "port", "Port of the server.", {.min = 1, .max = 65535}),
      schema::field(&Access::username, "username", "Name to log in with.", {.required = true, .secret = true}),
      schema::field(&Access::password, "password", "Password, or the passphrase of an encrypted private key.",
                    {.verbatim = true, .secret = true}),
      schema::field(&Access::private_key, "private_key", "Private key in PEM or OpenSSH form.",
                    {.verbatim = true, .secret = true}),
      schema::field(&Access::host_key, "host_key",
                    "Fingerprint of the server's key, SHA256:… as ssh-keygen -l shows it. If it is given, no other key "
                    "is accepted."),
  };
  Result<> check_access() const {
    RECAST_CHECK(storage::require_one(password, "password", private_key, "private_key"));
    return check_host_key(host_key);
  }
};

struct Import : Access {
  std::string file;
  std::string path;
  std::string filename;

  static constexpr auto fields = std::tuple_cat(
      access_fields,
      std::tuple{
          schema::field(&Import::file, "file", "The file: absolute, or from the login folder."),
          schema::field(&Import::path, "path", "A folder whose files are all fetched; where there is no file."),
          schema::field(&Import::filename, "filename", "Name of the file; the last part of file if nothing is said."),
      });
  Result<> check() const {
    RECAST_CHECK(check_access());
    return storage::require_one(file, "file", path, "path");
  }
  storage::Choice choice() const { return {file, "file", path, "path", true, filename}; }
  Result<std::unique_ptr<storage::ObjectStore>> open(const Settings& settings,
                                                     const storage::Connection& connection) const;
};

struct Export : Access {
  std::vector<std::string> input;
  std::string file;
  std::string path;

  static constexpr auto fields = std::tuple_cat(
      access_fields,
      std::tuple{
          schema::field(&Export::input, "input", "Tasks whose files are saved."),
          schema::field(&Export::file, "file",
                        "The file: absolute, or from the login folder; %d is replaced by a number for several files."),
          schema::field(&Export::path, "path",
                        "Folder that the files are saved in; where there is no file. The login folder if nothing is "
                        "said."),
      });
  Result<> check() const { return check_access(); }
  storage::Choice choice() const { return {file, "file", path, "path", true, {}}; }
  Result<std::unique_ptr<storage::ObjectStore>> open(const Settings& settings,
                                                     const storage::Connection& connection) const;
};

}  // namespace recast::storages::sftp
