#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"

struct magic_set;

namespace recast::engines::inspect {

/// libmagic with its database loaded. Needs no file once it is open.
class Inspector {
 public:
  static Result<Inspector> open();
  ~Inspector();
  Inspector(Inspector&&) noexcept;
  Inspector& operator=(Inspector&&) noexcept;

  /// {"mime":"image/png","encoding":"binary","description":"PNG image data, 2 x 1, …"} for the beginning of a file.
  Result<boost::json::object> look(std::span<const char> bytes) const;
  /// libmagic's, such as "5.44".
  static std::string version();

 private:
  struct Close {
    void operator()(magic_set* set) const;
  };
  using Handle = std::unique_ptr<magic_set, Close>;
  explicit Inspector(Handle handle);
  Result<std::string> ask(int flags, std::span<const char> bytes) const;

  Handle handle_;
};

}  // namespace recast::engines::inspect
