#include "engines/qpdf/worker/mapped_input.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <qpdf/Buffer.hh>
#include <qpdf/BufferInputSource.hh>

namespace recast::engines::qpdf {

namespace {

/// The pages of a mapping, and libqpdf's view of them.
class Mapping {
 public:
  Mapping(void* start, std::size_t size) : start_(start), shown_(static_cast<unsigned char*>(start), size) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() { ::munmap(start_, shown_.getSize()); }

  Buffer* shown() { return &shown_; }

 private:
  void* start_;
  Buffer shown_;  // does not own what it shows
};

/// Mapping first, so that it outlives the source which reads it.
class MappedInput : private Mapping, public BufferInputSource {
 public:
  MappedInput(void* start, std::size_t size) : Mapping(start, size), BufferInputSource("document", shown()) {}
};

}  // namespace

std::shared_ptr<InputSource> map_input(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || status.st_size <= 0) return nullptr;
  const auto size = static_cast<std::size_t>(status.st_size);
  auto* const start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (start == MAP_FAILED) return nullptr;
  return std::make_shared<MappedInput>(start, size);
}

}  // namespace recast::engines::qpdf
