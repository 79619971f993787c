#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/unique_handle.hpp"

/// A conversion takes some 3,000 page faults: two thirds copy a page of the parent's heap and data, the others map text
/// of the libraries. Scouts, children that convert our own samples, find out which pages these are; a spare then asks
/// for them in a few hundred calls, ahead of its job.
namespace recast::libreoffice {

class HotPages {
 public:
  /// Opens /proc. Call where it can still be seen; without it there are no hot pages, and no harm.
  void open_proc();
  /// In the parent: forks one scout per task, which runs it and reports the pages it touched. Closes /proc, so that no
  /// child has a way to it.
  void learn(std::span<const std::function<void()>> tasks);
  /// In a child: asks for the pages, those of libraries only until `job_waits`.
  void touch(const std::function<bool()>& job_waits) const;
  std::size_t size() const { return ranges_.size(); }

 private:
  struct Mapping {
    std::uintptr_t first;
    std::uintptr_t last;
    bool writable;
  };
  struct Range {
    std::uintptr_t first;
    std::uintptr_t last;
    bool written;
  };

  std::vector<Mapping> read_mappings() const;
  [[noreturn]] void scout(const std::function<void()>& task, std::span<const Mapping> before, int report) const;
  void merge(std::vector<Range> ranges);

  UniqueFd proc_;
  std::vector<Range> ranges_;
};

}  // namespace recast::libreoffice
