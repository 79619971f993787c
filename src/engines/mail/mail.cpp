#include <memory>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace mail {
namespace {

constexpr std::string_view kExtract = "archive/extract";

struct Options {
  bool include_attachments = false;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::include_attachments, "include_attachments",
                    "Put attachments into the HTML as links that save them; archive/extract gives them as files."),
  };
};

constexpr std::string_view kProbe =
    "From: a@example.org\r\nTo: b@example.org\r\nSubject: Recast\r\nContent-Type: text/plain\r\n\r\nRecast\r\n";

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"not an OLE file", ErrorCode::open_failed, "The file is no Outlook message, or damaged."},
       {"bad magic number", ErrorCode::open_failed, "The file is no Outlook message, or damaged."},
       {"OLE::Storage_Lite", ErrorCode::open_failed, "The file is no Outlook message, or damaged."}},
      end, "The mail reader");
}

engine::Info describe() {
  const std::vector<std::string> outlook{"msgconvert"};
  engine::Info info;
  info.name = "mail";
  info.summary = "Reads mail messages: headers, text, pictures, attachments.";
  info.group = "document";
  info.abilities = {{.conversions = {{"eml", "html", 10},
                                     {"eml", "txt", 10},
                                     {"msg", "html", 10, outlook},
                                     {"msg", "txt", 10, outlook},
                                     {"msg", "eml", 10, outlook}},
                     .options = schema::describe<Options>()},
                    {.operation = std::string(kExtract), .conversions = {{"eml", "", 10}, {"msg", "", 10, outlook}}}};
  info.workers = {{.name = "mail", .program = "recast-worker-mail"}};
  info.probe = {.from = "eml", .to = "html", .content = std::string(kProbe), .options = {}};
  return info;
}

class Mail final : public engine::Engine {
 public:
  Mail() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    engine::Plan plan;
    plan.explain = &explain;
    auto message = request.inputs.front();
    if (request.from == "msg") {
      const auto made = request.to == "eml" ? std::string("out/out.eml") : std::string("tmp/message.eml");
      engine::ProgramStep step;
      step.program = "msgconvert";
      step.arguments = {"--outfile", made, message};
      step.environment = {"HOME=tmp", "LC_ALL=C.UTF-8"};
      step.limits.memory = 1ULL << 30;
      plan.steps.push_back({.action = std::move(step)});
      message = made;
    }
    if (request.to == "eml") {
      plan.outputs = {"out/out.eml"};
      return plan;
    }
    engine::WorkerStep step;
    step.worker = "mail";
    step.inputs = {message};
    step.limits.memory = 1ULL << 30;
    if (request.operation == kExtract) {
      step.request = {{"to", "files"}};
      step.outputs = {"tmp/sequence"};
      step.sequence = true;
      step.named = true;
      plan.outputs = {"out/out-*"};
      plan.may_be_empty = true;
    } else {
      step.request = {{"to", request.to}, {"include_attachments", options.include_attachments}};
      step.outputs = {"out/out." + request.to};
      plan.outputs = step.outputs;
    }
    plan.steps.push_back({.action = std::move(step)});
    return plan;
  }
};

}  // namespace
}  // namespace mail

Result<> register_mail(engine::Registry& registry) { return registry.add(std::make_unique<mail::Mail>()); }

}  // namespace recast::engines
