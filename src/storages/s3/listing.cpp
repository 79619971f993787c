#include "storages/s3/listing.hpp"

#include "base/text.hpp"
#include "net/fields.hpp"
#include "storage/xml.hpp"

namespace recast::storages::s3 {

Result<Page> read_page(std::string_view text) {
  RECAST_TRY(const auto root, storage::parse_xml(text));
  if (root.name != "ListBucketResult") return fail(ErrorCode::unavailable, "the answer is no list of objects");
  const bool encoded = root.text_of("EncodingType") == "url";
  Page page{.objects = {},
            .last = {},
            .truncated = root.text_of("IsTruncated") == "true",
            .token = std::string(root.text_of("NextContinuationToken"))};
  for (const auto& child : root.children) {
    if (child.name != "Contents") continue;
    const auto key = child.text_of("Key");
    storage::Object object{encoded ? percent_decode(key) : std::string(key),
                           net::whole_number(child.text_of("Size")).value_or(0)};
    page.last = object.name;
    const bool stands_for_a_folder = object.size == 0 && object.name.ends_with('/');
    if (!stands_for_a_folder && !object.name.empty()) page.objects.push_back(std::move(object));
  }
  return page;
}

Result<UploadPage> read_uploads(std::string_view text) {
  RECAST_TRY(const auto root, storage::parse_xml(text));
  if (root.name != "ListMultipartUploadsResult")
    return fail(ErrorCode::unavailable, "the answer is no list of uploads");
  const bool encoded = root.text_of("EncodingType") == "url";
  const auto plain = [&](std::string_view name) { return encoded ? percent_decode(name) : std::string(name); };
  UploadPage page{.uploads = {},
                  .truncated = root.text_of("IsTruncated") == "true",
                  .next_key = plain(root.text_of("NextKeyMarker")),
                  .next_id = std::string(root.text_of("NextUploadIdMarker"))};
  for (const auto& child : root.children) {
    if (child.name != "Upload") continue;
    page.uploads.push_back(
        {plain(child.text_of("Key")), std::string(child.text_of("UploadId")), std::string(child.text_of("Initiated"))});
  }
  return page;
}

}  // namespace recast::storages::s3
