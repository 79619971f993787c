#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/signed_url.hpp"
#include "base/result.hpp"
#include "job/job.hpp"
#include "store/listing.hpp"

namespace recast::store {

struct Database;
class Vault;
class Write;

/// Bases of signed URLs, and whose results are used again: a part of the Store. Safe from many threads.
class SignedUrls {
 public:
  explicit SignedUrls(Database& database) : database_(database) {}

  /// invalid_data on "name" once the user has `most`.
  Result<account::SignedUrlBase> create(UserId user, std::string name, std::int64_t most);
  Result<Listing<account::SignedUrlBase>> list(UserId user, Page page);  ///< oldest first
  Result<account::SignedUrlBase> find(UserId user, std::string_view id);
  Result<account::SignedUrlBase> by_id(std::string_view id);  ///< whoever's it is
  Result<> remove(UserId user, std::string_view id);
  /// A new secret; what was signed with the former one is worth nothing any more.
  Result<account::SignedUrlBase> rotate(UserId user, std::string_view id);

  /// Inside the transaction that makes a job: the job that is used instead, if there is one of that key that has not
  /// failed and is not older than the key's life.
  static std::optional<JobId> shared(Write& write, const job::SharedResult& key);
  /// And that the new job is used from now on.
  static void share(Write& write, const job::SharedResult& key, const JobId& job);
  static std::size_t seal_anew(Write& write, const Vault& vault);

 private:
  Database& database_;
};

}  // namespace recast::store
