#include "engines/libreoffice/worker/hot_pages.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <string>

namespace recast::libreoffice {

namespace {

constexpr std::uintptr_t kPage = 4096;
constexpr int kPageBits = 12;
constexpr std::uintptr_t kLargestMapping = 1ULL << 30;

// Since Linux 5.14; the headers of Debian 12 have them, older ones do not.
constexpr int kPopulateRead = 22;
constexpr int kPopulateWrite = 23;

std::string read_file(int folder, const char* name) {
  const UniqueFd file(::openat(folder, name, O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 65536> buffer{};
  while (file) {
    const auto got = ::read(file.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

void HotPages::open_proc() { proc_.reset(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC)); }

std::vector<HotPages::Mapping> HotPages::read_mappings() const {
  const auto text = read_file(proc_.get(), "self/maps");
  std::vector<Mapping> result;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    at = end + 1;
    std::uintptr_t first = 0;
    std::uintptr_t last = 0;
    std::array<char, 8> rights{};
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %7s", &first, &last, rights.data()) != 3) continue;
    // The shadow of a sanitizer is terabytes of nothing.
    if (last - first > kLargestMapping) continue;
    const bool is_private_data = rights[0] == 'r' && rights[3] == 'p' && line.find("[v") == std::string::npos;
    if (is_private_data) result.push_back({first, last, rights[1] == 'w'});
  }
  return result;
}

void HotPages::scout(const std::function<void()>& task, std::span<const Mapping> before, int report) const {
  task();
  const UniqueFd pages(::openat(proc_.get(), "self/pagemap", O_RDONLY | O_CLOEXEC));
  if (!pages) ::_exit(1);
  for (const auto& mapping : before) {
    const auto count = (mapping.last - mapping.first) >> kPageBits;
    std::vector<std::uint64_t> entries(count);
    const auto bytes = static_cast<ssize_t>(count * sizeof(std::uint64_t));
    const auto offset = static_cast<off_t>((mapping.first >> kPageBits) * sizeof(std::uint64_t));
    if (::pread(pages.get(), entries.data(), count * sizeof(std::uint64_t), offset) != bytes) continue;
    // Bits of pagemap: 63 present, 61 page of a file, 56 mapped by this process alone, which means copied since the
    // fork.
    const auto hot = [&](std::size_t i) {
      const auto bit = [&](int which) { return (entries[i] >> which & 1U) != 0; };
      return bit(63) && (!mapping.writable || (bit(56) && !bit(61)));
    };
    for (std::size_t i = 0; i < count; ++i) {
      if (!hot(i)) continue;
      const auto first = i;
      while (i < count && hot(i)) ++i;
      const Range range{mapping.first + first * kPage, mapping.first + i * kPage, mapping.writable};
      if (::write(report, &range, sizeof range) != sizeof range) ::_exit(1);
    }
  }
  ::_exit(0);
}

void HotPages::learn(std::span<const std::function<void()>> tasks) {
  if (!proc_) return;
  const auto before = read_mappings();
  std::vector<Range> all;
  for (const auto& task : tasks) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) break;
    const UniqueFd in(ends[0]);
    UniqueFd out(ends[1]);
    const auto child = ::fork();
    if (child == 0) scout(task, before, out.get());
    out.reset();
    if (child < 0) break;
    for (Range range{}; ::read(in.get(), &range, sizeof range) == sizeof range;) all.push_back(range);
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  proc_.reset();
  merge(std::move(all));
}

void HotPages::merge(std::vector<Range> ranges) {
  // Over small gaps too: a call costs more than a page.
  constexpr std::uintptr_t kGapWritten = kPage;
  constexpr std::uintptr_t kGapRead = 16 * kPage;
  std::ranges::sort(ranges, {}, &Range::first);
  for (const auto& range : ranges) {
    const auto gap = range.written ? kGapWritten : kGapRead;
    if (!ranges_.empty() && ranges_.back().written == range.written && range.first <= ranges_.back().last + gap) {
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    } else {
      ranges_.push_back(range);
    }
  }
}

void HotPages::touch(const std::function<bool()>& job_waits) const {
  const auto ask = [](const Range& range, int advice) {
    ::madvise(reinterpret_cast<void*>(range.first), range.last - range.first, advice);
  };
  // Copies pay even with the job waiting: one call for many faults.
  for (const auto& range : ranges_) {
    if (range.written) ask(range, kPopulateWrite);
  }
  for (const auto& range : ranges_) {
    if (range.written) continue;
    if (job_waits()) return;
    ask(range, kPopulateRead);
  }
}

}  // namespace recast::libreoffice
