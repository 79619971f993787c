#include "picture.hpp"

#include <fmt/format.h>

#include <sstream>
#include <vector>

#include "engine_run.hpp"

namespace recast::test {

std::string picture(int width, int height) {
  auto bytes = fmt::format("P6\n{} {}\n255\n", width, height);
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column)
      bytes += column < width / 2 ? std::string("\xff\0\0", 3) : std::string("\0\0\xff", 3);
  }
  return bytes;
}

namespace {

/// A TIFF of one directory, little-endian. Values of more than four bytes follow the directory, and last `tail`, whose
/// place in the file is the value of entries of type kTail.
class Tiff {
 public:
  static constexpr unsigned kByte = 1, kAscii = 2, kShort = 3, kLong = 4, kSignedRational = 10, kTail = 0;

  void add(unsigned tag, unsigned type, unsigned count, std::string value = {}) {
    entries_.push_back({tag, type, count, std::move(value)});
  }
  std::string finish(const std::string& tail) const {
    const auto after = 8 + 2 + 12 * entries_.size() + 4;
    std::string directory = little(entries_.size(), 2), values;
    std::size_t behind = after;
    for (const auto& entry : entries_) behind += entry.value.size() > 4 ? entry.value.size() : 0;
    for (const auto& [tag, type, count, value] : entries_) {
      directory += little(tag, 2) + little(type == kTail ? kLong : type, 2) + little(count, 4);
      if (type == kTail) {
        directory += little(behind, 4);
      } else if (value.size() > 4) {
        directory += little(after + values.size(), 4);
        values += value;
      } else {
        directory += value + std::string(4 - value.size(), '\0');
      }
    }
    return std::string("II*\0", 4) + little(8, 4) + directory + little(0, 4) + values + tail;
  }
  static std::string little(std::size_t value, int bytes) {
    std::string text;
    for (int at = 0; at < bytes; ++at) text += static_cast<char>(value >> (8 * at) & 0xff);
    return text;
  }

 private:
  struct Entry {
    unsigned tag, type, count;
    std::string value;
  };
  std::vector<Entry> entries_;
};

std::string number(std::size_t value, int bytes) { return Tiff::little(value, bytes); }

}  // namespace

std::string digital_negative(int width, int height) {
  const auto columns = static_cast<std::size_t>(width), rows = static_cast<std::size_t>(height);
  Tiff tiff;
  tiff.add(254, Tiff::kLong, 1, number(0, 4));
  tiff.add(256, Tiff::kLong, 1, number(columns, 4));
  tiff.add(257, Tiff::kLong, 1, number(rows, 4));
  tiff.add(258, Tiff::kShort, 1, number(16, 2));
  tiff.add(259, Tiff::kShort, 1, number(1, 2));
  tiff.add(262, Tiff::kShort, 1, number(32803, 2));  // a colour filter array
  tiff.add(271, Tiff::kAscii, 7, std::string("Recast\0", 7));
  tiff.add(272, Tiff::kAscii, 5, std::string("Test\0", 5));
  tiff.add(273, Tiff::kTail, 1);
  tiff.add(277, Tiff::kShort, 1, number(1, 2));
  tiff.add(278, Tiff::kLong, 1, number(rows, 4));
  tiff.add(279, Tiff::kLong, 1, number(2 * columns * rows, 4));
  tiff.add(33421, Tiff::kShort, 2, number(2, 2) + number(2, 2));
  tiff.add(33422, Tiff::kByte, 4, std::string("\0\1\1\2", 4));  // red, green, green, blue
  tiff.add(50706, Tiff::kByte, 4, std::string("\1\4\0\0", 4));  // version of DNG
  tiff.add(50714, Tiff::kShort, 1, number(0, 2));               // black
  tiff.add(50717, Tiff::kLong, 1, number(65535, 4));            // white
  std::string matrix;
  for (int at = 0; at < 9; ++at) matrix += number(at % 4 == 0 ? 1 : 0, 4) + number(1, 4);
  tiff.add(50721, Tiff::kSignedRational, 9, matrix);
  std::string sensor;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column)
      sensor += number(row % 2 == 0 && column % 2 == 0 ? 40'000 : 2'000, 2);
  }
  return tiff.finish(sensor);
}

std::string negative_with_preview(const std::string& jpeg) {
  Tiff tiff;
  tiff.add(271, Tiff::kAscii, 18, std::string("NIKON CORPORATION\0", 18));
  tiff.add(272, Tiff::kAscii, 10, std::string("NIKON D70\0", 10));
  tiff.add(513, Tiff::kTail, 1);
  tiff.add(514, Tiff::kLong, 1, number(jpeg.size(), 4));
  return tiff.finish(jpeg);
}

std::pair<int, int> size_of(const std::filesystem::path& file) {
  std::istringstream words(
      output_of("exiftool -q -q -p '$ImageWidth $ImageHeight' '" + file.string() + "' 2>/dev/null"));
  std::pair<int, int> size;
  words >> size.first >> size.second;
  return size;
}

std::string pixel_of(const std::filesystem::path& file, int x, int y) {
  auto text = output_of(fmt::format("vips getpoint '{}' {} {}", file.string(), x, y));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace recast::test
