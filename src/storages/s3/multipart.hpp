#pragma once

#include <optional>
#include <string>
#include <vector>

/// What completes a multipart upload (import-export.md 6.3). Pure.
namespace recast::storages::s3 {

/// The body of CompleteMultipartUpload: the parts' entity tags in their order.
std::string part_list(const std::vector<std::string>& tags);

/// The entity tag that the whole object has, without quotes: the MD5 of the parts' MD5s and their number. nullopt if
/// the parts' tags are no MD5s (as with keys of a key service): then nothing can be said of the object.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
std::optional<std::string> whole_tag(const std::vector<std::string>& tags);

/// An entity tag without its quotes.
std::string bare_tag(std::string_view tag);

}  // namespace recast::storages::s3
