#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "api/context.hpp"
#include "api/query.hpp"
#include "job/job.hpp"

namespace recast::api {

/// Turns rows into the objects of the API (core.md 6.3, 7.2, 7.3): key order, what is null and what is left out, links
/// as this client reaches them, download URLs signed now.
class View {
 public:
  View(const Context& context, Bases bases) : context_(context), bases_(std::move(bases)) {}

  /// In lists tasks only come with include=tasks.
  enum class Tasks { with, without };
  json::object job(const job::Job& job, Tasks tasks, const Include& include = {}) const;  ///< what its tasks include
  json::object task(const job::Task& task, const Include& include = {}) const;
  /// Where the first file of the first finished export/url task lies.
  std::optional<std::string> first_export(const job::Job& job) const;
  std::string link(std::string_view path) const { return bases_.api + "/v2/" + std::string(path); }

 private:
  json::value result(const job::Task& task) const;
  json::object file(const job::Task& task, const job::StoredFile& file) const;
  std::string download_url(const job::Task& task, const job::StoredFile& file) const;

  const Context& context_;
  Bases bases_;
};

}  // namespace recast::api
