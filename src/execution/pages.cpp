#include "execution/pages.hpp"

#include <fcntl.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "base/unique_handle.hpp"
#include "format/format.hpp"

namespace recast::execution {

namespace {

constexpr std::size_t kMostFiles = 25;  // a report is no census
/// Nobody waits longer for a number that is merely nice to know.
constexpr std::chrono::seconds kPatience{5};

bool has_pages(const std::filesystem::path& file) {
  const auto token = format::sniff(format::first_bytes(file));
  return token == "pdf" || token == "tiff";
}

}  // namespace

std::vector<std::optional<std::int64_t>> count_pages(process::Workers& workers, const operation::Files& files,
                                                     const std::stop_token& stop) {
  std::vector<std::optional<std::int64_t>> counts(files.size());
  std::vector<std::size_t> asked;
  std::vector<UniqueFd> open;
  process::WorkerJob job{.request = R"({"pages":true})", .inputs = {}, .outputs = {}, .limits = {}, .on_percent = {}};
  job.limits.cpu = kPatience;
  for (std::size_t i = 0; i < files.size() && asked.size() < kMostFiles; ++i) {
    if (!has_pages(files[i].path)) continue;
    UniqueFd file(::open(files[i].path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) continue;
    job.inputs.push_back(file.get());
    open.push_back(std::move(file));
    asked.push_back(i);
  }
  if (asked.empty()) return counts;
  const auto reply = workers.run("inspect", job, Deadline::in(kPatience), stop);
  if (!reply) return counts;
  boost::system::error_code error;
  const auto answer = boost::json::parse(reply->result, error);
  const auto* const pages = error || !answer.is_object() ? nullptr : answer.get_object().if_contains("pages");
  if (pages == nullptr || !pages->is_array()) return counts;
  for (std::size_t i = 0; i < asked.size() && i < pages->get_array().size(); ++i) {
    if (const auto* const count = pages->get_array()[i].if_int64()) counts[asked[i]] = *count;
  }
  return counts;
}

}  // namespace recast::execution
