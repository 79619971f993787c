#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/client.hpp"
#include "storage/object_store.hpp"

/// What Azure's answers mean (import-export.md 7.4). Pure.
namespace recast::storages::azure {

/// One page of a listing.
struct Page {
  std::vector<storage::Object> objects;  ///< without those that stand for folders
  std::string next;                      ///< marker of the next page; empty for none
};
/// unavailable if it is no listing.
Result<Page> page_of(std::string_view xml);

/// The code of an error: its header, which answers to HEAD have as well, or its XML.
std::string code_of(const net::Answer& answer);
/// What an answer that is no success means to a client.
Error meaning_of(const net::Answer& answer);

}  // namespace recast::storages::azure
