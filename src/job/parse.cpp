#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>

#include "base/text.hpp"
#include "job/graph.hpp"
#include "job/job.hpp"
#include "net/url.hpp"
#include "schema/parse.hpp"

namespace recast::job {

namespace {

constexpr std::string_view kUrlExport = "export/url";

struct JobHead {
  std::string tag;
  std::string webhook_url;
  bool redirect = false;

  static constexpr auto fields = std::tuple{
      schema::field(&JobHead::tag, "tag", "A label of the client's own."),
      schema::field(&JobHead::webhook_url, "webhook_url", "Called when the job has ended."),
      schema::field(&JobHead::redirect, "redirect", "Answer with a redirect to the exported file."),
  };
};

struct OperationHead {
  std::string operation;

  static constexpr auto fields = std::tuple{
      schema::field(&OperationHead::operation, "operation", "What to do.", {.required = true}),
  };
};

struct TaskHead {
  bool ignore_error = false;

  static constexpr auto fields = std::tuple{
      schema::field(&TaskHead::ignore_error, "ignore_error", "The job goes on if this task fails."),
  };
};

bool is_task_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// The shape of our ids: what is no name of the job and looks like this is left for the store to look up.
bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

Result<> add_references(const json::object& payload, std::string_view field, std::vector<Reference>& references) {
  const auto* const value = payload.if_contains(field);
  if (value == nullptr || value->is_null()) return {};
  const auto wrong = [&] {
    return fail(ErrorCode::invalid_data, fmt::format("The {} must be a string or an array of strings.", field),
                std::string(field));
  };
  const auto add = [&](const json::value& name) {
    if (!name.is_string()) return false;
    if (const auto text = trim(name.get_string()); !text.empty())
      references.push_back({std::string(field), std::string(text)});
    return true;
  };
  if (value->is_array()) {
    for (const auto& name : value->get_array()) {
      if (!add(name)) return wrong();
    }
    return {};
  }
  return add(*value) ? Result<>{} : wrong();
}

/// Also answers to a misspelling in the official Java SDK (core.md 7.1).
const operation::Operation* find_operation(const operation::Registry& operations, std::string_view name) {
  if (name == "import/azure-blob") name = "import/azure/blob";
  if (name == "export/azure-blob") name = "export/azure/blob";
  return operations.find(name);
}

/// What standalone tasks and tasks of a job have in common. Fields are named without a prefix. Once all is well the
/// members of `body` are moved away.
Result<TaskSpec> read_task(const operation::Operation& operation, json::object& body,
                           const engine::Catalogue& catalogue, std::vector<Reference>& references) {
  RECAST_TRY(const auto head, schema::parse<TaskHead>(body));
  RECAST_TRY(references, references_of(body, operation));
  const bool has_input = !references.empty() && references.front().field == "input";
  if (operation.needs_input && !has_input) {
    return fail(ErrorCode::invalid_data, "The input field is required.", "input");
  }
  if (operation.check) RECAST_CHECK(operation.check(body, catalogue));
  TaskSpec spec{
      .name = {}, .operation = operation.name, .payload = {}, .inputs = {}, .ignore_error = head.ignore_error};
  for (const auto& reference : references) spec.inputs.push_back(reference.name);
  if (operation.engine_of) std::tie(spec.engine, spec.engine_version) = operation.engine_of(body, catalogue);
  for (auto& member : body) {  // not erase(), which does not keep the order
    // Two members only say what the URL or the key of the task said already (core.md 0.1, row 17).
    if (member.key() == "name" || member.key() == "operation") continue;
    spec.payload.emplace(member.key(), std::move(member.value()));
  }
  return spec;
}

Error in_task(std::string_view name, Error error) {
  error.message = fmt::format("Task {}: {}", name, error.message);
  error.field = error.field.empty() ? fmt::format("tasks.{}", name) : fmt::format("tasks.{}.{}", name, error.field);
  return error;
}

/// The tasks of a job while they are read.
struct Reading {
  std::vector<TaskSpec> tasks;
  std::vector<std::vector<Reference>> references;
};

Result<> read_member(json::key_value_pair& member, const operation::Registry& operations,
                     const engine::Catalogue& catalogue, Reading& reading) {
  if (!member.value().is_object()) return fail(ErrorCode::invalid_data, "The task must be an object.");
  auto& body = member.value().get_object();
  RECAST_TRY(const auto head, schema::parse<OperationHead>(body));
  const auto* const operation = find_operation(operations, head.operation);
  if (operation == nullptr) return fail(ErrorCode::invalid_data, "The selected operation is invalid.", "operation");
  std::vector<Reference> references;
  RECAST_TRY(auto spec, read_task(*operation, body, catalogue, references));
  spec.name = member.key();
  reading.tasks.push_back(std::move(spec));
  reading.references.push_back(std::move(references));
  return {};
}

/// Every reference leads to another task of the job or may be an id; none leads back to where it came from.
Result<> check_graph(const Reading& reading, std::size_t at_most) {
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < reading.tasks.size(); ++i) places.emplace(reading.tasks[i].name, i);
  Graph graph(reading.tasks.size());
  std::size_t edges = 0;
  for (std::size_t i = 0; i < reading.tasks.size(); ++i) {
    const auto& own = reading.tasks[i].name;
    for (const auto& [field, name] : reading.references[i]) {
      const auto wrong = [&](std::string text) {
        return std::unexpected(in_task(own, {ErrorCode::invalid_data, std::move(text), field}));
      };
      if (++edges > at_most) return wrong("The tasks of the job have too many inputs.");
      const auto found = places.find(name);
      if (found == places.end()) {
        if (!is_uuid(name))
          return wrong(fmt::format("The selected {} is invalid: there is no task named {}.", field, name));
      } else if (found->second == i) {
        return wrong(fmt::format("The selected {} is invalid: the task refers to itself, which is a cycle.", field));
      } else {
        graph[i].push_back(found->second);
      }
    }
  }
  if (const auto node = find_cycle(graph)) {
    return std::unexpected(in_task(reading.tasks[*node].name,
                                   {ErrorCode::invalid_data, "The input leads back to the task in a cycle.", "input"}));
  }
  return {};
}

Result<json::object*> tasks_of(json::object& body, const ParseLimits& limits) {
  auto* const value = body.if_contains("tasks");
  const bool empty = value == nullptr || value->is_null() || (value->is_array() && value->get_array().empty()) ||
                     (value->is_object() && value->get_object().empty()) ||
                     (value->is_string() && value->get_string().empty());
  if (empty) return fail(ErrorCode::invalid_data, "The tasks field is required.", "tasks");
  if (!value->is_object()) return fail(ErrorCode::invalid_data, "The tasks must be an object.", "tasks");
  if (value->get_object().size() > limits.tasks_per_job) {
    return fail(ErrorCode::invalid_data,
                fmt::format("The tasks may not have more than {} items.", limits.tasks_per_job), "tasks");
  }
  return &value->get_object();
}

}  // namespace

