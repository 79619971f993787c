#pragma once

#include <string>
#include <string_view>

#include "http/multipart.hpp"

namespace recast::http {

/// The boundary of a multipart/form-data content type; empty if it is another type or has none (RFC 2046 5.1.1).
std::string multipart_boundary(std::string_view content_type);

/// Reads the header lines of one part. Whatever cannot be read is left out: clients differ too much to be strict.
Part read_part_head(std::string_view lines);

}  // namespace recast::http
