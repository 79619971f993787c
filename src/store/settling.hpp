#pragma once

#include <vector>

#include "job/job.hpp"
#include "store/writer.hpp"

/// What follows from the end of a task, written down: dependents, jobs, events. For the other files of this module.
namespace recast::store {

/// A task as far as its place in the graph goes.
struct Node {
  TaskId id;
  JobId job;
};

/// Settles the jobs of tasks that ended or were removed, those of tasks that depend on them, and so on.
void settle_after(Write& write, const std::vector<Node>& ended);
/// Settles a task that waits again, and what follows.
void settle_waiting(Write& write, const Node& node);

/// The state of inputs that are not part of `job`.
job::Externals externals_of(sql::Connection& connection, const job::Job& job);

/// Tasks outside of the job that have not ended and need one of these.
std::vector<Node> dependents_of(sql::Connection& connection, const Node& node);

/// The job of a task that starts goes from waiting to processing.
void start_job(Write& write, const JobId& id);

}  // namespace recast::store
