#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/client.hpp"
#include "storage/object_store.hpp"

/// What Google's answers mean (import-export.md 8). Pure.
namespace recast::storages::google {

/// One page of a listing.
struct Page {
  std::vector<storage::Object> objects;  ///< without those that stand for folders
  std::string next;                      ///< token of the next page; empty for none
};
/// unavailable if it is no listing.
Result<Page> page_of(std::string_view json);

/// What a finished upload says about the object; empty members were not said.
struct Written {
  std::string md5;  ///< in base64
  std::string generation;
};
Written written_of(std::string_view json);

struct Granted {
  std::string text;
  std::int64_t seconds = 0;
};
/// nullopt if there is no token that could be sent in a header.
std::optional<Granted> granted_token(std::string_view json);

/// How many bytes of an upload the store has, by the Range header of a 308: "bytes=0-99" is 100, none is 0. nullopt for
/// another range.
std::optional<std::uint64_t> kept_bytes(std::string_view range);

/// The MD5 in x-goog-hash, in base64: "crc32c=…,md5=…", or several headers. Empty if there is none: objects that were
/// composed of others have no MD5.
std::string md5_of_hashes(const net::Answer& head);

/// What went wrong: {"error": {"message", "errors": [{"reason"}]}}, {"error", "error_description"} of a grant, or plain
/// text of a download.
struct Fault {
  std::string reason;
  std::string message;
};
Fault fault_of(const net::Answer& answer);
/// What an answer that is no success means to a client.
Error meaning_of(const Fault& fault, unsigned status);
/// Whether the same request may succeed later, although its status does not say so.
bool is_passing(const net::Answer& answer);
/// Whether the bucket wants to hear which project pays.
bool wants_a_payer(const Fault& fault, unsigned status);

}  // namespace recast::storages::google
