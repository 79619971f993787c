#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <vector>

#include "base/unique_handle.hpp"
#include "execution/executor.hpp"
#include "process/feed.hpp"

/// What passes between the server and a resident worker besides the request's words.
namespace recast::execution {

/// The files of a worker step, open for as long as it runs.
class Handover {
 public:
  Result<> open(const Executor::Run& run, const engine::WorkerStep& step, process::WorkerJob& job);
  /// Closed when the worker has its own.
  void keep(UniqueFd file) { files_.push_back(std::move(file)); }
  /// When the worker is done: an Error if an input could not be read.
  Result<> close();

 private:
  Result<> open_feed(const Executor::Run& run, const engine::WorkerStep& step);

  std::vector<UniqueFd> files_;
  std::unique_ptr<process::Feed> feed_;
};

/// The request, with the client's names of the inputs if the step tells them.
boost::json::object request_of(const engine::WorkerStep& step, const operation::Execution& execution);

/// Makes files of the sequence that a worker left.
Result<> split_outputs(const Executor::Run& run, const engine::WorkerStep& step, const process::WorkerJob& job,
                       operation::Executed& done);

}  // namespace recast::execution
