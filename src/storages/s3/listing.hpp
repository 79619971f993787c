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

/// An upload in parts that was begun and neither completed nor aborted.
struct OpenUpload {
  std::string key;
  std::string id;
  std::string initiated;  ///< as the store writes it: "2026-11-28T09:30:00.000Z"
};

/// One page of a list of those.
struct UploadPage {
  std::vector<OpenUpload> uploads;
  bool truncated = false;
  std::string next_key, next_id;  ///< where the next page goes on
};
Result<UploadPage> read_uploads(std::string_view xml);

}  // namespace recast::storages::s3
