#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "base/guarded.hpp"
#include "storage/http.hpp"
#include "storage/object_store.hpp"
#include "storages/s3/address.hpp"
#include "storages/s3/listing.hpp"
#include "storages/s3/signature.hpp"

namespace recast::storages::s3 {

/// The objects of one bucket, over S3's REST interface (import-export.md 6).
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
class Objects final : public storage::ObjectStore {
 public:
  /// `object_headers` go with every object that is written.
  static Result<std::unique_ptr<storage::ObjectStore>> open(Access access, const Settings& settings,
                                                            const storage::Connection& connection,
                                                            Pairs object_headers);

  Result<std::vector<storage::Object>> list(const std::string& prefix, std::size_t at_most) override;
  Result<std::uint64_t> fetch(const std::string& name, const storage::fs::path& to, storage::Meter& meter) override;
  Result<> send(const storage::fs::path& from, const std::string& name, storage::Meter& meter) override;
  Result<> remove(const std::string& name) override;

 private:
  struct Asked {
    std::string method = "GET";
    std::string key;  ///< empty: the bucket itself
    Pairs query;
    Pairs headers;
    std::string payload;  ///< hash of the body in hexadecimal; empty for no body
  };
  enum class ListVersion { two, one };

  Objects(Access access, const Settings& settings, const storage::Connection& connection, Pairs object_headers,
          Address address);

  /// Signs it for now and for what is known of region and clock.
  Result<net::Call> signed_call(const Asked& asked) const;
  Result<net::Answer> call(const Asked& asked, const std::string& body = {}) const;
  Result<> list_page(ListVersion version, const std::string& prefix, std::size_t at_most,
                     std::vector<storage::Object>& objects, std::string& next) const;
  Result<> send_whole(const storage::Source& source, const std::string& name, storage::Meter& meter) const;
  Result<> send_in_parts(const storage::Source& source, const std::string& name, storage::Meter& meter) const;
  Result<std::string> send_part(const storage::Source& source, const std::string& name, const std::string& upload,
                                const storage::Parts& parts, std::size_t part, storage::Meter& meter) const;
  Result<std::vector<OpenUpload>> open_uploads(const std::string& name) const;
  void abort_leftovers(const std::string& name) const;
  Result<> complete(const std::string& name, const std::string& upload, const std::vector<std::string>& tags,
                    std::uint64_t size) const;
  Pairs headers_for(const std::string& name) const;

  /// What an error means; where it says how to do better (another region, another time), that is noted.
  Error explain(const net::Answer& answer) const;
  bool learn(std::string_view code, const net::Answer& answer, std::string_view region) const;
  /// Once more if something was learned meanwhile.
  template <class Do>
  auto corrected(const Do& action) const {
    const auto before = lessons_.load();
    auto done = action();
    return done || lessons_ == before ? done : action();
  }

  const Access access_;
  const Settings settings_;
  const storage::Connection& connection_;
  const Pairs object_headers_;
  mutable Guarded<Address> address_;
  mutable Guarded<std::string> region_;
  mutable std::atomic<std::int64_t> clock_skew_ = 0;  ///< seconds the store is ahead
  mutable std::atomic<int> lessons_ = 0;
  storage::Http http_;
};

}  // namespace recast::storages::s3
