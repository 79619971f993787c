#pragma once

#include <string>
#include <vector>

namespace recast::api_test {

/// One row of endpoints.table.
struct Endpoint {
  std::string scope;   ///< "public": needs no key
  std::string status;  ///< with the right key; "any": whatever is no refusal of the key
  std::string method;
  std::string target;  ///< with places such as {job}
  std::string body;    ///< may have places, too
  std::string line;    ///< where it stands, for messages

  bool is_public() const { return scope == "public"; }
  bool needs_session() const { return scope == "session"; }
  bool needs_key() const { return !is_public() && !needs_session(); }
  bool has(const std::string& place) const;
  std::vector<std::string> places() const;  ///< names in braces, of target and body
  bool names_in_path() const;               ///< a place is part of the path, not only of query or body
};

/// The rows of a file; throws std::runtime_error naming the line for one that is none.
std::vector<Endpoint> read_endpoints(const std::string& file);

}  // namespace recast::api_test
