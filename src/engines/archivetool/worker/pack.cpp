#include <algorithm>
#include <ctime>
#include <vector>

#include "engines/archivetool/worker/tasks.hpp"
#include "engines/archivetool/worker/unique_paths.hpp"
#include "engines/archivetool/worker/writer.hpp"
#include "format/format.hpp"
#include "worker/named_sequence.hpp"

namespace recast::engines::archivetool {

namespace {

/// Tells how far packing is: by files, and within a file by its bytes.
class Progress {
 public:
  Progress(const std::function<void(int)>& percent, std::uint64_t files)
      : percent_(percent), files_(std::max<std::uint64_t>(files, 1)) {}
  void tell(std::uint64_t file, std::uint64_t done, std::uint64_t size) const {
    const double part = size == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(size);
    const double whole = (static_cast<double>(file) + part) / static_cast<double>(files_);
    if (percent_) percent_(static_cast<int>(whole * 100.0));
  }

 private:
  const std::function<void(int)>& percent_;
  std::uint64_t files_;
};

}  // namespace

Result<boost::json::object> pack(const worker::Job& job, const Order& order) {
  if (job.inputs.size() != 1 || job.outputs.size() != 3)
    return fail(ErrorCode::internal, "Packing takes one stream and three outputs.");
  const int stream = job.inputs.front();
  RECAST_TRY(auto writer, Writer::open(job.outputs[0], order.to, order.level));
  const Progress progress(job.percent, order.files);
  UniquePaths paths;
  std::vector<char> buffer(256 << 10);
  const auto now = std::time(nullptr);
  for (std::uint64_t number = 0;; ++number) {
    RECAST_TRY(const auto file, worker::next_streamed_file(stream));
    if (!file) break;
    RECAST_CHECK(
        writer.begin_entry({.path = paths.take(format::clean_path(file->name)), .size = file->size, .modified = now}));
    for (std::uint64_t done = 0; done < file->size;) {
      const auto count = std::min<std::uint64_t>(buffer.size(), file->size - done);
      RECAST_CHECK(worker::read_streamed(stream, {buffer.data(), count}));
      RECAST_CHECK(writer.write({buffer.data(), count}));
      done += count;
      progress.tell(number, done, file->size);
    }
    RECAST_CHECK(writer.end_entry());
  }
  RECAST_CHECK(writer.close());
  return boost::json::object{};
}

Result<boost::json::object> run(const worker::Job& job) {
  RECAST_TRY(const auto order, Order::parse(job.request));
  switch (order.task) {
    case Order::Task::unpack:
      return unpack(job, order);
    case Order::Task::pack:
      return pack(job, order);
    case Order::Task::repack:
      break;
  }
  return repack(job, order);
}

}  // namespace recast::engines::archivetool
