#include "store/paging.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recast::store {

namespace {

/// A page of at most `rows` rows that begins where `page` does: the rows before it have to be whole pages, too.
Page shortened(const Page& page, std::int64_t rows) {
  const auto offset = offset_of(page);
  auto size = rows;
  while (offset % size != 0) --size;
  return {.number = offset / size + 1, .size = size};
}

}  // namespace

std::int64_t offset_of(const Page& page) {
  constexpr std::int64_t kLastPage = 1'000'000'000;
  return (std::clamp<std::int64_t>(page.number, 1, kLastPage) - 1) * page.size;
}

Fit fit(sql::Rows weights, const Page& page, std::int64_t room) {
  for (std::int64_t count = 0; weights.next(); ++count) {
    if (count == page.size) return {page, true};
    room -= weights.integer(0);
    if (room < 0 && count > 0) return {shortened(page, count), true};
  }
  return {page, false};
}

Result<> check_room(sql::Rows count, std::int64_t most, std::string_view what, std::string_view field) {
  if (!count.next() || count.integer(0) < most) return {};
  return fail(ErrorCode::invalid_data,
              fmt::format("There are {} {} already, which is the most. Delete one to make room.", most, what),
              std::string(field));
}

}  // namespace recast::store
