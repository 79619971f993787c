// The resident worker for web pages. The parent only finds the browser; each child starts one of its own ahead of its
// job, so a browser sees one document and nothing of another.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/json/value_from.hpp>
#include <memory>
#include <optional>

#include "engines/chrome/options.hpp"
#include "engines/chrome/worker/browser.hpp"
#include "engines/chrome/worker/document.hpp"
#include "process/wire.hpp"
#include "schema/parse.hpp"
#include "worker/worker.hpp"

namespace recast::chrome {
namespace {

constexpr std::uint64_t kLargestDocument = 64ULL << 20;
constexpr std::chrono::seconds kStart{30};
constexpr std::chrono::hours kLongest{6};  // the limits of the step end a job before that
constexpr std::string_view kRehearsal = "<!doctype html><title>.</title><style>p{font-family:sans-serif}</style><p>.";

class ChromeWorker final : public worker::Worker {
 public:
  explicit ChromeWorker(fs::path install) : install_(std::move(install)) {}

  worker::Profile profile() const override {
    worker::Profile result;
    result.readable = {"/etc/fonts", "/usr/share/fonts", "/usr/local/share/fonts", "/var/cache/fontconfig",
                       "/etc/chromium"};
    if (!install_.empty()) result.readable.push_back(install_);
    result.scratch_bytes = 1ULL << 30;
    result.programs = true;
    result.proc = true;
    result.local_sockets = true;
    result.loopback = true;
    return result;
  }

  Result<> run(const fs::path&, const std::function<void(std::string)>& serve) override {
    RECAST_TRY(program_, find_browser(install_));
    RECAST_TRY(auto version, version_of(program_));
    serve(std::move(version));
    return {};
  }

  Result<> prepare(const fs::path& scratch, const std::function<bool()>& job_waits) override {
    RECAST_CHECK(begin(scratch));
    if (job_waits()) return {};
    // A page of ours loads what every print needs: fonts, the PDF writer. The document's own page starts from nothing.
    const Options plain;
    const auto deadline = Deadline::in(kStart);
    RECAST_CHECK(document_->load(kRehearsal, plain, true, deadline));
    return document_->print(
        plain, [](std::string_view) -> Result<> { return {}; }, deadline);
  }

  Result<json::object> convert(worker::Job& job) override {
    if (!document_) RECAST_CHECK(begin(job.scratch));
    if (job.inputs.size() != 1 || job.outputs.size() != 1) return fail(ErrorCode::internal, "A page is one file.");
    const auto* const options_value = job.request.if_contains("options");
    const auto* const to = job.request.if_contains("to");
    if (options_value == nullptr || !options_value->is_object() || to == nullptr || !to->is_string()) {
      return fail(ErrorCode::internal, "The request to the browser is incomplete.");
    }
    RECAST_TRY(const auto options, schema::parse<Options>(options_value->get_object()));
    const bool pdf = to->get_string() == "pdf";
    const auto* const seconds = job.request.if_contains("seconds");
    const auto deadline =
        Deadline::in(seconds != nullptr && seconds->is_int64()
                         ? std::min<std::chrono::seconds>(std::chrono::seconds(seconds->get_int64()), kLongest)
                         : kLongest);
    if (const auto* const website = job.request.if_contains("website"); website != nullptr && website->is_object()) {
      RECAST_TRY(const auto wanted, schema::parse<Website>(website->get_object()));
      RECAST_CHECK(open_way_out(job.inputs.front()));
      RECAST_CHECK(document_->visit(wanted, options, pdf, deadline));
    } else {
      RECAST_TRY(const auto bytes, worker::read_all(job.inputs.front(), kLargestDocument));
      RECAST_CHECK(document_->load({bytes.data(), bytes.size()}, options, pdf, deadline));
    }
    job.percent(50);
    const int out = job.outputs.front();
    const auto sink = [out](std::string_view piece) { return worker::write_all(out, {piece.data(), piece.size()}); };
    if (pdf) {
      RECAST_CHECK(document_->print(options, sink, deadline));
    } else {
      RECAST_TRY(const auto image, document_->photograph(options, to->get_string() == "png", deadline));
      RECAST_CHECK(sink(image));
    }
    json::object answer;
    if (!document_->refused().empty())
      answer["report"] = json::object{{"blocked", json::value_from(document_->refused())}};
    document_.reset();
    browser_.reset();
    return answer;
  }

 private:
  /// The browser takes it for its proxy. Nobody answers there unless the server is given the socket.
  void listen() {
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    // Not allowed but in a full jail, which has a loopback interface of its own.
    if (!socket || ::bind(socket.get(), plain, size) != 0 || ::listen(socket.get(), SOMAXCONN) != 0 ||
        ::getsockname(socket.get(), plain, &size) != 0)
      return;
    listener_ = std::move(socket);
    port_ = ntohs(address.sin_port);
  }

  Result<> open_way_out(int channel) {
    if (!listener_)
      return fail(ErrorCode::conversion_failed, "Websites can be captured in a full jail only; this server has none.");
    const int socket = listener_.get();
    if (!process::send_message(channel, "proxy", {&socket, 1}, process::Patience::wait))
      return fail(ErrorCode::conversion_failed, "The server gave the browser no way out.");
    listener_.reset();
    return {};
  }

  Result<> begin(const fs::path& scratch) {
    const auto deadline = Deadline::in(kStart);
    listen();
    RECAST_TRY(browser_, Browser::start(program_, scratch, port_, deadline));
    document_.emplace(*browser_);
    return document_->prepare(deadline);
  }

  fs::path install_;
  Program program_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Browser> browser_;
  std::optional<Document> document_;
};

}  // namespace
}  // namespace recast::chrome

int main(int argc, char** argv) {
  return recast::worker::run_worker(argc, argv, [](const std::map<std::string, std::string>& arguments) {
    const auto install = arguments.find("install");
    return std::make_unique<recast::chrome::ChromeWorker>(install == arguments.end() ? std::string() : install->second);
  });
}
