#include "storages/google_cloud_storage/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/text.hpp"
#include "net/fields.hpp"
#include "storage/http.hpp"

namespace recast::storages::google {

namespace {

namespace json = boost::json;

/// An object; empty if it is none.
json::object object_of(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(text, error, {}, {.max_depth = 32});
  return !error && value.is_object() ? std::move(value.get_object()) : json::object();
}

std::string string_of(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Google writes 64-bit numbers as strings.
std::uint64_t number_of(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  if (value == nullptr) return 0;
  if (value->is_string()) return net::whole_number(value->get_string()).value_or(0);
  boost::system::error_code error;
  const auto found = value->to_number<std::uint64_t>(error);
  return error ? 0 : found;
}

bool is_rate(std::string_view reason) { return reason == "rateLimitExceeded" || reason == "userRateLimitExceeded"; }

bool is_quota(std::string_view reason) {
  return is_rate(reason) || reason == "quotaExceeded" || reason == "dailyLimitExceeded";
}

constexpr std::string_view kPlaces = "the bucket or the object";

}  // namespace

Result<Page> page_of(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error, {}, {.max_depth = 32});
  if (error || !value.is_object()) return fail(ErrorCode::unavailable, "the answer is no list of objects");
  const auto& root = value.get_object();
  Page page{.objects = {}, .next = string_of(root, "nextPageToken")};
  const auto* const items = root.if_contains("items");
  if (items == nullptr) return page;  // an empty page
  if (!items->is_array()) return fail(ErrorCode::unavailable, "the answer is no list of objects");
  for (const auto& item : items->get_array()) {
    if (!item.is_object()) continue;
    storage::Object object{string_of(item.get_object(), "name"), number_of(item.get_object(), "size")};
    const bool stands_for_a_folder = object.size == 0 && object.name.ends_with('/');
    if (!object.name.empty() && !stands_for_a_folder) page.objects.push_back(std::move(object));
  }
  return page;
}

Written written_of(std::string_view text) {
  const auto root = object_of(text);
  return {string_of(root, "md5Hash"), string_of(root, "generation")};
}

std::optional<Granted> granted_token(std::string_view text) {
  constexpr std::int64_t kLongest = 86'400;
  const auto root = object_of(text);
  Granted granted{string_of(root, "access_token"), 0};
  const bool sendable = std::ranges::all_of(granted.text, [](char c) { return c > 0x20 && c < 0x7f; });
  if (granted.text.empty() || !sendable) return std::nullopt;
  granted.seconds = static_cast<std::int64_t>(std::min<std::uint64_t>(number_of(root, "expires_in"), kLongest));
  return granted;
}

std::optional<std::uint64_t> kept_bytes(std::string_view range) {
  if (range.empty()) return 0;
  constexpr std::string_view kBegin = "bytes=0-";
  if (!range.starts_with(kBegin)) return std::nullopt;
  const auto last = net::whole_number(range.substr(kBegin.size()));
  if (!last || *last == UINT64_MAX) return std::nullopt;
  return *last + 1;
}

std::string md5_of_hashes(const net::Answer& head) {
  constexpr std::string_view kName = "md5=";
  for (const auto& [name, value] : head.headers) {
    if (!equal_ignoring_case(name, "x-goog-hash")) continue;
    for (const auto one : split(value, ',')) {
      if (trim(one).starts_with(kName)) return std::string(trim(one).substr(kName.size()));
    }
  }
  return {};
}

Fault fault_of(const net::Answer& answer) {
  constexpr std::size_t kLongestText = 2000;
  const auto root = object_of(answer.body);
  const auto* const error = root.if_contains("error");
  if (error != nullptr && error->is_string())
    return {std::string(error->get_string()), string_of(root, "error_description")};
  if (error != nullptr && error->is_object()) {
    Fault fault{{}, string_of(error->get_object(), "message")};
    const auto* const list = error->get_object().if_contains("errors");
    const bool has_reason =
        list != nullptr && list->is_array() && !list->get_array().empty() && list->get_array().front().is_object();
    if (has_reason) fault.reason = string_of(list->get_array().front().get_object(), "reason");
    return fault;
  }
  // Downloads say it in plain text; pages of proxies are not for clients.
  const bool plain = root.empty() && answer.body.size() <= kLongestText && answer.body.find('<') == std::string::npos;
  return {{}, plain ? answer.body : std::string()};
}

Error meaning_of(const Fault& fault, unsigned status) {
  const auto text =
      fault.message.empty() && fault.reason.empty()
          ? fmt::format("{} (HTTP {})", storage::words_for(status, kPlaces), status)
          : storage::provider_text(fault.message.empty() ? storage::words_for(status, kPlaces) : fault.message,
                                   fault.reason);
  if (status == 401 || (status == 403 && !is_quota(fault.reason))) return {ErrorCode::invalid_credentials, text, {}};
  if (status == 413 || status == 507) return {ErrorCode::disk_full, text, {}};
  if (status == 404) return {ErrorCode::not_found, text, {}};
  return {ErrorCode::unavailable, text, {}};
}

bool is_passing(const net::Answer& answer) { return answer.status == 403 && is_rate(fault_of(answer).reason); }

bool wants_a_payer(const Fault& fault, unsigned status) {
  return status == 400 && (equal_ignoring_case(fault.reason, "UserProjectMissing") ||
                           lower(fault.message).contains("no user project provided"));
}

}  // namespace recast::storages::google
