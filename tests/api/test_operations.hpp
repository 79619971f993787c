#pragma once

#include "operation/registry.hpp"
#include "scheduler/scheduler.hpp"
#include "storage/storage.hpp"

namespace recast::api_test {

/// The operations scripts use. Those of the build that need no engine and no network are taken as they are; beside them
/// test/copy (its inputs; a name that contains "broken" fails), test/hang (until it is stopped) and, as long as the
/// build lacks them, plain forms of import/raw, import/base64, import/upload and export/url.
Result<> add_operations(operation::Registry& registry);

/// Runs operations without engines: work folder, inputs from the storage, outputs into it; imports as the sandbox has
/// them.
std::unique_ptr<scheduler::TaskRunner> make_runner(const operation::Registry& operations, storage::Storage& storage,
                                                   store::SandboxFiles& sandbox, std::filesystem::path work,
                                                   const engine::Catalogue& catalogue);

}  // namespace recast::api_test
