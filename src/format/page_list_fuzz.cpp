#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "format/page_list.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using recast::format::PageList;
  const auto list = PageList::parse({reinterpret_cast<const char*>(data), size});
  if (!list) return 0;
  int before = -1;
  for (const auto [first, last] : list->merged()) {
    // Sorted, apart, nothing after an open end.
    if (first < 1 || before == PageList::kOpen || first <= before) std::abort();
    if (last != PageList::kOpen && last < first) std::abort();
    before = last;
  }
  if (list->ranges().size() > 1'000) std::abort();
  return 0;
}
