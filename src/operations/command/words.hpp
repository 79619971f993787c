#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace recast::operations::command {

inline constexpr std::size_t kLongestArguments = 64 << 10;
inline constexpr std::size_t kMostWords = 2000;

/// A command line as a POSIX shell would part it into words, and nothing else of a shell: '…', "…" with \\ and \",
/// and a backslash before any character. $, `, *, ; and the like are letters. invalid_data on "arguments" for a quote
/// that does not end, control characters but line ends and tabs, more words than kMostWords, or more bytes than
/// kLongestArguments.
Result<std::vector<std::string>> split_words(std::string_view text);

}  // namespace recast::operations::command
