#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

/// Which objects a task means, and what they are called on either side. import-export.md 2.5 to 2.7. Pure.
namespace recast::storage {

/// "key" or "key_prefix" of a request: one object, or all whose names begin so (of a store with folders: all files in
/// that folder).
struct Choice {
  std::string single;
  std::string single_option;  ///< what the API calls it: "key", "blob", "file"
  std::string many;
  std::string many_option;  ///< "key_prefix", "path"
  bool many_is_folder = false;
  std::string filename;  ///< of an import
};

/// What an imported object is called here: a clean name, and the folder between the prefix and it.
struct Placed {
  std::string dir;
  std::string name;
};
/// `prefix` is empty for a single object, which has no folder here.
Placed placed(std::string_view prefix, std::string_view object, bool single);

/// One file that is to be exported.
struct Outgoing {
  std::string dir;
  std::string name;
};
/// The names of the objects that the files become, in order: the single name with its placeholder (%d, %i, %u, with a
/// 0 flag and a width; %% is %) filled by 1, 2, 3, or the prefix or folder with "dir/name" behind it. upload_failed if
/// several files would have one name.
Result<std::vector<std::string>> destinations(const Choice& choice, const std::vector<Outgoing>& files);

/// "a/b/c.txt" as {"a/b", "c.txt"}.
Placed split_name(std::string_view object);

/// invalid_data in the words of the service unless one of the two is there.
Result<> require_one(std::string_view first, std::string_view first_option, std::string_view second,
                     std::string_view second_option);

}  // namespace recast::storage
