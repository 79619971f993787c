#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Numbers as people write them in tables.
namespace recast::engines::pdf2office {

struct Number {
  double value = 0;
  std::string format;  ///< as spreadsheets have it, such as "#,##0.00"
};

/// Counts how a document writes its numbers: of two marks in one, the last is decimal; a mark that comes twice groups;
/// one that is not followed by exactly three digits is decimal. A draw is for the point.
class DecimalVote {
 public:
  void hear(std::string_view text);
  char mark() const { return commas_ > points_ ? ',' : '.'; }

 private:
  int points_ = 0;
  int commas_ = 0;
};

/// nullopt for what has to stay text: 07, 1.2.3, 12345678901234567, words.
std::optional<Number> parse_number(std::string_view text, char decimal_mark);

}  // namespace recast::engines::pdf2office
