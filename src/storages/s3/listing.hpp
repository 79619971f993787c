#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "storage/object_store.hpp"

namespace recast::storages::s3 {

/// One answer to ListObjects (version 1) or ListObjectsV2.
struct Page {
  std::vector<storage::Object> objects;  ///< without those that stand for folders
  std::string last;                      ///< name of the last one, folders too: where version 1 goes on
  bool truncated = false;
  std::string token;  ///< where version 2 goes on
};
/// unavailable if the text is no list of objects. Pure; the text is a store's.
Result<Page> read_page(std::string_view text);

}  // namespace recast::storages::s3
