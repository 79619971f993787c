#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "job/job.hpp"
#include "store/store.hpp"

namespace recast::api {

namespace json = boost::json;

/// The words of `include=a,b`; unknown ones do no harm (core.md 0.1 row 16).
class Include {
 public:
  Include() = default;
  explicit Include(std::vector<std::string> words) : words_(std::move(words)) {}
  static Include of(const http::Query& query);
  bool has(std::string_view word) const;

 private:
  std::vector<std::string> words_;
};

/// `filter[name]`; an empty one counts as absent.
std::optional<std::string> filter(const http::Query& query, std::string_view name);
/// invalid_data on "filter.status" for a word that is no status.
Result<std::optional<job::Status>> status_filter(const http::Query& query);

/// `true`, `1`; everything else is false.
bool flag(const http::Query& query, std::string_view name);

/// `page` and `per_page`, clamped to what the store can answer; invalid_data if one is no number.
Result<store::Page> page_of(const http::Query& query);

/// The whole list answer (core.md 5): data, links that keep the caller's filters, meta. `path` is absolute, without
/// query; `page` is the one that was answered, which may be shorter than the one that was asked for.
json::object list_body(json::array data, const http::Query& query, const std::string& path, store::Page page,
                       bool more);

}  // namespace recast::api
