#include "engine/pdf_input.hpp"

#include "base/text.hpp"

namespace recast::engine {

namespace {

std::string add(Plan& plan, const char* job, json::object options, const std::string& input, std::string output) {
  WorkerStep step{.worker = "qpdf",
                  .request = {{"job", job}, {"options", std::move(options)}},
                  .inputs = {input},
                  .outputs = {output},
                  .limits = {.memory = 3ULL << 30}};
  plan.steps.push_back({.action = std::move(step)});
  return output;
}

}  // namespace

std::string unlock_pdf(Plan& plan, const std::string& input, const std::string& password) {
  if (password.empty()) return input;
  return add(plan, "pdf/decrypt", {{"password", password}}, input, "tmp/open.pdf");
}

std::string choose_pdf_pages(Plan& plan, const std::string& input, const std::string& pages) {
  if (trim(pages).empty()) return input;
  return add(plan, "pdf/extract-pages", {{"pages", pages}}, input, "tmp/chosen.pdf");
}

}  // namespace recast::engine
