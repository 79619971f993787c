#pragma once

#include <sys/types.h>

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/unique_handle.hpp"

namespace recast::test {

/// Real stores on loopback for the time of this object: tests/stores/servers/up.py with its names.
class StoreServers {
 public:
  /// "s3_stub,sftp". Waits until they answer.
  explicit StoreServers(const std::string& names);
  ~StoreServers();
  StoreServers(const StoreServers&) = delete;
  StoreServers& operator=(const StoreServers&) = delete;

  /// How to reach one of them; empty if it is absent.
  boost::json::object at(std::string_view name) const;
  /// Why it is absent.
  std::string reason(std::string_view name) const;

 private:
  UniqueFd input_;  ///< they end when it is closed
  pid_t pid_ = -1;
  boost::json::object said_;
};

}  // namespace recast::test
