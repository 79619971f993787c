#pragma once

#include <filesystem>
#include <string>
#include <utility>

/// Small pictures for tests, and other programs' word on those that came out.
namespace recast::test {

/// A picture as PPM, red on the left and blue on the right.
std::string picture(int width, int height);
/// A raw file (DNG) of a sensor that saw nothing but red.
std::string digital_negative(int width, int height);
/// A camera's file with nothing that could be read but this preview.
std::string negative_with_preview(const std::string& jpeg);
/// Width and height as ExifTool reads them; {0, 0} if it cannot.
std::pair<int, int> size_of(const std::filesystem::path& file);
/// Red, green and blue, 0 to 255, of the pixel at (x, y), as libvips reads it.
std::string pixel_of(const std::filesystem::path& file, int x, int y);

}  // namespace recast::test
