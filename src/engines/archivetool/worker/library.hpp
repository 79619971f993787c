#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/unique_handle.hpp"

namespace recast::engines::archivetool {

struct ReadTraits {
  using type = archive*;
  static constexpr archive* invalid() { return nullptr; }
  static void close(archive* handle) { archive_read_free(handle); }
};
struct WriteTraits {
  using type = archive*;
  static constexpr archive* invalid() { return nullptr; }
  static void close(archive* handle) { archive_write_free(handle); }
};
struct EntryTraits {
  using type = archive_entry*;
  static constexpr archive_entry* invalid() { return nullptr; }
  static void close(archive_entry* entry) { archive_entry_free(entry); }
};

/// One member of an archive. Its names are clean and in UTF-8.
struct Entry {
  enum class Kind { file, folder, link, hard_link, other };

  std::string path;
  Kind kind = Kind::file;
  std::optional<std::uint64_t> size;
  unsigned permissions = 0644;
  std::optional<std::int64_t> modified;  ///< seconds of Unix time
  std::string target;                    ///< of a link: as it is; of a hard link: a path in the archive, clean
  bool shared = false;  ///< an empty file that has further names: its content may come with one of them
};

}  // namespace recast::engines::archivetool
