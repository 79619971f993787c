#pragma once

#include <string>

#include "net/client.hpp"

namespace recast::storages::s3 {

/// What a store says went wrong: <Error><Code/><Message/><Region/></Error>, or nothing readable.
struct Fault {
  std::string code;
  std::string message;
  std::string region;  ///< where the bucket is, if the store says so
};
Fault fault_of(const net::Answer& answer);

/// What an answer that is no success means to a client.
Error meaning_of(const Fault& fault, unsigned status);

/// Whether an answer to CompleteMultipartUpload says that the object is there. A 200 alone does not.
bool is_completed(const net::Answer& answer);

/// Whether the same request may succeed later, although its status does not say so.
bool is_passing(const net::Answer& answer);

}  // namespace recast::storages::s3
