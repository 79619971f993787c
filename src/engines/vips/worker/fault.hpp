#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vips/vips8>

#include "base/result.hpp"

namespace recast::engines::vips {

/// An Error on its way through libvips' C++ binding, which reports by exceptions. Never leaves convert().
class Fault : public std::runtime_error {
 public:
  explicit Fault(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}
  const Error& error() const { return error_; }

 private:
  Error error_;
};

/// `what` and the first line of libvips' own words, which say nothing of a path.
std::string describe(const ::vips::VError& error, std::string_view what);
/// The code of a failure of libvips: memory_limit if it was memory, else `otherwise`.
ErrorCode code_of(const ::vips::VError& error, ErrorCode otherwise);

}  // namespace recast::engines::vips
