#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "storages/sftp/handles.hpp"

namespace recast::storages::sftp {

/// A key as clients paste it: line breaks of its own, also where they are written as "\n", and one at its end.
std::string tidy_key(std::string_view text);

/// Reads a private key in any of OpenSSH's and OpenSSL's forms, without a file; `passphrase` is for encrypted ones.
/// invalid_credentials with a sentence otherwise.
Result<KeyHandle> read_key(std::string_view text, const std::string& passphrase);

}  // namespace recast::storages::sftp
