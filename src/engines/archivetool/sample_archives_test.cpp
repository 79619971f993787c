#include "engines/archivetool/sample_archives.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recast::engines::archivetool::sample {

namespace {

void fill(std::string& bytes, std::size_t multiple) {
  bytes.append((multiple - bytes.size() % multiple) % multiple, '\0');
}

std::string little(std::uint64_t number, std::size_t length) {
  std::string bytes;
  for (std::size_t i = 0; i < length; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xFF);
  return bytes;
}

std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
  }
  return ~crc;
}

std::string tar_header(const TarEntry& entry) {
  const auto size = entry.size < 0 ? static_cast<std::int64_t>(entry.content.size()) : entry.size;
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, std::string_view text) { header.replace(at, text.size(), text); };
  put(0, std::string_view(entry.name).substr(0, 100));
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", size));
  put(136, fmt::format("{:011o}", 1'700'000'000));
  header[156] = entry.type;
  put(157, std::string_view(entry.target).substr(0, 100));
  put(257, std::string_view("ustar\0"
                            "00",
                            8));
  if (entry.type == '3') put(329, "0000001"), put(337, "0000003");
  put(148, "        ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum) + '\0');
  return header;
}

}  // namespace

std::string tar(const std::vector<TarEntry>& entries) {
  std::string bytes;
  for (const auto& entry : entries) {
    bytes += tar_header(entry) + entry.content;
    fill(bytes, 512);
  }
  return bytes + std::string(1024, '\0');
}

std::string zip(const std::vector<ZipEntry>& entries) {
  std::string bytes, directory;
  std::size_t place = 0;
  for (const auto& entry : entries) {
    const auto size = entry.size < 0 ? entry.content.size() : static_cast<std::size_t>(entry.size);
    // version, flags, method, time and date, sum, sizes, length of the name, no extra field
    const auto common = little(20, 2) + little(entry.utf8 ? 0x800 : 0, 2) + little(0, 2) + little(0x5821'0000, 4) +
                        little(checksum(entry.content), 4) + little(entry.content.size(), 4) + little(size, 4) +
                        little(entry.name.size(), 2) + little(0, 2);
    if (!entry.same_as_before) {
      place = bytes.size();
      bytes += "PK\3\4" + common + entry.name + entry.content;
    }
    directory += "PK\1\2" + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
                 little(place, 4) + entry.name;
  }
  const auto start = bytes.size();
  const auto count = std::min<std::size_t>(entries.size(), 0xFFFF);
  return bytes + directory + "PK\5\6" + little(0, 2) + little(0, 2) + little(count, 2) + little(count, 2) +
         little(directory.size(), 4) + little(start, 4) + little(0, 2);
}

std::string cpio(const std::vector<CpioEntry>& entries) {
  std::string bytes;
  auto all = entries;
  all.push_back({.name = "TRAILER!!!", .content = {}, .inode = 0});
  for (const auto& entry : all) {
    bytes += fmt::format("070701{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{}",
                         entry.inode, 0100644, 0, 0, entry.names, 0, entry.content.size(), 0, 0, 0, 0,
                         entry.name.size() + 1, 0, entry.name) +
             '\0';
    fill(bytes, 4);
    bytes += entry.content;
    fill(bytes, 4);
  }
  return bytes;
}

}  // namespace recast::engines::archivetool::sample
