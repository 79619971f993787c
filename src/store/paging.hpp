#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "sql/sql.hpp"
#include "store/listing.hpp"

/// What lists and limits of rows have in common. For the other files of this module.
namespace recast::store {

/// How many rows come before a page, whatever number a client asks for.
std::int64_t offset_of(const Page& page);

/// A page of rows that were asked for with LIMIT page.size + 1: the last one only tells that there is a next page.
template <class T, class Read>
Listing<T> read_page(sql::Rows rows, const Page& page, Read&& read) {
  Listing<T> listing{.items = {}, .more = false, .page = page};
  while (rows.next()) {
    listing.more = std::ssize(listing.items) == page.size;
    if (listing.more) break;
    listing.items.push_back(read(rows));
  }
  return listing;
}

struct Fit {
  Page page;
  bool more = false;
};
/// As much of a page as there is room for in bytes, at least one row. `weights` has what each row of it weighs, and one
/// row more if there is a next page. A shorter page begins where `page` does, so its number may be another one.
Fit fit(sql::Rows weights, const Page& page, std::int64_t room);

/// invalid_data on `field` once there are `most` of what is called "keys"; `count` is a query for one number.
Result<> check_room(sql::Rows count, std::int64_t most, std::string_view what, std::string_view field = "name");

}  // namespace recast::store
