#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "execution/executor.hpp"
#include "net/client.hpp"
#include "operation/registry.hpp"
#include "scheduler/scheduler.hpp"
#include "storage/storage.hpp"

namespace recast::execution {

/// What tasks are run with. All must outlive the runner.
struct Means {
  const operation::Registry& operations;
  storage::Storage& storage;
  net::Client& net;
  Executor& executor;
  std::function<std::shared_ptr<const engine::Catalogue>()> catalogue;
  /// The stored file that one of this server's own signed download links names, if the link is valid.
  std::function<Result<std::optional<job::StoredFile>>(std::string_view url)> own_file;
  /// Takes the keys of stored files that no row names and that could not be removed: they go later. May be empty.
  std::function<void(const std::vector<std::string>& keys)> abandon{};
  /// How a task of the sandbox ends because of the files it brought in; see store::SandboxFiles.
  std::function<Result<std::optional<store::Ending>>(UserId user, const std::vector<job::StoredFile>& files)>
      sandbox_refusal;
  fs::path work;  ///< folder for work folders, on the storage's disk; emptied at start
};

/// Runs claimed tasks: work folder, inputs linked from the storage, the operation, outputs into the storage, clean-up.
std::unique_ptr<scheduler::TaskRunner> make_task_runner(Means means);

}  // namespace recast::execution
