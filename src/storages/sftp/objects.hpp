#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/guarded.hpp"
#include "storage/http.hpp"
#include "storage/object_store.hpp"
#include "storages/sftp/connection.hpp"
#include "storages/sftp/options.hpp"

namespace recast::storages::sftp {

/// The files of one server, over as many connections as threads ask at once (import-export.md 10.3).
class Objects final : public storage::ObjectStore {
 public:
  Objects(const Access& access, const Settings& settings, const storage::Connection& connection);

  Result<std::vector<storage::Object>> list(const std::string& folder, std::size_t at_most) override;
  Result<std::uint64_t> fetch(const std::string& name, const storage::fs::path& to, storage::Meter& meter) override;
  Result<> fetch_some(std::span<const storage::Wanted> objects, std::span<std::uint64_t> sizes,
                      storage::Meter& meter) override;
  Result<> send(const storage::fs::path& from, const std::string& name, storage::Meter& meter) override;
  Result<> remove(const std::string& name) override;

 private:
  class Fetching;

  /// What is done with a connection; with another one once more if that was cut off, a few times.
  Result<> with_connection(const std::function<Result<>(Connection&)>& work) const;
  Result<std::unique_ptr<Connection>> lease(const Terms& terms) const;
  Result<> pause(int attempt) const;
  /// `begun`: there is something to clean up if it fails.
  Result<> send_once(Client& client, const storage::Source& source, const std::string& path, bool& begun,
                     storage::Meter& meter) const;
  Result<std::string> open_for_writing(Client& client, const std::string& path) const;
  Result<> make_folders(Client& client, const std::string& path) const;
  /// Marks in `there` which of the objects it brought: all that need no more than one look.
  Result<> gather(std::span<const storage::Wanted> objects, std::vector<bool>& there, storage::Meter& meter) const;
  /// Removes what a failed upload has left, whatever the task's own terms are: the file, unless `path` is empty, and
  /// folders that this task made and that hold nothing.
  void clean_up(const std::string& path) const;

  const Access access_;
  const Settings settings_;
  const storage::Connection& connection_;
  const HostKeys host_keys_;
  mutable Guarded<std::vector<std::unique_ptr<Connection>>> idle_;
  mutable Guarded<std::vector<std::string>> made_folders_;  ///< by this task, in their order
};

/// A name of a client's as servers take it: "~/" is the login folder, where relative names begin anyway. invalid_data
/// for one that no server can have.
Result<std::string> path_of(const std::string& name);

}  // namespace recast::storages::sftp
