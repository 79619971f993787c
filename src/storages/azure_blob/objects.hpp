#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "storage/http.hpp"
#include "storage/object_store.hpp"
#include "storages/azure_blob/address.hpp"
#include "storages/azure_blob/signature.hpp"

namespace recast::storages::azure {

/// The blobs of one container, over Azure's REST interface (import-export.md 7).
/// https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
class Objects final : public storage::ObjectStore {
 public:
  /// `metadata` are the headers of every blob that is written.
  static Result<std::unique_ptr<storage::ObjectStore>> open(const Access& access, const Settings& settings,
                                                            const storage::Connection& connection, Pairs metadata);

  Result<std::vector<storage::Object>> list(const std::string& prefix, std::size_t at_most) override;
  Result<std::uint64_t> fetch(const std::string& name, const storage::fs::path& to, storage::Meter& meter) override;
  Result<> send(const storage::fs::path& from, const std::string& name, storage::Meter& meter) override;
  Result<> remove(const std::string& name) override;

 private:
  struct Asked {
    std::string method = "GET";
    std::string blob;  ///< empty: the container itself
    Pairs query;
    Pairs headers;
    std::uint64_t length = 0;  ///< of the body
  };
  /// One of the two; the other is empty.
  struct Credentials {
    std::string key;  ///< decoded
    std::string sas;  ///< as it goes behind a query
  };

  Objects(Address address, Credentials credentials, const storage::Connection& connection, Pairs metadata);

  /// Signs it for now.
  net::Call signed_call(const Asked& asked) const;
  Result<net::Answer> call(const Asked& asked) const;
  /// The same with a piece of a file as the body.
  Result<> put(Asked asked, const net::FilePart& piece, storage::Meter& meter) const;
  Result<> send_whole(const storage::Source& source, const std::string& name, storage::Meter& meter) const;
  Result<> send_in_blocks(const storage::Source& source, const std::string& name, storage::Meter& meter) const;
  Result<> commit(const std::string& name, const std::string& list) const;

  const Address address_;
  const Credentials credentials_;
  const storage::Connection& connection_;
  const Pairs metadata_;
  storage::Http http_;
};

}  // namespace recast::storages::azure
