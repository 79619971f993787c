#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"
#include "schema/field.hpp"

namespace recast::account {

/// What a user or a key may use. What is absent or empty sets no limit. Pure.
struct Quota {
  std::optional<std::int64_t> jobs_in_flight;    ///< and standalone tasks
  std::optional<std::int64_t> tasks_per_minute;  ///< that are created
  std::optional<std::int64_t> upload_bytes;      ///< of one file that comes in, by upload or import
  std::optional<std::int64_t> minutes;           ///< of engines' time in a day
  std::optional<std::int64_t> retention_hours;   ///< after the end of a job; no longer than the server's
  std::vector<std::string> operations;           ///< that may be used: names, or a beginning as in "import/*"
  std::vector<std::string> formats;              ///< that may come out

  bool operator==(const Quota&) const = default;

  static constexpr auto fields = std::tuple{
      schema::field(&Quota::jobs_in_flight, "jobs_in_flight", "Jobs and standalone tasks that may be under way.",
                    {.min = 0}),
      schema::field(&Quota::tasks_per_minute, "tasks_per_minute", "Tasks that may be created in a minute.", {.min = 0}),
      schema::field(&Quota::upload_bytes, "upload_bytes", "Size of one file that comes in, by upload or import.",
                    {.min = 0}),
      schema::field(&Quota::minutes, "minutes", "Minutes that engines may work in a day.", {.min = 0}),
      schema::field(&Quota::retention_hours, "retention_hours",
                    "Hours that jobs and files are kept after the end; no more than the server keeps them.",
                    {.min = 0}),
      schema::field(&Quota::operations, "operations",
                    "Operations that may be used, such as convert or import/*; empty: all."),
      schema::field(&Quota::formats, "formats", "Formats that may come out of conversions; empty: all."),
  };
};

/// `own`, with what `fallback` says where it leaves something open.
Quota completed(Quota own, const Quota& fallback);
bool allows_operation(const Quota& quota, std::string_view operation);
bool allows_format(const Quota& quota, std::string_view format);  ///< a canonical token

/// Without what is left open.
boost::json::object quota_object(const Quota& quota);
/// The same as text, for the store; empty for no limits at all. And the way back; internal if it is none.
std::string quota_text(const Quota& quota);
Result<Quota> read_quota(std::string_view text);

/// What holds for one request: the user's quota, with the server's defaults, and the key's own. All keys of a user
/// share the first; the second is for the key and for those that it made.
struct Allowance {
  Quota user;
  Quota key;
  KeyId family{};  ///< the key that the use counts for; none: the request had no key with a quota

  /// The tighter one of both.
  std::optional<std::int64_t> least(std::optional<std::int64_t> Quota::*limit) const;
  bool operation(std::string_view name) const;
  bool format(std::string_view name) const;                 ///< a canonical token
  std::optional<std::vector<std::string>> formats() const;  ///< those that both allow; none: all
};

}  // namespace recast::account
