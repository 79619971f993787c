#include "engines/pdf2office/worker/model.hpp"

#include <cmath>
#include <map>

namespace recast::engines::pdf2office {

double body_size(const Document& document) {
  constexpr double kUnknown = 11.0;
  std::map<double, std::size_t> letters;
  for (const auto& page : document.pages) {
    for (const auto* word : page->words) letters[std::nearbyint(word->size * 2) / 2] += word->length;
  }
  double best = kUnknown;
  std::size_t most = 0;
  for (const auto& [size, count] : letters) {
    if (count > most) {
      most = count;
      best = size;
    }
  }
  return best;
}

bool is_right_to_left(const Words& words) {
  std::size_t all = 0, turned = 0;
  for (const auto* word : words) {
    all += word->letters;
    turned += word->right_to_left_letters;
  }
  return turned * 2 > all;
}

}  // namespace recast::engines::pdf2office
