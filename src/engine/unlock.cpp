#include "engine/unlock.hpp"

namespace recast::engine {

std::string unlock_pdf(Plan& plan, const std::string& input, const std::string& password) {
  if (password.empty()) return input;
  std::string open = "tmp/open.pdf";
  WorkerStep step{.worker = "qpdf",
                  .request = {{"job", "pdf/decrypt"}, {"options", json::object{{"password", password}}}},
                  .inputs = {input},
                  .outputs = {open},
                  .limits = {.memory = 3ULL << 30}};
  plan.steps.push_back({.action = std::move(step)});
  return open;
}

}  // namespace recast::engine