Result<std::vector<Reference>> references_of(const json::object& payload, const operation::Operation& operation) {
  std::vector<Reference> references;
  RECAST_CHECK(add_references(payload, "input", references));
  for (const auto& option : operation.references) RECAST_CHECK(add_references(payload, option, references));
  return references;
}

Result<> check_webhook_address(std::string_view url, std::string_view field) {
  constexpr std::size_t kLongest = 2048;
  RECAST_CHECK(net::Url::parse(url, field));
  if (url.size() <= kLongest) return {};
  return fail(ErrorCode::invalid_data, fmt::format("The address may not be longer than {} bytes.", kLongest),
              std::string(field));
}

Result<JobSpec> parse_job(json::object body, const operation::Registry& operations, const engine::Catalogue& catalogue,
                          const ParseLimits& limits) {
  RECAST_TRY(auto* const tasks, tasks_of(body, limits));
  RECAST_TRY(auto head, schema::parse<JobHead>(body));
  if (!head.webhook_url.empty()) RECAST_CHECK(check_webhook_address(head.webhook_url, "webhook_url"));
  Reading reading;
  for (auto& member : *tasks) {
    if (!is_task_name(member.key())) {
      return fail(ErrorCode::invalid_data, "The name of a task may only have letters, digits, dashes and underscores.",
                  "tasks");
    }
    if (auto status = read_member(member, operations, catalogue, reading); !status) {
      return std::unexpected(in_task(member.key(), std::move(status).error()));
    }
  }
  RECAST_CHECK(check_graph(reading, std::max<std::size_t>(limits.tasks_per_job * 10, 10'000)));
  const bool exports =
      std::ranges::any_of(reading.tasks, [](const auto& task) { return task.operation == kUrlExport; });
  if (head.redirect && !exports) {
    return fail(ErrorCode::invalid_data, "The redirect needs an export/url task in the job.", "redirect");
  }
  JobSpec spec;
  spec.tag = std::move(head.tag);
  spec.webhook_url = std::move(head.webhook_url);
  spec.redirect = head.redirect;
  spec.tasks = std::move(reading.tasks);
  return spec;
}

Result<TaskSpec> parse_task(std::string_view operation, json::object body, const operation::Registry& operations,
                            const engine::Catalogue& catalogue) {
  const auto* const found = find_operation(operations, operation);
  if (found == nullptr) return fail(ErrorCode::not_found, "There is no such operation.");
  std::vector<Reference> references;
  return read_task(*found, body, catalogue, references);
}

}  // namespace recast::job
