#pragma once

#include <map>
#include <string>

#include "base/result.hpp"

namespace recast::engines::pdf2office {

/// The pictures of a document, by their file names.
class Media {
 public:
  /// From what tar packed; only PNG and JPEG. file_too_large for more than fits in memory.
  static Result<Media> read(int fd);

  bool has(const std::string& file) const { return files_.contains(file); }
  /// Empty if there is none of that name.
  const std::string& bytes(const std::string& file) const;
  /// "png" or "jpg", by the first bytes.
  std::string extension(const std::string& file) const;
  void add(const std::string& file, std::string bytes) { files_[file] = std::move(bytes); }

 private:
  std::map<std::string, std::string> files_;
};

}  // namespace recast::engines::pdf2office
