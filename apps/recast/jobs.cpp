#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <thread>

#include "ask.hpp"
#include "base/text.hpp"
#include "commands.hpp"

namespace recast::cli {

int complain(const Error& error) {
  fmt::print(stderr, "recast: {}\n", error.message);
  return exit_status(error);
}

void print_json(const json::value& value) { fmt::print("{}\n", json::serialize(value)); }

std::string words_of(const json::value& list) {
  std::string text;
  for (const auto& word : list.as_array()) text += (text.empty() ? "" : " ") + std::string(word.as_string());
  return text;
}

std::string text_of(const json::value& value, std::string_view member) {
  const auto* found = value.is_object() ? value.get_object().if_contains(member) : nullptr;
  if (found == nullptr || found->is_null()) return {};
  return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

namespace {

void print_job(const json::value& job) {
  fmt::print("job {}  {}  created {}{}\n", text_of(job, "id"), text_of(job, "status"), text_of(job, "created_at"),
             text_of(job, "tag").empty() ? "" : "  tag " + text_of(job, "tag"));
  const auto* tasks = job.get_object().if_contains("tasks");
  if (tasks == nullptr) return;
  for (const auto& task : tasks->as_array()) {
    fmt::print("  {:<16} {:<16} {:<10} {:>3}%  {} {}\n", text_of(task, "name"), text_of(task, "operation"),
               text_of(task, "status"), text_of(task, "percent"), text_of(task, "code"), text_of(task, "message"));
    const auto* result = task.get_object().if_contains("result");
    const auto* files = result != nullptr && result->is_object() ? result->get_object().if_contains("files") : nullptr;
    if (files == nullptr) continue;
    for (const auto& file : files->as_array()) {
      fmt::print("    {}  {} bytes  {}\n", text_of(file, "filename"), text_of(file, "size"), text_of(file, "url"));
    }
  }
}

int show(const json::value& job, bool json) {
  if (json) {
    print_json(job);
  } else {
    print_job(job);
  }
  return text_of(job, "status") == "error" ? kFailed : kOk;
}

}  // namespace

int jobs_list(const ListFlags& flags, const TargetFlags& target_flags) {
  std::string path = "/v2/jobs";
  if (!flags.status.empty()) path += "?filter[status]=" + percent_encode(flags.status);
  if (!flags.tag.empty()) path += (path.contains('?') ? "&filter[tag]=" : "?filter[tag]=") + percent_encode(flags.tag);
  return page_at_server(target_flags, flags.json, path, flags.page, [](const json::value& jobs) {
    for (const auto& job : jobs.as_array()) print_job(job);
  });
}

int jobs_show(const std::string& id, bool json, const TargetFlags& target_flags) {
  const auto target = open_server(target_flags);
  if (!target) return complain(target.error());
  const auto answer = Client(target->endpoint).get("/v2/jobs/" + percent_encode(id));
  if (!answer) return complain(answer.error());
  (void)show(answer->at("data"), json);
  return kOk;
}

int jobs_wait(const std::string& id, bool json, const TargetFlags& target_flags) {
  const auto target = open_server(target_flags);
  if (!target) return complain(target.error());
  const auto answer = Client(target->endpoint).get("/v2/jobs/" + percent_encode(id) + "/wait");
  if (!answer) return complain(answer.error());
  return show(answer->at("data"), json);
}

int jobs_cancel(const std::string& id, const TargetFlags& target_flags) {
  const auto target = open_server(target_flags);
  if (!target) return complain(target.error());
  Client client(target->endpoint);
  const auto answer = client.get("/v2/jobs/" + percent_encode(id));
  if (!answer) return complain(answer.error());
  int cancelled = 0;
  for (const auto& task : answer->at("data").at("tasks").as_array()) {
    const auto status = text_of(task, "status");
    if (status != "waiting" && status != "processing") continue;
    // One that has ended meanwhile is none to complain of.
    if (client.post("/v2/tasks/" + text_of(task, "id") + "/cancel", json::object{})) ++cancelled;
  }
  fmt::print("{} task{} cancelled\n", cancelled, cancelled == 1 ? "" : "s");
  return kOk;
}

int jobs_delete(const std::string& id, const TargetFlags& target_flags) {
  const auto target = open_server(target_flags);
  if (!target) return complain(target.error());
  const auto done = Client(target->endpoint).remove("/v2/jobs/" + percent_encode(id));
  return done ? kOk : complain(done.error());
}

}  // namespace recast::cli
