#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/http.hpp"
#include "storage/object_store.hpp"
#include "storages/openstack/identity.hpp"
#include "storages/openstack/options.hpp"

namespace recast::storages::openstack {

/// What a store takes, by its GET /info.
struct Limits {
  std::uint64_t max_file_bytes = 5368709122;
  std::uint64_t max_segments = 1000;
  std::uint64_t max_name_bytes = 1024;
  bool static_large_objects = true;
};
/// What is not said, or said wrongly, is as usual. Pure.
Limits limits_of(std::string_view info);

/// One page of a listing: the objects that are no folders, and where the next page begins (empty: it was the last).
struct Page {
  std::vector<storage::Object> objects;
  std::string next;
};
Result<Page> page_of(std::string_view listing);

/// The objects of one container of Swift (import-export.md 9.4).
class Objects final : public storage::ObjectStore {
 public:
  static Result<std::unique_ptr<storage::ObjectStore>> open(const Access& access, const Settings& settings,
                                                            const storage::Connection& connection);

  Result<std::vector<storage::Object>> list(const std::string& prefix, std::size_t at_most) override;
  Result<std::uint64_t> fetch(const std::string& name, const storage::fs::path& to, storage::Meter& meter) override;
  Result<> send(const storage::fs::path& from, const std::string& name, storage::Meter& meter) override;
  Result<> remove(const std::string& name) override;

 private:
  struct Asked {
    std::string method = "GET";
    std::string path;  ///< behind the storage URL, encoded
    storage::Headers headers;
    std::string body;
  };
  struct Segment {
    std::string path;  ///< encoded
    std::string name;  ///< "/container_segments/object/id/00000001"
    std::string tag;
    std::uint64_t size = 0;
  };

  Objects(const Access& access, const Settings& settings, const storage::Connection& connection);

  std::string path_of(std::string_view container, std::string_view object) const;
  Result<Grant> grant() const;
  /// After `refused` was.
  Result<> renew(const Grant& refused) const;
  Result<net::Call> call_of(const Asked& asked) const;
  Result<net::Answer> call(const Asked& asked) const;
  /// Once more with another token if the first one was refused.
  template <class Do>
  auto renewed(const Do& action) const {
    const auto before = grant();
    auto done = action();
    if (done || !before || !is_refusal(done.error()) || !renew(*before)) return done;
    return action();
  }
  static bool is_refusal(const Error& error);
  const Limits& limits() const;
  Result<std::vector<storage::Object>> list_container(const std::string& container, const std::string& prefix,
                                                      std::size_t at_most) const;
  std::string segment_folder(const std::string& name) const;
  void remove_leftovers(const std::string& name, const std::string& folder) const;
  Result<std::string> send_piece(const std::string& path, const std::string& content_type, const net::FilePart& piece,
                                 storage::Meter& meter) const;
  Result<> send_in_segments(const storage::Source& source, const std::string& name, storage::Meter& meter) const;
  Result<> write_manifest(const std::string& name, const std::string& folder,
                          const std::vector<Segment>& segments) const;

  const Access access_;
  const Settings settings_;
  const storage::Connection& connection_;
  const Identity identity_;
  mutable std::mutex mutex_;  ///< of the grant; held while a new one is asked for
  mutable std::optional<Grant> grant_;
  mutable std::once_flag asked_limits_;
  mutable Limits limits_;
  storage::Http http_;
};

}  // namespace recast::storages::openstack
