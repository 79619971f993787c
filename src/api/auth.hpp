#pragma once

#include <string_view>

#include "account/account.hpp"
#include "base/result.hpp"
#include "store/store.hpp"

namespace recast::api {

/// Who an Authorization header speaks for. A missing, malformed, unknown or revoked token gets the same answer.
Result<account::Principal> authenticate(std::string_view authorization, store::Store& store);

}  // namespace recast::api
