#include "api/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>

#include "base/text.hpp"

namespace recast::api {

namespace {

constexpr std::int64_t kLargestPage = 1'000'000'000;
constexpr std::int64_t kLargestSize = 1000;

Result<std::int64_t> number(const http::Query& query, const std::string& name, std::int64_t fallback,
                            std::int64_t largest) {
  const auto text = query.get(name).value_or("");
  if (trim(text).empty()) return fallback;
  const auto digits = trim(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) return digits.starts_with('-') ? 1 : largest;
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return fail(ErrorCode::invalid_data, fmt::format("The {} must be a number.", name), name);
  }
  return std::clamp<std::int64_t>(value, 1, largest);
}

std::string page_link(const http::Query& query, const std::string& path, const store::Page& page) {
  auto link = path + "?";
  const auto asked = page_of(query);
  const bool shortened = asked && asked->size != page.size;
  for (const auto& [name, value] : query.all()) {
    if (name == "page" || (name == "per_page" && shortened)) continue;
    link += fmt::format("{}={}&", percent_encode(name), percent_encode(value));
  }
  if (shortened) link += fmt::format("per_page={}&", page.size);
  return link + fmt::format("page={}", page.number);
}

}  // namespace

Include Include::of(const http::Query& query) {
  Include include;
  const auto words = query.get("include").value_or("");
  for (const auto word : split(words, ',')) include.words_.emplace_back(trim(word));
  return include;
}

bool Include::has(std::string_view word) const { return std::ranges::find(words_, word) != words_.end(); }

std::optional<std::string> filter(const http::Query& query, std::string_view name) {
  auto value = query.get(fmt::format("filter[{}]", name));
  if (value && value->empty()) return std::nullopt;
  return value;
}

Result<std::optional<job::Status>> status_filter(const http::Query& query) {
  const auto word = filter(query, "status");
  if (!word) return std::nullopt;
  const auto status = job::status_from(*word);
  if (!status) return fail(ErrorCode::invalid_data, "The selected filter.status is invalid.", "filter.status");
  return status;
}

bool flag(const http::Query& query, std::string_view name) {
  const auto value = lower(query.get(name).value_or(""));
  return value == "true" || value == "1";
}

Result<store::Page> page_of(const http::Query& query) {
  RECAST_TRY(const auto page, number(query, "page", 1, kLargestPage));
  RECAST_TRY(const auto size, number(query, "per_page", 100, kLargestSize));
  return store::Page{page, size};
}

json::object list_body(json::array data, const http::Query& query, const std::string& path, store::Page page,
                       bool more) {
  const auto count = static_cast<std::int64_t>(data.size());
  const auto before = (page.number - 1) * page.size;
  const auto link = [&](bool there, std::int64_t number) {
    return there ? json::value(page_link(query, path, {number, page.size})) : json::value(nullptr);
  };
  json::object links;
  links["first"] = page_link(query, path, {1, page.size});
  links["last"] = nullptr;
  links["prev"] = link(page.number > 1, page.number - 1);
  links["next"] = link(more, page.number + 1);
  json::object meta;
  meta["current_page"] = page.number;
  meta["from"] = count == 0 ? json::value(nullptr) : json::value(before + 1);
  meta["path"] = path;
  meta["per_page"] = page.size;
  meta["to"] = count == 0 ? json::value(nullptr) : json::value(before + count);
  json::object body;
  body["data"] = std::move(data);
  body["links"] = std::move(links);
  body["meta"] = std::move(meta);
  return body;
}

}  // namespace recast::api
