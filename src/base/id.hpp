#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace recast {

/// A name of one kind of thing; two kinds do not mix. Empty means "none".
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) : value_(std::move(value)) {}
  const std::string& str() const { return value_; }
  bool empty() const { return value_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string value_;
};

using JobId = Id<struct JobTag>;    ///< lower-case UUID v4
using TaskId = Id<struct TaskTag>;  ///< lower-case UUID v4
enum class UserId : std::int64_t {};
enum class KeyId : std::int64_t {};

}  // namespace recast

template <class Tag>
struct std::hash<recast::Id<Tag>> {
  std::size_t operator()(const recast::Id<Tag>& id) const noexcept { return std::hash<std::string>()(id.str()); }
};
