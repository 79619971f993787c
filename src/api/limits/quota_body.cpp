#include "api/limits/quota_body.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "format/format.hpp"
#include "schema/parse.hpp"

namespace recast::api {

using account::Quota;

namespace {

Error more_than_own(std::string_view member) {
  return {ErrorCode::forbidden, fmt::format("A key cannot give more than its own quota: {}.", member),
          fmt::format("quota.{}", member)};
}

Result<> narrow_number(std::optional<std::int64_t>& wanted, const std::optional<std::int64_t>& own,
                       std::string_view member) {
  if (!own) return {};
  if (!wanted) wanted = own;
  return *wanted <= *own ? Result<>() : std::unexpected(more_than_own(member));
}

template <class Allows>
Result<> narrow_list(std::vector<std::string>& wanted, const std::vector<std::string>& own, std::string_view member,
                     Allows&& allows) {
  if (wanted.empty()) wanted = own;
  return std::ranges::all_of(wanted, allows) ? Result<>() : std::unexpected(more_than_own(member));
}

}  // namespace

Result<> check_quota(Quota& quota, const operation::Registry& operations) {
  for (const auto& pattern : quota.operations) {
    const Quota only{.operations = {pattern}};
    const bool any = std::ranges::any_of(operations.all(),
                                         [&](const auto& one) { return account::allows_operation(only, one.first); });
    if (!any) return fail(ErrorCode::invalid_data, fmt::format("There is no operation {}.", pattern), "operations");
  }
  for (auto& name : quota.formats) {
    const auto* const known = format::find(name);
    if (known == nullptr) return fail(ErrorCode::invalid_data, fmt::format("There is no format {}.", name), "formats");
    name = known->name;
  }
  return {};
}

Result<Quota> quota_in(const boost::json::object& body, const operation::Registry& operations,
                       std::string_view prefix) {
  const auto fields = schema::describe<Quota>();
  for (const auto& member : body) {
    const auto known = std::ranges::find(fields, std::string_view(member.key()), &schema::FieldInfo::name);
    if (known == fields.end()) {
      return fail(ErrorCode::invalid_data, fmt::format("A quota has no {}.", std::string_view(member.key())),
                  std::string(prefix) + std::string(member.key()));
    }
  }
  auto quota = schema::parse<Quota>(body);
  const auto checked = quota ? check_quota(*quota, operations) : Result<>(std::unexpected(quota.error()));
  if (checked) return quota;
  auto error = checked.error();
  error.field.insert(0, prefix);
  return std::unexpected(std::move(error));
}

Result<> narrow(account::KeyTerms& wanted, const account::KeyTerms& own, KeyId own_key) {
  if (own.quota == Quota()) return {};
  auto& quota = wanted.quota;
  RECAST_CHECK(narrow_number(quota.jobs_in_flight, own.quota.jobs_in_flight, "jobs_in_flight"));
  RECAST_CHECK(narrow_number(quota.tasks_per_minute, own.quota.tasks_per_minute, "tasks_per_minute"));
  RECAST_CHECK(narrow_number(quota.upload_bytes, own.quota.upload_bytes, "upload_bytes"));
  RECAST_CHECK(narrow_number(quota.minutes, own.quota.minutes, "minutes"));
  RECAST_CHECK(narrow_number(quota.retention_hours, own.quota.retention_hours, "retention_hours"));
  RECAST_CHECK(narrow_list(quota.operations, own.quota.operations, "operations",
                           [&](const auto& one) { return account::allows_operation(own.quota, one); }));
  RECAST_CHECK(narrow_list(quota.formats, own.quota.formats, "formats",
                           [&](const auto& one) { return account::allows_format(own.quota, one); }));
  // Else a key with a quota could make others until it had as much as it likes.
  wanted.family = own.family == KeyId{} ? own_key : own.family;
  return {};
}

}  // namespace recast::api
