#include "engines/qpdf/worker/layers.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace recast::engines::qpdf {

namespace {

constexpr std::size_t kBlock = 32;
constexpr std::size_t kShareOfCell = 10;

int light(const std::uint8_t* pixel) { return (pixel[0] * 77 + pixel[1] * 150 + pixel[2] * 29) >> 8; }

/// How light the paper is, block by block: most of a block's pixels are darker than its paper by letters only.
struct Paper {
  std::size_t width;
  std::size_t height;
  std::vector<int> levels;

  explicit Paper(const Raster& page)
      : width((page.width + kBlock - 1) / kBlock), height((page.height + kBlock - 1) / kBlock), levels(width * height) {
    for (std::size_t row = 0; row < height; ++row) {
      for (std::size_t column = 0; column < width; ++column) levels[row * width + column] = level(page, column, row);
    }
  }

  static int level(const Raster& page, std::size_t column, std::size_t row) {
    std::array<std::size_t, 256> counts{};
    std::size_t total = 0;
    for (auto y = row * kBlock; y < std::min((row + 1) * kBlock, page.height); ++y) {
      for (auto x = column * kBlock; x < std::min((column + 1) * kBlock, page.width); ++x, ++total)
        ++counts[static_cast<std::size_t>(light(page.at(x, y)))];
    }
    std::size_t above = 0;
    for (int value = 255; value > 0; --value) {
      above += counts[static_cast<std::size_t>(value)];
      if (above * 10 >= total) return value;  // a tenth is at least as light
    }
    return 0;
  }

  /// Of the block and its neighbours, so that a block that is all ink does not pass for paper.
  int around(std::size_t column, std::size_t row) const {
    int sum = 0, count = 0;
    for (auto y = row == 0 ? 0 : row - 1; y <= std::min(row + 1, height - 1); ++y) {
      for (auto x = column == 0 ? 0 : column - 1; x <= std::min(column + 1, width - 1); ++x, ++count)
        sum += levels[y * width + x];
    }
    return sum / count;
  }
};

/// Ink and what lies beside it: the edges of letters are neither ink nor paper.
Mask widened(const Mask& ink) {
  constexpr std::size_t kEdge = 2;
  Mask rows{ink.width, ink.height, std::vector<std::uint8_t>(ink.bits.size())};
  auto result = rows;
  for (std::size_t y = 0; y < ink.height; ++y) {
    for (std::size_t x = 0; x < ink.width; ++x) {
      if (ink.at(x, y) == 0) continue;
      for (auto near = x - std::min(x, kEdge); near <= std::min(x + kEdge, ink.width - 1); ++near) rows.at(near, y) = 1;
    }
  }
  for (std::size_t y = 0; y < ink.height; ++y) {
    for (std::size_t x = 0; x < ink.width; ++x) {
      if (rows.at(x, y) == 0) continue;
      for (auto near = y - std::min(y, kEdge); near <= std::min(y + kEdge, ink.height - 1); ++near)
        result.at(x, near) = 1;
    }
  }
  return result;
}

struct Mean {
  std::array<std::size_t, 3> sum{};
  std::size_t count = 0;
  std::array<std::uint8_t, 3> bytes{};

  const std::uint8_t* pixel() {
    for (std::size_t i = 0; i < 3 && count > 0; ++i) bytes[i] = static_cast<std::uint8_t>(sum[i] / count);
    return bytes.data();
  }
};

/// A square of a page, cut off where the page ends.
struct Cell {
  const Raster& page;
  std::size_t left, top, side;

