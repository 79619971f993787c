#pragma once

#include <archive.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace recast::engines::pdf2office {

/// A ZIP of the files an office document is made of.
class Package {
 public:
  static Result<Package> open(int fd);
  Result<> add(const std::string& name, std::string_view content);
  Result<> close();

 private:
  Package() = default;
  Error fault() const;

  struct Free {
    void operator()(archive* one) const { archive_write_free(one); }
  };
  std::unique_ptr<archive, Free> archive_;
};

inline constexpr std::string_view kXmlHead = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
inline constexpr std::string_view kPackageSpace = "http://schemas.openxmlformats.org/package/2006/";
inline constexpr std::string_view kRelationSpace =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// What is in all of them: the root's relation to the main part.
Result<> add_root(Package& package, std::string_view main_part);

}  // namespace recast::engines::pdf2office
