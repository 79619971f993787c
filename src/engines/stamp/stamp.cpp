#include "engine/stamp.hpp"

#include <memory>

#include "engine/registry.hpp"
#include "engine/samples.hpp"
#include "format/page_list.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace {

namespace stamp = engine::stamp;
using Options = stamp::PageOptions;

engine::Info describe() {
  engine::Info info;
  info.name = "stamp";
  info.summary = "Draws watermarks, by Pango, Cairo and librsvg, and lays them on PDF pages, by libqpdf.";
  info.group = "document";
  info.abilities = {{.operation = "watermark",
                     .conversions = {{"pdf", "", 10, {}}},
                     .options = schema::describe<Options>(),
                     .most_inputs = 2}};
  info.workers = {{.name = "stamp", .program = "recast-worker-stamp", .arguments = {}}};
  info.probe = {.operation = "watermark",
                .from = "pdf",
                .to = "",
                .content = std::string(engine::kProbePdf),
                .options = {{"text", "Recast"}}};
  return info;
}

class Stamp final : public engine::Engine {
 public:
  Stamp() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(auto options, schema::parse<Options>(request.options));
    RECAST_CHECK(format::PageList::parse(options.pages));
    engine::Plan plan;
    RECAST_CHECK(stamp::draw_page(plan, request, options));
    engine::WorkerStep lay{.worker = "qpdf",
                           .request = {{"job", "watermark"}, {"options", schema::to_object(options)}},
                           .inputs = {request.inputs.front(), "tmp/stamp.pdf", "tmp/stamp.json"},
                           .outputs = {"out/out.pdf"},
                           .limits = {.cpu = std::chrono::seconds(3600), .memory = 3ULL << 30, .processes = 16}};
    plan.steps.push_back({.action = std::move(lay), .weight = 2});
    plan.outputs = {"out/out.pdf"};
    return plan;
  }
};

}  // namespace

Result<> register_stamp(engine::Registry& registry) { return registry.add(std::make_unique<Stamp>()); }

}  // namespace recast::engines
