#include "process/sequence.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <span>
#include <system_error>

#include "base/unique_handle.hpp"

namespace recast::process {

namespace {
constexpr std::uint64_t kHeader = 8;
namespace fs = std::filesystem;

Result<std::uint64_t> read_length(int fd, std::uint64_t offset) {
  std::array<unsigned char, kHeader> bytes{};
  const auto count = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  if (count < 0) return std::unexpected(from_errno(errno, "sequence"));
  if (static_cast<std::size_t>(count) != bytes.size())
    return fail(ErrorCode::conversion_failed, "The result is incomplete.");
  std::uint64_t length = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) length = length << 8 | bytes.at(i);
  return length;
}

Result<> copy_part(int from, SequencePart part, int to) {
  std::array<char, 65536> buffer;
  auto offset = static_cast<off_t>(part.offset);
  for (auto left = part.length; left > 0;) {
    // Within the kernel where it can; a file system that cannot leaves it to us.
    auto count = ::copy_file_range(from, &offset, to, nullptr, std::min<std::uint64_t>(left, 1 << 30), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      count = ::pread(from, buffer.data(), std::min<std::uint64_t>(left, buffer.size()), offset);
      if (count > 0) {
        const auto written = ::write(to, buffer.data(), static_cast<std::size_t>(count));
        if (written < 0) return std::unexpected(from_errno(errno, "output file"));
        count = written;
        offset += written;
      }
    }
    if (count < 0) return std::unexpected(from_errno(errno, "sequence"));
    if (count == 0) return fail(ErrorCode::conversion_failed, "The result is incomplete.");
    left -= static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<> write_part(int fd, SequencePart part, const fs::path& path) {
  const UniqueFd out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!out) return std::unexpected(from_errno(errno, path.string()));
  auto copied = copy_part(fd, part, out.get());
  std::error_code ignored;
  if (!copied) fs::remove(path, ignored);
  return copied;
}
/// From the last part to the first. What has been copied is cut off, some of it at a time: the disk never holds much
/// twice, and a thousand small parts do not change the file a thousand times. Only files made here are removed on an
/// Error.
Result<> write_parts(int fd, std::span<const SequencePart> parts, std::span<const fs::path> paths) {
  constexpr std::uint64_t kMostTwice = 32 << 20;
  auto end = parts.empty() ? 0 : parts.back().offset + parts.back().length;
  for (auto at = parts.size(); at-- > 0;) {
    const auto written = write_part(fd, parts[at], paths[at]);
    if (!written) {
      std::error_code ignored;
      for (auto done = at + 1; done < parts.size(); ++done) fs::remove(paths[done], ignored);
      return written;
    }
    if (at > 0 && end - parts[at].offset < kMostTwice) continue;
    end = parts[at].offset;
    // Not possible for one that is open for reading only, and not needed then.
    [[maybe_unused]] const int cut = ::ftruncate(fd, static_cast<off_t>(end));
  }
  return {};
}

Result<std::string> read_name(int fd, SequencePart part) {
  if (part.length > kLongestPartName) return fail(ErrorCode::conversion_failed, "The result is not understood.");
  std::string name(part.length, '\0');
  for (std::size_t have = 0; have < name.size();) {
    const auto count = ::pread(fd, name.data() + have, name.size() - have, static_cast<off_t>(part.offset + have));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(from_errno(errno, "sequence"));
    if (count == 0) return fail(ErrorCode::conversion_failed, "The result is incomplete.");
    have += static_cast<std::size_t>(count);
  }
  return name;
}
}  // namespace

Result<std::vector<SequencePart>> sequence_parts(int fd, const Limits& limits) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return std::unexpected(from_errno(errno, "sequence"));
  const auto size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
  if (size > limits.output + kHeader * std::uint64_t{limits.files}) {
    return fail(ErrorCode::output_limit, "The result is larger than allowed.");
  }
  std::vector<SequencePart> parts;
  std::uint64_t total = 0;
  for (std::uint64_t offset = 0; offset < size;) {
    RECAST_TRY(const auto length, read_length(fd, offset));
    offset += kHeader;
    if (length > size - offset) return fail(ErrorCode::conversion_failed, "The result is incomplete.");
    if (parts.size() >= limits.files) return fail(ErrorCode::output_limit, "The result has more files than allowed.");
    parts.push_back({offset, length});
    offset += length;
    total += length;
  }
  if (total > limits.output) return fail(ErrorCode::output_limit, "The result is larger than allowed.");
  return parts;
}

Result<std::vector<fs::path>> split_sequence(int fd, const Limits& limits,
                                             const std::function<fs::path(std::size_t)>& name) {
  RECAST_TRY(const auto parts, sequence_parts(fd, limits));
  std::vector<fs::path> paths;
  for (std::size_t at = 0; at < parts.size(); ++at) paths.push_back(name(at));
  RECAST_CHECK(write_parts(fd, parts, paths));
  return paths;
}

Result<std::vector<NamedPart>> named_parts(int fd, const Limits& limits) {
  auto both = limits;
  both.files = limits.files > std::numeric_limits<std::uint32_t>::max() / 2 ? limits.files : limits.files * 2;
  both.output = limits.output + kLongestPartName * limits.files;
  RECAST_TRY(const auto parts, sequence_parts(fd, both));
  if (parts.size() % 2 != 0) return fail(ErrorCode::conversion_failed, "The result is incomplete.");
  std::vector<NamedPart> files;
  std::uint64_t total = 0;
  for (std::size_t at = 0; at < parts.size(); at += 2) {
    RECAST_TRY(auto name, read_name(fd, parts[at]));
    files.push_back({std::move(name), parts[at + 1]});
    total += parts[at + 1].length;
  }
  if (total > limits.output) return fail(ErrorCode::output_limit, "The result is larger than allowed.");
  return files;
}

Result<std::vector<std::string>> split_named_sequence(int fd, const Limits& limits,
                                                      const std::function<fs::path(std::size_t)>& path) {
  RECAST_TRY(auto files, named_parts(fd, limits));
  std::vector<SequencePart> parts;
  std::vector<fs::path> paths;
  std::vector<std::string> names;
  for (auto& file : files) {
    paths.push_back(path(parts.size()));
    parts.push_back(file.content);
    names.push_back(std::move(file.name));
  }
  RECAST_CHECK(write_parts(fd, parts, paths));
  return names;
}

}  // namespace recast::process
