#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "storage/http.hpp"
#include "storage/object_store.hpp"

namespace recast::storages::google {

/// A resumable upload: chunks one after the other, of each the store says how much it kept (import-export.md 8.2).
/// https://cloud.google.com/storage/docs/performing-resumable-uploads
class Upload {
 public:
  struct Store {
    const storage::Http& http;
    std::function<Result<std::string>()> begin;        ///< gives the address of a new upload, a secret
    std::function<Error(const net::Answer&)> explain;  ///< an answer that is no success
    bool trusted = false;                              ///< such addresses are the operator's own
  };
  /// All must outlive it. A chunk of 256 KiB, or a multiple of it.
  Upload(const Store& store, const storage::Source& source, std::uint64_t chunk, storage::Meter& meter)
      : store_(store), source_(source), chunk_(chunk), meter_(meter) {}

  /// What the store says in the end about the object. An upload that fails is taken back.
  Result<net::Answer> run();

 private:
  /// nullopt if the store knows nothing of the upload any more.
  Result<std::optional<net::Answer>> send_all();
  /// One chunk. What is tried again after it is the question how much of it arrived.
  Result<net::Answer> send_chunk(std::uint64_t length);
  net::Call chunk_call(std::uint64_t length) const;
  net::Call question() const;
  net::Call call_to(std::string method) const;
  void kept(std::uint64_t bytes);
  void cancel() const;

  const Store& store_;
  const storage::Source& source_;
  const std::uint64_t chunk_;
  storage::Meter& meter_;
  std::string address_;
  std::uint64_t offset_ = 0;  ///< bytes the store has
};

}  // namespace recast::storages::google
