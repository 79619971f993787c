#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/context.hpp"
#include "api/upload_file.hpp"
#include "api/upload_form.hpp"
#include "http/multipart.hpp"

namespace recast::api {

/// The name a file gets: from the form's key if it has one of its own, else from its part, else "file" with the
/// extension its first bytes suggest. Cleaned.
std::string upload_name(std::string_view in_key, const http::Part& part, std::string_view first_bytes);

/// One POST of an upload form, streamed: fields first, checked when the field `file` begins; the file into the folder
/// for uploads under way and then into the storage; whatever follows it is ignored. Unless it ends well, nothing stays
/// behind.
class Upload final : public http::BodySink {
 public:
  static Result<std::unique_ptr<http::BodySink>> open(Context& context, const http::Request& request);
  ~Upload() override;

  Result<> write(std::span<const char> bytes) override;
  Result<http::Response> finish() override;

 private:
  enum class Stage { before_file, in_file, after_file };

  Upload(Context& context, std::string_view storage_base, bool sandbox);
  Result<> begin_part(const http::Part& part);
  Result<> begin_file();
  Result<> take(std::span<const char> bytes);
  Result<> take_file(std::span<const char> bytes);
  Result<> end_part();
  /// Whether the task has ended because the file may not be used in the sandbox. The client is not told here, as little
  /// as the service's storage tells: the task says why.
  Result<bool> refuse(const job::StoredFile& stored);
  Result<> keep(const job::StoredFile& stored);
  http::Response answer(const job::StoredFile& stored) const;

  Context& context_;
  bool sandbox_;               ///< what the form was sent to
  std::string location_base_;  ///< "https://…/tasks"
  std::optional<http::MultipartParser> parser_;
  Stage stage_ = Stage::before_file;
  http::Part part_;  ///< the current one, or the file's
  std::map<std::string, std::string> fields_;
  UploadPermit permit_;
  std::string redirect_;        ///< where the browser goes afterwards, or empty
  std::uint64_t largest_ = 0;   ///< bytes of the file
  std::optional<int> attempt_;  ///< set while the store has the task marked as receiving
  std::unique_ptr<UploadFile> file_;
};

}  // namespace recast::api
