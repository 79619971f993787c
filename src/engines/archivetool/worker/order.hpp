#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace recast::engines::archivetool {

/// One job as the engine asked for it.
struct Order {
  enum class Task { repack, unpack, pack };

  Task task = Task::repack;
  std::string from;
  std::string to;
  std::string password;
  std::string pattern;  ///< of files to unpack; empty: all
  std::string name;     ///< what the client calls the input; for archives of one file, which have no name inside
  std::optional<int> level;
  std::uint64_t files = 0;  ///< to be packed
  std::uint64_t most_entries = 500'000;

  static Result<Order> parse(const boost::json::object& request);
};

}  // namespace recast::engines::archivetool
