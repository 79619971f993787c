#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>

#include "net/decoding.hpp"
#include "net/transfer.hpp"

/// Only for Transfer: the part of a hop that libcurl calls back.
namespace recast::net {

/// What one hop and libcurl tell each other. Stays where it is while the hop runs.
struct HopContext {
  const Environment& environment;
  const Hop& hop;
  const Sink& sink;
  std::uint64_t max_bytes;
  CURL* handle = nullptr;  ///< set by listen_to_hop()
  std::uint64_t received = 0;
  std::size_t head_bytes = 0;
  std::uint64_t sent = 0;  ///< of the hop's file
  std::uint64_t told = 0;  ///< of these, counted by the caller
  Head head;
  Appetite appetite = Appetite::more;
  bool refused = false;  ///< an address was refused by the policy
  bool opened = false;   ///< another was not
  bool head_too_large = false;
  Decoding decoding;  ///< of the body, once it began
  bool body_begun = false;

  /// The next bytes as they came. False: no more of them.
  bool take(std::string_view bytes);
  bool body_is_whole() const { return decoding.is_whole(); }
};

/// The policy is asked about the address of every socket the handle opens.
void guard_sockets(CURL* handle, HopContext& context);
/// The above, and head, body and file of the hop go through the context.
void listen_to_hop(CURL* handle, HopContext& context);
/// What libcurl's end means for the hop.
Failure failure_of(CURLcode code, const HopContext& context);

}  // namespace recast::net
