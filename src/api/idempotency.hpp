#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>

#include "api/context.hpp"

namespace recast::api {

/// `Idempotency-Key` (the IETF's draft-ietf-httpapi-idempotency-key-header): a request that makes something, sent again
/// with the same key and body, gets the same answer and makes nothing anew; another body with that key is a conflict,
/// and so is one that arrives while the first is still being worked on. What a request failed with is not kept: it may
/// be sent again, mended. `make` does the work; `again` answers for a job or task that is known to have been made.
Result<http::Response> once(Call& call, const Routes::Function& make, const Routes::Again& again);

}  // namespace recast::api
