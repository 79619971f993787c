// The resident worker for mail messages: GMime reads them, in a child of its own each.
#include <gmime/gmime.h>

#include <fmt/format.h>

#include "engines/mail/worker/message.hpp"
#include "engines/mail/worker/page.hpp"
#include "worker/named_sequence.hpp"
#include "worker/worker.hpp"

namespace recast::mail {
namespace {

/// Attachments as files; those of forwarded messages in folders of theirs.
Result<> write_files(const Message& message, const std::string& folder, worker::NamedSequence& files) {
  for (const auto& one : message.attachments) {
    RECAST_CHECK(files.begin(folder + one.name));
    RECAST_CHECK(files.write({one.content.data(), one.content.size()}));
    RECAST_CHECK(files.end());
  }
  for (std::size_t at = 0; at < message.messages.size(); ++at)
    RECAST_CHECK(write_files(message.messages[at], fmt::format("{}message-{}/", folder, at + 1), files));
  return {};
}

class MailWorker final : public worker::Worker {
 public:
  worker::Profile profile() const override { return {}; }

  Result<> run(const worker::fs::path&, const std::function<void(std::string)>& serve) override {
    g_mime_init();
    serve(fmt::format("{}.{}.{}", gmime_major_version, gmime_minor_version, gmime_micro_version));
    return {};
  }

  Result<worker::json::object> convert(worker::Job& job) override {
    const auto* const to = job.request.if_contains("to");
    if (job.inputs.size() != 1 || job.outputs.size() != 1 || to == nullptr || !to->is_string())
      return fail(ErrorCode::internal, "The request to the mail worker is incomplete.");
    RECAST_TRY(const auto bytes, worker::read_all(job.inputs.front(), kLargestMessage));
    RECAST_TRY(auto message, read_message({bytes.data(), bytes.size()}));
    if (to->get_string() == "files") {
      worker::NamedSequence files(job.outputs.front());
      RECAST_CHECK(write_files(message, {}, files));
      return worker::json::object{};
    }
    const auto* const included = job.request.if_contains("include_attachments");
    const bool all = included != nullptr && included->is_bool() && included->get_bool();
    const auto page = to->get_string() == "html" ? as_html(message, all ? Attachments::included : Attachments::listed)
                                                 : as_text(message);
    RECAST_CHECK(worker::write_all(job.outputs.front(), {page.data(), page.size()}));
    return worker::json::object{};
  }
};

}  // namespace
}  // namespace recast::mail

int main(int argc, char** argv) {
  return recast::worker::run_worker(argc, argv,
                                    [](const auto&) { return std::make_unique<recast::mail::MailWorker>(); });
}
