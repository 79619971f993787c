#include "api/upload_form.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <vector>

#include "base/text.hpp"

namespace recast::api {

namespace json = boost::json;

namespace {

constexpr std::string_view kFileName = "${filename}";
constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string amazon_date(Time time) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}", std::chrono::floor<std::chrono::seconds>(time));
}

std::string policy_text(std::string_view policy) { return fmt::format("upload\n{}", policy); }

/// The policy says everything the other fields say, so that its signature covers them all.
std::string policy_of(const job::Task& task, std::string_view bucket, Time expires) {
  json::array conditions;
  const auto equal = [&conditions](std::string_view name, std::string_view value) {
    conditions.push_back(json::object{{name, value}});
  };
  equal("acl", "private");
  equal("bucket", bucket);
  conditions.push_back(json::array{"starts-with", "$key", task.id.str() + "/"});
  equal("success_action_status", "201");
  equal("X-Amz-Algorithm", kAlgorithm);
  equal("X-Amz-Date", amazon_date(task.created));
  json::object policy;
  policy["expiration"] = format_time(expires);
  policy["expires"] = to_seconds(expires);
  policy["conditions"] = std::move(conditions);
  return to_base64(json::serialize(policy));
}

Error altered(std::string_view name) {
  return {ErrorCode::malformed_body, fmt::format("The form field {} is missing or was altered.", name), {}};
}

/// A policy whose signature is right was made above; still nothing is assumed about its shape.
Result<UploadPermit> apply(const json::object& policy, const std::map<std::string, std::string>& fields, Time now) {
  const auto* const expires = policy.if_contains("expires");
  const auto* const conditions = policy.if_contains("conditions");
  if (expires == nullptr || !expires->is_int64() || conditions == nullptr || !conditions->is_array()) {
    return std::unexpected(altered("Policy"));
  }
  if (to_seconds(now) >= expires->get_int64()) return fail(ErrorCode::gone, "The upload form has expired.");
  UploadPermit permit;
  for (const auto& condition : conditions->get_array()) {
    if (condition.is_array()) {
      const auto prefix = std::string(condition.at(2).as_string());
      const auto key = fields.find("key");
      if (key == fields.end() || !key->second.starts_with(prefix)) return std::unexpected(altered("key"));
      permit.task = TaskId(prefix.substr(0, prefix.size() - 1));
      permit.file_name = key->second.substr(prefix.size());
      continue;
    }
    for (const auto& [name, value] : condition.as_object()) {
      if (name == "bucket") continue;
      const auto field = fields.find(std::string(name));
      if (field == fields.end() || field->second != std::string_view(value.as_string()))
        return std::unexpected(altered(name));
    }
  }
  if (permit.file_name == kFileName) permit.file_name.clear();
  return permit;
}

}  // namespace

json::object upload_form(const job::Task& task, std::string_view storage_base, std::chrono::seconds valid,
                         const LinkSigner& signer) {
  const auto bucket = bucket_of(task.sandbox);
  const auto policy = policy_of(task, bucket, task.created + valid);
  json::object parameters;
  parameters["acl"] = "private";
  parameters["key"] = fmt::format("{}/{}", task.id.str(), kFileName);
  parameters["success_action_status"] = "201";
  parameters["X-Amz-Algorithm"] = kAlgorithm;
  parameters["X-Amz-Date"] = amazon_date(task.created);
  parameters["Policy"] = policy;
  parameters["X-Amz-Signature"] = signer.sign(policy_text(policy));
  json::object form;
  form["url"] = fmt::format("{}/{}", storage_base, bucket);
  form["parameters"] = std::move(parameters);
  return form;
}

Result<UploadPermit> check_upload_fields(const std::map<std::string, std::string>& fields, const LinkSigner& signer,
                                         Time now) {
  const auto policy = fields.find("Policy");
  const auto signature = fields.find("X-Amz-Signature");
  if (policy == fields.end()) return std::unexpected(altered("Policy"));
  if (signature == fields.end()) return std::unexpected(altered("X-Amz-Signature"));
  if (!signer.verify(policy_text(policy->second), signature->second)) {
    return fail(ErrorCode::gone, "The signature of the upload form is wrong.");
  }
  boost::system::error_code error;
  const auto decoded = from_base64(policy->second);
  const auto value = json::parse(decoded.value_or(""), error);
  if (error || !value.is_object()) return std::unexpected(altered("Policy"));
  return apply(value.get_object(), fields, now);
}

}  // namespace recast::api
