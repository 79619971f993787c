#include "storages/azure_blob/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "net/fields.hpp"
#include "storage/http.hpp"
#include "storage/xml.hpp"

namespace recast::storages::azure {

namespace {

constexpr std::array<std::string_view, 9> kCredentials{"AuthenticationFailed",
                                                       "AuthorizationFailure",
                                                       "InsufficientAccountPermissions",
                                                       "InvalidAuthenticationInfo",
                                                       "NoAuthenticationInformation",
                                                       "AccountIsDisabled",
                                                       "KeyBasedAuthenticationNotPermitted",
                                                       "PublicAccessNotPermitted",
                                                       "UnauthorizedBlobOverwrite"};

/// AuthorizationPermissionMismatch, AuthorizationSourceIPMismatch, …
bool is_about_credentials(std::string_view code) {
  return std::ranges::find(kCredentials, code) != kCredentials.end() ||
         (code.starts_with("Authorization") && code.ends_with("Mismatch"));
}

constexpr std::string_view kPlaces = "the container or the blob";

/// "…\nRequestId:…\nTime:…" stands behind every message.
std::string_view without_request_id(std::string_view message) {
  return message.substr(0, message.find("\nRequestId:"));
}

/// Accounts with folders have objects for them.
bool stands_for_a_folder(const storage::Element& blob, const storage::Object& object) {
  if (object.size != 0) return false;
  if (object.name.ends_with('/')) return true;
  const auto* const properties = blob.find("Properties");
  if (properties != nullptr && properties->text_of("ResourceType") == "directory") return true;
  const auto* const metadata = blob.find("Metadata");
  return metadata != nullptr && std::ranges::any_of(metadata->children, [](const storage::Element& one) {
           return equal_ignoring_case(one.name, "hdi_isfolder") && equal_ignoring_case(trim(one.text), "true");
         });
}

}  // namespace

Result<Page> page_of(std::string_view xml) {
  RECAST_TRY(const auto root, storage::parse_xml(xml));
  const auto* const blobs = root.find("Blobs");
  if (root.name != "EnumerationResults" || blobs == nullptr)
    return fail(ErrorCode::unavailable, "the answer is no list of blobs");
  Page page{.objects = {}, .next = std::string(root.text_of("NextMarker"))};
  for (const auto& blob : blobs->children) {
    const auto* const name = blob.find("Name");
    if (blob.name != "Blob" || name == nullptr) continue;
    const bool encoded = std::ranges::any_of(name->attributes, [](const auto& one) {
      return one.first == "Encoded" && equal_ignoring_case(one.second, "true");
    });
    storage::Object object{encoded ? percent_decode(name->text) : name->text, 0};
    if (const auto* const properties = blob.find("Properties"))
      object.size = net::whole_number(properties->text_of("Content-Length")).value_or(0);
    if (!stands_for_a_folder(blob, object)) page.objects.push_back(std::move(object));
  }
  return page;
}

std::string code_of(const net::Answer& answer) {
  if (const auto code = storage::header(answer, "x-ms-error-code"); !code.empty()) return std::string(code);
  const auto root = storage::parse_xml(answer.body);
  return root && root->name == "Error" ? std::string(root->text_of("Code")) : std::string();
}

Error meaning_of(const net::Answer& answer) {
  const auto code = code_of(answer);
  // Beside the message there may be details that repeat headers and signatures: they stay here.
  const auto root = storage::parse_xml(answer.body);
  const auto message =
      root && root->name == "Error" ? without_request_id(root->text_of("Message")) : std::string_view();
  auto text = message.empty() ? fmt::format("{} (HTTP {})", storage::words_for(answer.status, kPlaces), answer.status)
                              : storage::provider_text(message, code);
  if (message.empty() && !code.empty()) text = storage::provider_text(storage::words_for(answer.status, kPlaces), code);
  const bool denied = code.empty() && (answer.status == 401 || answer.status == 403);
  if (denied || is_about_credentials(code)) return {ErrorCode::invalid_credentials, text, {}};
  if (answer.status == 413 || answer.status == 507) return {ErrorCode::disk_full, text, {}};
  if (answer.status == 404) return {ErrorCode::not_found, text, {}};
  return {ErrorCode::unavailable, text, {}};
}

}  // namespace recast::storages::azure
