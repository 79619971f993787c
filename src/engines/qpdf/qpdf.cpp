#include <algorithm>
#include <memory>

#include "engine/registry.hpp"
#include "engine/samples.hpp"
#include "engines/qpdf/options.hpp"
#include "format/page_list.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace json = boost::json;

namespace qpdf {
namespace {

/// Descriptors travel to the worker in one message, which takes 200; each input is opened once more there.
constexpr std::size_t kMostInputs = 150;
constexpr std::uint32_t kMostParts = 10'000;
/// AES-256 keys are made of at most so many bytes; what follows would be ignored.
constexpr std::size_t kLongestPassword = 127;

Limits limits() {
  return {.cpu = std::chrono::seconds(3600),
          .memory = 3ULL << 30,
          .output = 10ULL << 30,
          .files = kMostParts,
          .descriptors = 512,
          .processes = 16};
}

Result<> check_password(const std::string& password, const char* field) {
  if (password.find('\0') != std::string::npos)
    return fail(ErrorCode::invalid_data, "A password must not hold a zero character.", field);
  return {};
}

Result<> check_new_password(const std::string& password, const char* field) {
  RECAST_CHECK(check_password(password, field));
  if (password.size() <= kLongestPassword) return {};
  return fail(ErrorCode::invalid_data, "A password must not be longer than 127 bytes.", field);
}

template <class Options>
Result<json::object> parsed(const json::object& payload) {
  RECAST_TRY(const auto options, schema::parse<Options>(payload));
  return schema::to_object(options);
}

Result<json::object> extract_options(const json::object& payload) {
  RECAST_TRY(const auto options, schema::parse<ExtractOptions>(payload));
  RECAST_CHECK(format::PageList::parse(options.pages));
  return schema::to_object(options);
}

Result<json::object> rotate_options(const json::object& payload) {
  RECAST_TRY(const auto options, schema::parse<RotateOptions>(payload));
  RECAST_CHECK(format::PageList::parse(options.pages));
  return schema::to_object(options);
}

Result<json::object> encrypt_options(const json::object& payload) {
  RECAST_TRY(const auto options, schema::parse<EncryptOptions>(payload));
  RECAST_CHECK(check_new_password(options.set_password, "set_password"));
  RECAST_CHECK(check_new_password(options.set_owner_password, "set_owner_password"));
  if (options.set_password.empty() && options.set_owner_password.empty()) {
    return fail(ErrorCode::invalid_data, "A set_password or a set_owner_password is required.", "set_password");
  }
  return schema::to_object(options);
}

Result<json::object> decrypt_options(const json::object& payload) {
  RECAST_TRY(const auto options, schema::parse<DecryptOptions>(payload));
  RECAST_CHECK(check_password(options.password, "password"));
  return schema::to_object(options);
}

struct Job {
  const char* operation;
  std::vector<schema::FieldInfo> options;
  Result<json::object> (*check)(const json::object& payload);  ///< the options as the worker gets them
};

const std::vector<Job>& jobs() {
  static const std::vector<Job> list{
      {"merge", {}, &parsed<NoOptions>},
      {"pdf/split-pages", {}, &parsed<NoOptions>},
      {"pdf/extract-pages", schema::describe<ExtractOptions>(), &extract_options},
      {"pdf/rotate-pages", schema::describe<RotateOptions>(), &rotate_options},
      {"pdf/encrypt", schema::describe<EncryptOptions>(), &encrypt_options},
      {"pdf/decrypt", schema::describe<DecryptOptions>(), &decrypt_options},
  };
  return list;
}

engine::Info describe() {
  engine::Info info;
  info.name = "qpdf";
  info.summary = "Joins, splits, turns, encrypts and decrypts PDF documents, by libqpdf.";
  info.group = "document";
  for (const auto& job : jobs()) {
    // The catalogue shows no formats for these, but merge's target (processing.md 13).
    const bool merge = std::string_view(job.operation) == "merge";
    info.abilities.push_back({.operation = job.operation,
                              .conversions = {{"", merge ? "pdf" : "", 10, {}}},
                              .options = job.options,
                              .most_inputs = merge ? kMostInputs : 1});
  }
  info.workers = {{.name = "qpdf", .program = "recast-worker-qpdf", .arguments = {}}};
  info.probe = {.operation = "pdf/rotate-pages",
                .from = "",
                .to = "",
                .content = std::string(engine::kProbePdf),
                .options = {{"rotation", "+90"}}};
  return info;
}

class Qpdf final : public engine::Engine {
 public:
  Qpdf() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    const auto job = std::ranges::find(jobs(), request.operation, [](const Job& one) { return one.operation; });
    RECAST_TRY(auto options, job->check(request.options));
    if (request.inputs.empty()) return fail(ErrorCode::invalid_data, "There is no file.", "input");
    const bool several = request.operation == "pdf/split-pages";
    engine::WorkerStep step{
        .worker = "qpdf",
        .request = {{"job", request.operation}, {"options", std::move(options)}, {"most_parts", kMostParts}},
        .inputs = request.inputs,
        .outputs = {several ? "out/sequence" : "out/out.pdf"},
        .sequence = several,
        .limits = limits()};
    engine::Plan plan;
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {several ? "out/out-*.pdf" : "out/out.pdf"};
    return plan;
  }
};

}  // namespace
}  // namespace qpdf

Result<> register_qpdf(engine::Registry& registry) { return registry.add(std::make_unique<qpdf::Qpdf>()); }

}  // namespace recast::engines
