#include "api/limits/allowed.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/envelope.hpp"
#include "format/format.hpp"
#include "operation/registry.hpp"
#include "schema/parse.hpp"
#include "store/ledger.hpp"

namespace recast::api {

namespace {

constexpr std::string_view kOutputFormat = "output_format";

/// The format that a task was told to make, or that its operation makes if nothing is said; empty if there is no such
/// option.
std::string format_asked_for(const operation::Operation* operation, const json::object& payload) {
  if (operation == nullptr) return {};
  const auto option = std::ranges::find(operation->options, kOutputFormat, &schema::FieldInfo::name);
  if (option == operation->options.end()) return {};
  const auto* const said = schema::detail::lookup(payload, *option);
  const auto& value = said != nullptr ? *said : option->default_value;
  return value.is_string() ? format::canonical(std::string_view(value.get_string())) : std::string();
}

/// Bytes of the file that a payload brings along; a little less than it has where it is encoded.
std::uint64_t carried_bytes(std::string_view operation, const json::object& payload) {
  const auto* const file = job::carries_file(operation) ? payload.if_contains(job::kCarriedFile) : nullptr;
  if (file == nullptr || !file->is_string()) return 0;
  const auto size = file->get_string().size();
  return operation == "import/base64" ? size / 4 * 3 - std::min<std::size_t>(size, 2) : size;
}

/// `prefix` names the task in fields, `name` in messages.
Result<> check_one(const Services& services, const account::Allowance& allowance, std::string_view operation,
                   const json::object& payload, std::string_view name) {
  const auto prefix = name.empty() ? std::string() : fmt::format("tasks.{}.", name);
  const auto who = name.empty() ? std::string() : fmt::format("Task {}: ", name);
  if (!allowance.operation(operation)) {
    return fail(ErrorCode::forbidden, fmt::format("{}Your quota does not allow the operation {}.", who, operation),
                prefix + "operation");
  }
  const auto format = format_asked_for(services.operations.find(operation), payload);
  if (!format.empty() && !allowance.format(format)) {
    return fail(ErrorCode::forbidden, fmt::format("{}Your quota does not allow the format {}.", who, format),
                prefix + std::string(kOutputFormat));
  }
  const auto largest = allowance.least(&account::Quota::upload_bytes);
  if (largest && carried_bytes(operation, payload) > static_cast<std::uint64_t>(*largest)) {
    return fail(ErrorCode::file_too_large,
                fmt::format("{}The file exceeds the maximum size of {} bytes", who, *largest),
                prefix + std::string(job::kCarriedFile));
  }
  return {};
}

Result<account::Allowance> allowance_of(const Services& services, const Asker& asker) {
  return services.store.ledger().allowance(asker.user, asker.key);
}

void set_rate_headers(http::Response& response, const store::Ledger::Rate& rate) {
  response.headers.set("X-RateLimit-Limit", std::to_string(rate.limit));
  response.headers.set("X-RateLimit-Remaining", std::to_string(rate.remaining));
}

}  // namespace

Asker Asker::of(const Call& call) {
  const auto& principal = call.principal;
  return {principal.user.id, principal.key == KeyId{} ? std::nullopt : std::optional(principal.key)};
}

Result<> check_allowed(const Services& services, const Asker& asker, const job::JobSpec& spec) {
  RECAST_TRY(const auto allowance, allowance_of(services, asker));
  for (const auto& task : spec.tasks)
    RECAST_CHECK(check_one(services, allowance, task.operation, task.payload, task.name));
  return {};
}

Result<> check_allowed(const Services& services, const Asker& asker, const job::TaskSpec& spec) {
  RECAST_TRY(const auto allowance, allowance_of(services, asker));
  return check_one(services, allowance, spec.operation, spec.payload, {});
}

Result<> check_allowed(const Services& services, const Asker& asker, const job::Task& task) {
  RECAST_TRY(const auto allowance, allowance_of(services, asker));
  return check_one(services, allowance, task.operation, task.payload, {});
}

http::Response rated(Call& call, http::Response response) {
  const auto asker = Asker::of(call);
  const auto rate = call.context.services.store.ledger().rate(asker.user, asker.key, 1);
  if (rate && *rate) set_rate_headers(response, **rate);
  return response;
}

http::Response refused(Call& call, const Error& error, std::size_t tasks) {
  auto response = error_response(error);
  if (error.code != ErrorCode::too_many_requests) return response;
  const auto asker = Asker::of(call);
  const auto rate = call.context.services.store.ledger().rate(asker.user, asker.key, static_cast<std::int64_t>(tasks));
  if (!rate || !*rate) return response;
  set_rate_headers(response, **rate);
  response.headers.set("Retry-After", std::to_string(std::max<std::int64_t>((*rate)->wait.count(), 1)));
  return response;
}

}  // namespace recast::api
