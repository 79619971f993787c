#pragma once

#include <string>
#include <string_view>

namespace recast::engines::pdf2office {

/// Makes XML of what nearly is: mutool writes references to characters XML forbids (&#x1;), control characters, and
/// bytes that are no UTF-8. Takes a document in pieces of any size.
class XmlCleaner {
 public:
  /// Puts the clean form of the piece behind `out`; up to a dozen bytes stay here until the next.
  void feed(std::string_view piece, std::string& out);
  void finish(std::string& out);

 private:
  std::size_t clean_one(std::string_view rest, bool last, std::string& out);
  void clean(bool last, std::string& out);

  std::string waiting_;
};

}  // namespace recast::engines::pdf2office
