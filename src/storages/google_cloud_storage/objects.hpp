#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/http.hpp"
#include "storage/object_store.hpp"
#include "storages/google_cloud_storage/options.hpp"
#include "storages/google_cloud_storage/tokens.hpp"

namespace recast::storages::google {

enum class Purpose { reading, writing };

/// The objects of one bucket, over the JSON API of Google Cloud Storage (import-export.md 8).
/// https://cloud.google.com/storage/docs/json_api/v1
class Objects final : public storage::ObjectStore {
 public:
  /// The first token is granted here, so that credentials that are wrong are told before anything else.
  static Result<std::unique_ptr<storage::ObjectStore>> open(const Access& access, const Settings& settings,
                                                            const storage::Connection& connection, Purpose purpose);

  Result<std::vector<storage::Object>> list(const std::string& prefix, std::size_t at_most) override;
  Result<std::uint64_t> fetch(const std::string& name, const storage::fs::path& to, storage::Meter& meter) override;
  Result<> send(const storage::fs::path& from, const std::string& name, storage::Meter& meter) override;
  Result<> remove(const std::string& name) override;

 private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  struct Asked {
    std::string method = "GET";
    std::string path;  ///< encoded
    Pairs query;
    Pairs headers;
    std::string body;
  };
  /// What the head of a download says of the bytes.
  struct Arriving {
    bool packed = false;         ///< they are gzip
    bool stored_packed = false;  ///< and lie so in the store
    std::string md5;             ///< of what lies in the store; in base64, empty if it is not known
  };

  Objects(const Access& access, const Settings& settings, const storage::Connection& connection, Purpose purpose,
          std::string origin);

  std::string path_of(std::string_view object) const;
  Result<net::Call> authorized(const Asked& asked) const;
  Result<net::Answer> call(const Asked& asked) const;
  Result<> check_md5(const storage::fs::path& file, const std::string& md5) const;
  Result<std::uint64_t> unpacked(const std::string& name, const storage::fs::path& file, std::uint64_t size,
                                 const Arriving& arriving) const;
  Result<> send_whole(const storage::Source& source, const std::string& name, storage::Meter& meter) const;
  Result<> send_in_chunks(const storage::Source& source, const std::string& name, storage::Meter& meter) const;
  Result<std::string> begin_upload(const std::string& name, std::uint64_t size) const;
  /// What was written is what was sent, or it is removed.
  Result<> confirm(const net::Answer& answer, const std::string& name, const std::string& md5) const;

  /// What an error means; where it says how to do better (a new token, who pays), that is noted.
  Error explain(const net::Answer& answer) const;
  /// Once more for everything that was learned meanwhile.
  template <class Do>
  auto corrected(const Do& action) const {
    constexpr int kMostLessons = 2;
    for (int learned = 0;; ++learned) {
      const auto before = lessons_.load();
      auto done = action();
      if (done || learned == kMostLessons || lessons_ == before) return done;
    }
  }

  const Access access_;
  const storage::Connection& connection_;
  const std::string base_;    ///< "https://storage.googleapis.com"
  const std::string origin_;  ///< without the path it may have
  const bool trusted_;
  const std::shared_ptr<Tokens> tokens_;
  mutable std::atomic<bool> names_payer_ = false;
  mutable std::atomic<int> lessons_ = 0;
  storage::Http http_;
  mutable Login login_;
};

}  // namespace recast::storages::google
