#pragma once

#include <boost/json/object.hpp>

#include "account/account.hpp"
#include "account/quota.hpp"
#include "base/result.hpp"
#include "operation/registry.hpp"

namespace recast::api {

/// Names of operations and formats that are none, as invalid_data on "operations" or "formats"; formats become
/// canonical tokens.
Result<> check_quota(account::Quota& quota, const operation::Registry& operations);

/// Reads a quota that a client sent. invalid_data on `prefix` and the member for what is wrong, and for a member that
/// there is not: a limit with a misspelt name would be none.
Result<account::Quota> quota_in(const boost::json::object& body, const operation::Registry& operations,
                                std::string_view prefix = {});

/// The terms of a key that one with the terms `own` makes: it has no more than that, and its use counts for both.
/// forbidden on "quota.MEMBER" for more.
Result<> narrow(account::KeyTerms& wanted, const account::KeyTerms& own, KeyId own_key);

}  // namespace recast::api
