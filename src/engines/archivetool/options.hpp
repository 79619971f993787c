#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "schema/field.hpp"

namespace recast::engines::archivetool {

/// What can be said of each of the engine's operations.
struct OpenOptions {
  std::string password;

  static constexpr auto open_fields = std::tuple{
      schema::field(&OpenOptions::password, "password", "Opens an encrypted archive.",
                    {.verbatim = true, .secret = true}),
  };
};

struct WriteOptions {
  std::optional<std::int64_t> compression_level;

  static constexpr auto write_fields = std::tuple{
      schema::field(&WriteOptions::compression_level, "compression_level",
                    "0: stored, 1: fast, to 9: small. The format's usual one if nothing is said.",
                    {.min = 0, .max = 9}),
  };
};

struct ConvertOptions : OpenOptions, WriteOptions {
  static constexpr auto fields = std::tuple_cat(open_fields, write_fields);
};

struct ArchiveOptions : WriteOptions {
  static constexpr auto fields = write_fields;
};

struct ExtractOptions : OpenOptions {
  std::string pattern;

  static constexpr auto fields = std::tuple_cat(
      open_fields,
      std::tuple{
          schema::field(&ExtractOptions::pattern, "pattern",
                        "Only files whose name matches: * stands for any characters, ? for one. With a slash in it, "
                        "the pattern is for the whole path."),
      });
};

}  // namespace recast::engines::archivetool
