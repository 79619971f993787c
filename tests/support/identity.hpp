#pragma once

#include <filesystem>

#include "temporary_folder.hpp"

/// User ids for jails in tests. The kernel counts processes by user id, so test programs that run at the same time must
/// not share any.
namespace recast::test {

constexpr unsigned kOwnUids = 1024;

/// The first of kOwnUids ids that no other test program on this machine uses while this one runs; 0 if not root.
unsigned first_uid();

/// `program`, as a server without root starts it: as root, a script that gives root away first; else the program.
std::filesystem::path without_root(const TemporaryFolder& folder, const std::filesystem::path& program);

}  // namespace recast::test
