#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"

/// What LibreOffice's PDF export cannot do, done to the PDF afterwards with libqpdf. Pages stay vectors.
namespace recast::libreoffice {

namespace fs = std::filesystem;

enum class Fit : std::uint8_t { max, crop, scale };

/// How pages shall come out when they are drawn at `density`.
struct PixelSize {
  std::int64_t density = 150;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  Fit fit = Fit::max;
};

struct PdfEdit {
  std::optional<PixelSize> pixels;  ///< pages get the size that gives these pixels
  std::uint64_t most_pixels = 0;    ///< of one page, with `pixels`; more is pixel_limit
  int slides_per_page = 0;          ///< 0: leave pages alone; else handouts of 1, 2, 3, 4, 6 or 9 pages on one
  bool letter = false;              ///< paper of handouts: A4, or Letter
  std::string password;             ///< not empty: AES-256 with this user password

  bool needed() const { return pixels || slides_per_page > 0 || !password.empty(); }
};

/// Reads `from`, writes the changed PDF into `fd`.
Result<> edit_pdf(const fs::path& from, int fd, const PdfEdit& edit);

}  // namespace recast::libreoffice
