#pragma once

#include <stop_token>

#include "net/client.hpp"
#include "net/transfer.hpp"

namespace recast::net {

/// Client::download: attempts, redirects, resumption.
Result<Downloaded> run_download(const Environment& environment, const Download& request, Deadline deadline,
                                const std::stop_token& stop);

/// The hop a Location leads to, or why not.
bool is_redirect(unsigned status);
/// Fixed words that say nothing about addresses or rules.
std::string_view cause_of(Failure failure);
/// `prefix` is "Download failed" or "Request failed".
Error error_of(Failure failure, std::string_view prefix, std::uint64_t max_bytes);
/// "10 GB", "1.5 MB", "300 bytes"
std::string size_text(std::uint64_t bytes);

}  // namespace recast::net
