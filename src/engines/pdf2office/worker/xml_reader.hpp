#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/result.hpp"

/// Reading of large XML piece by piece, by expat.
namespace recast::engines::pdf2office {

class Attributes {
 public:
  explicit Attributes(const char** pairs) : pairs_(pairs) {}
  /// Empty if there is none of that name.
  std::string_view text(std::string_view name) const;
  bool has(std::string_view name) const;
  /// `otherwise` if it is no number, or one no page has.
  double number(std::string_view name, double otherwise = 0) const;

 private:
  const char** pairs_;
};

/// What wants to know of a document's elements. Setting `failed` ends the reading soon.
class ElementHandler {
 public:
  virtual ~ElementHandler() = default;
  virtual void start(std::string_view name, const Attributes& attributes) = 0;
  virtual void end(std::string_view name) = 0;

  std::optional<Error> failed;
};

/// The next piece of a document; empty at its end.
using NextPiece = std::function<Result<std::string_view>()>;
NextPiece pieces_of(int fd);
NextPiece pieces_of(std::string_view text);  ///< `text` must stay

/// The Error of the handler or of the pieces, or open_failed where the XML ends badly; what came before was handled.
Result<> read_xml(const NextPiece& next, ElementHandler& handler);

/// Finite numbers parted by blanks, at most `most`; anything else among them is 0.
std::size_t read_numbers(std::string_view text, double* numbers, std::size_t most);

}  // namespace recast::engines::pdf2office
