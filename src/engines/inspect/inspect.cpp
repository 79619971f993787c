#include <memory>

#include "engine/registry.hpp"

namespace recast::engines {

namespace {

/// Not a converter: brings the resident worker that tells what a file is (libmagic, jailed). Whoever wants to know
/// sends the worker "inspect" an empty request with one input and gets {"mime":…,"encoding":…,"description":…}, or
/// {"pages":true} with several and gets {"pages":[3,null]}: null where a format has none or they are not sure.
class Inspect final : public engine::Engine {
 public:
  Inspect()
      : Engine({
            .name = "inspect",
            .aliases = {},
            .summary = "Tells what a file is by its content, by libmagic, and counts pages for reports.",
            .group = "other",
            .abilities = {},
            .detection = {},
            .workers = {{.name = "inspect", .program = "recast-worker-inspect", .arguments = {}}},
            .probe = {},
        }) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request&) const override { return engine::Plan{}; }
};

}  // namespace

Result<> register_inspect(engine::Registry& registry) { return registry.add(std::make_unique<Inspect>()); }

}  // namespace recast::engines
