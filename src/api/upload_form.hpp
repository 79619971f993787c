#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "api/link_signer.hpp"
#include "base/clock.hpp"
#include "job/job.hpp"

namespace recast::api {

/// The form of a waiting import/upload task (core.md 17): {"url":…, "parameters":{…}}, every value a string. It works
/// until `valid` after the task's creation.
boost::json::object upload_form(const job::Task& task, std::string_view storage_base, std::chrono::seconds valid,
                                const LinkSigner& signer);

/// What the fields that came before the file allow.
struct UploadPermit {
  TaskId task;
  std::string file_name;  ///< named by the key instead of `${filename}`, or empty
};
/// malformed_body for a missing or altered field; gone for a wrong signature or a form whose time is over.
Result<UploadPermit> check_upload_fields(const std::map<std::string, std::string>& fields, const LinkSigner& signer,
                                         Time now);

}  // namespace recast::api
