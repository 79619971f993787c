#include "account/quota.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "schema/parse.hpp"

namespace recast::account {

namespace json = boost::json;

namespace {

template <class Value>
void complete(std::optional<Value>& own, const std::optional<Value>& fallback) {
  if (!own) own = fallback;
}

bool covers(std::string_view pattern, std::string_view operation) {
  if (pattern.ends_with('*')) return operation.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == operation;
}

}  // namespace

Quota completed(Quota own, const Quota& fallback) {
  complete(own.jobs_in_flight, fallback.jobs_in_flight);
  complete(own.tasks_per_minute, fallback.tasks_per_minute);
  complete(own.upload_bytes, fallback.upload_bytes);
  complete(own.minutes, fallback.minutes);
  complete(own.retention_hours, fallback.retention_hours);
  if (own.operations.empty()) own.operations = fallback.operations;
  if (own.formats.empty()) own.formats = fallback.formats;
  return own;
}

bool allows_operation(const Quota& quota, std::string_view operation) {
  return quota.operations.empty() ||
         std::ranges::any_of(quota.operations, [&](const auto& pattern) { return covers(pattern, operation); });
}

bool allows_format(const Quota& quota, std::string_view format) {
  return quota.formats.empty() || std::ranges::find(quota.formats, format) != quota.formats.end();
}

json::object quota_object(const Quota& quota) {
  json::object said;
  for (auto& member : schema::to_object(quota)) {
    const bool empty = member.value().is_null() || (member.value().is_array() && member.value().get_array().empty());
    if (!empty) said.emplace(member.key(), std::move(member.value()));
  }
  return said;
}

std::string quota_text(const Quota& quota) {
  const auto said = quota_object(quota);
  return said.empty() ? std::string() : json::serialize(said);
}

Result<Quota> read_quota(std::string_view text) {
  if (text.empty()) return Quota();
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_object()) return fail(ErrorCode::internal, "A quota in the database cannot be read.");
  return schema::parse<Quota>(value.get_object());
}

std::optional<std::int64_t> Allowance::least(std::optional<std::int64_t> Quota::*limit) const {
  const auto& of_user = user.*limit;
  const auto& of_key = key.*limit;
  if (!of_user) return of_key;
  return of_key ? std::min(*of_user, *of_key) : *of_user;
}

bool Allowance::operation(std::string_view name) const {
  return allows_operation(user, name) && allows_operation(key, name);
}

bool Allowance::format(std::string_view name) const { return allows_format(user, name) && allows_format(key, name); }

std::optional<std::vector<std::string>> Allowance::formats() const {
  if (user.formats.empty() && key.formats.empty()) return std::nullopt;
  auto list = user.formats.empty() ? key.formats : user.formats;
  std::erase_if(list, [this](const auto& one) { return !format(one); });
  return list;
}

}  // namespace recast::account
