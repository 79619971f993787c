#include "job/job.hpp"

namespace recast::job {

std::string_view status_name(Status status) {
  switch (status) {
    case Status::waiting:
      return "waiting";
    case Status::processing:
      return "processing";
    case Status::finished:
      return "finished";
    case Status::error:
      return "error";
  }
  return "error";
}

std::optional<Status> status_from(std::string_view name) {
  for (const auto status : {Status::waiting, Status::processing, Status::finished, Status::error}) {
    if (status_name(status) == name) return status;
  }
  return std::nullopt;
}

bool carries_file(std::string_view operation) { return operation == "import/base64" || operation == "import/raw"; }

bool brings_files(std::string_view operation) { return operation.starts_with("import/"); }

}  // namespace recast::job