  Mean mean(const auto& counts) const {
    Mean result;
    for (auto y = top; y < std::min(top + side, page.height); ++y) {
      for (auto x = left; x < std::min(left + side, page.width); ++x) {
        if (!counts(x, y)) continue;
        for (std::size_t i = 0; i < 3; ++i) result.sum[i] += page.at(x, y)[i];
        ++result.count;
      }
    }
    return result;
  }
};

/// The mean of the pixels that are known; all are if `known` is empty.
Colour mean_of(const Raster& raster, const std::vector<std::uint8_t>& known) {
  std::array<std::size_t, 3> sum{};
  std::size_t count = 0;
  for (std::size_t at = 0; at < raster.width * raster.height; ++at) {
    if (!known.empty() && known[at] == 0) continue;
    for (std::size_t i = 0; i < 3; ++i) sum[i] += raster.pixels[at * 3 + i];
    ++count;
  }
  const auto share = [&](std::size_t i) { return count == 0 ? 255 : static_cast<int>(sum[i] / count); };
  return {share(0), share(1), share(2)};
}

/// Gives cells that are not known the mean of their neighbours that are, round by round.
void fill(Raster& raster, std::vector<std::uint8_t>& known) {
  const auto mean = mean_of(raster, known);
  for (std::size_t at = 0; at < raster.pixels.size(); ++at) {
    if (known[at / 3] == 0) raster.pixels[at] = static_cast<std::uint8_t>(mean.at(at % 3));
  }
  constexpr int kMostRounds = 64;
  const auto set = [&](std::size_t at, const std::array<int, 3>& sum, int count) {
    for (std::size_t i = 0; i < 3; ++i) raster.pixels[at * 3 + i] = static_cast<std::uint8_t>(sum[i] / count);
  };
  for (int round = 0; round < kMostRounds; ++round) {
    auto next = known;
    bool changed = false;
    for (std::size_t at = 0; at < known.size(); ++at) {
      if (known[at] != 0) continue;
      const auto x = at % raster.width, y = at / raster.width;
      std::array<int, 3> sum{};
      int count = 0;
      const auto take = [&](bool there, std::size_t other) {
        if (!there || known[other] == 0) return;
        for (std::size_t i = 0; i < 3; ++i) sum[i] += raster.pixels[other * 3 + i];
        ++count;
      };
      take(x > 0, at - 1);
      take(x + 1 < raster.width, at + 1);
      take(y > 0, at - raster.width);
      take(y + 1 < raster.height, at + raster.width);
      if (count == 0) continue;
      set(at, sum, count);
      next[at] = 1;
      changed = true;
    }
    known = std::move(next);
    if (!changed) return;
  }
}

}  // namespace

Mask find_ink(const Raster& page) {
  constexpr int kLeast = 40, kShare = 3;  // ink is darker than its paper by 40 of 255, and by a third
  const Paper paper(page);
  Mask ink{page.width, page.height, std::vector<std::uint8_t>(page.width * page.height)};
  for (std::size_t row = 0; row < paper.height; ++row) {
    for (std::size_t column = 0; column < paper.width; ++column) {
      const int level = paper.around(column, row);
      const int threshold = level - std::max(kLeast, level / kShare);
      for (auto y = row * kBlock; y < std::min((row + 1) * kBlock, page.height); ++y) {
        for (auto x = column * kBlock; x < std::min((column + 1) * kBlock, page.width); ++x)
          ink.at(x, y) = light(page.at(x, y)) < threshold ? 1 : 0;
      }
    }
  }
  return ink;
}

Raster layer(const Raster& page, const Mask& ink, Part part, std::size_t side) {
  const auto excluded = part == Part::paper ? widened(ink) : Mask{};
  Raster result{(page.width + side - 1) / side, (page.height + side - 1) / side, {}};
  result.pixels.assign(result.width * result.height * 3, 255);
  std::vector<std::uint8_t> known(result.width * result.height);
  // A few pixels of ink are but the edge of a letter: what colour that has, its middle knows.
  const auto least = part == Part::ink ? std::max<std::size_t>(side * side / kShareOfCell, 1) : 1;
  for (std::size_t row = 0; row < result.height; ++row) {
    for (std::size_t column = 0; column < result.width; ++column) {
      Cell cell{page, column * side, row * side, side};
      const auto counts = [&](std::size_t x, std::size_t y) {
        return part == Part::paper ? excluded.at(x, y) == 0 : ink.at(x, y) != 0;
      };
      auto mean = cell.mean(counts);
      if (mean.count < least) continue;
      if (part == Part::ink) {
        const int middle = light(mean.pixel());
        mean = cell.mean([&](std::size_t x, std::size_t y) { return counts(x, y) && light(page.at(x, y)) <= middle; });
      }
      if (mean.count == 0) continue;
      known[row * result.width + column] = 1;
      std::copy_n(mean.pixel(), 3, result.at(column, row));
    }
  }
  fill(result, known);
  return result;
}

std::optional<Colour> plain(const Raster& layer, int most) {
  const auto mean = mean_of(layer, {});
  for (std::size_t at = 0; at < layer.pixels.size(); ++at) {
    if (std::abs(layer.pixels[at] - mean.at(at % 3)) > most) return std::nullopt;
  }
  return mean;
}

}  // namespace recast::engines::qpdf
