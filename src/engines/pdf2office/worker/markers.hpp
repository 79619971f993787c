#pragma once

#include <string_view>

namespace recast::engines::pdf2office {

bool is_bullet_sign(std::string_view word);    ///< one sign, such as •
bool is_number_marker(std::string_view word);  ///< 1. a) (iv) [3]
/// What stands alone before the items of a list, in a column of its own.
bool is_list_marker(std::string_view text);

}  // namespace recast::engines::pdf2office
