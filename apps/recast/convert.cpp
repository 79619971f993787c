#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <thread>

#include "assignments.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "format/format.hpp"
#include "progress.hpp"

namespace recast::cli {

namespace {

volatile std::sig_atomic_t g_interrupted = 0;

/// One file to convert.
struct Item {
  fs::path input;   ///< "-": standard input, read into `spool`
  fs::path output;  ///< a file; "-": standard output; a folder if `into_folder`
  bool into_folder = false;
  std::string shown;
};

/// Standard input as a file, since an upload wants to know its size; removed at the end.
class Spool {
 public:
  ~Spool() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove(path_, ignored);
  }
  Result<fs::path> fill() {
    auto name = (fs::temp_directory_path() / "recast-input-XXXXXX").string();
    const int fd = ::mkstemp(name.data());
    if (fd < 0) return std::unexpected(from_errno(errno, "a temporary file"));
    path_ = name;
    std::vector<char> buffer(1 << 16);
    std::FILE* file = ::fdopen(fd, "wb");
    std::size_t count = 0;
    bool good = true;
    while (good && (count = std::fread(buffer.data(), 1, buffer.size(), stdin)) > 0)
      good = std::fwrite(buffer.data(), 1, count, file) == count;
    good = std::fclose(file) == 0 && good;
    if (!good) return fail(ErrorCode::disk_full, "Standard input could not be stored: is the disk full?");
    return path_;
  }

 private:
  fs::path path_;
};

struct Plan {
  std::vector<Item> items;
  std::string to;
  json::object options;
};

std::unexpected<Error> usage(std::string message) { return fail(ErrorCode::malformed_body, std::move(message)); }

Result<Plan> plan(const ConvertFlags& flags) {
  Plan result;
  auto inputs = flags.files;
  fs::path single;
  result.to = lower(flags.to);
  if (flags.to.empty() || (inputs.size() == 2 && inputs[1] == "-")) {
    if (inputs.size() != 2)
      return usage("Name an input and an output (recast convert in.docx out.pdf), or use --to FORMAT [--out DIR].");
    single = inputs.back();
    inputs.pop_back();
    if (result.to.empty()) result.to = format::of_file_name(single.filename().string());
    if (result.to.empty())
      return usage(fmt::format("{} has no extension that says what to convert to: use --to.", single.string()));
  }
  RECAST_TRY(result.options, read_assignments(flags.set, "--set"));
  if (!flags.from.empty()) result.options["input_format"] = flags.from;
  if (!flags.engine.empty()) result.options["engine"] = flags.engine;
  if (!flags.engine_version.empty()) result.options["engine_version"] = flags.engine_version;
  result.options["output_format"] = result.to;
  for (const auto& input : inputs) {
    Item item{.input = input,
              .output = single,
              .into_folder = single.empty(),
              .shown = input == "-" ? "standard input" : input};
    if (item.into_folder) item.output = flags.out.empty() ? fs::path(input).parent_path() : fs::path(flags.out);
    if (input == "-" && item.into_folder && flags.out.empty())
      return usage("From a pipe: name an output file, - for standard output, or --out DIR.");
    if (input == "-" && flags.from.empty()) return usage("From a pipe: say what it is with --from FORMAT.");
    if (input != "-" && !fs::is_regular_file(item.input))
      return fail(ErrorCode::invalid_filename, fmt::format("{} is not a file.", input));
    if (!item.into_folder && item.output != "-" && fs::exists(item.output) && !flags.overwrite) {
      return fail(ErrorCode::invalid_filename, fmt::format("{} exists; use --overwrite.", item.output.string()));
    }
    result.items.push_back(std::move(item));
  }
  if (!flags.out.empty()) {
    std::error_code error;
    fs::create_directories(flags.out, error);
    if (error) return fail(ErrorCode::invalid_filename, fmt::format("{}: {}", flags.out, error.message()));
  }
  return result;
}

/// Converts one file through the API: job, upload, wait, download.
class Conversion {
 public:
  Conversion(Client& client, Progress& progress, const Plan& plan, const Item& item, bool overwrite)
      : client_(client), progress_(progress), plan_(plan), item_(item), overwrite_(overwrite) {}

  /// What was written, and the job's last state.
  Result<json::object> run() {
    Spool spool;
    auto source = item_.input;
    if (source == "-") {
      RECAST_TRY(source, spool.fill());
    }
    RECAST_TRY(auto job, client_.post("/v2/jobs", body()));
    id_ = text_of(job.at("data"), "id");
    const auto done = finish(source, job);
    if (!done && !id_.empty()) (void)client_.remove("/v2/jobs/" + id_);
    return done;
  }

 private:
  json::object body() const {
    auto convert = plan_.options;
    convert["operation"] = "convert";
    convert["input"] = "import";
    return {{"tag", "recast-cli"},
            {"tasks", json::object{{"import", {{"operation", "import/upload"}}},
                                   {"convert", std::move(convert)},
                                   {"export", {{"operation", "export/url"}, {"input", "convert"}}}}}};
  }

  Result<json::object> finish(const fs::path& source, const json::value& job) {
    const auto& form = job.at("data").at("tasks").as_array().at(0).at("result").at("form").as_object();
    const auto name =
        item_.input == "-" ? "input." + text_of(plan_.options, "input_format") : item_.input.filename().string();
    const Client::Progress uploading = [this](std::uint64_t done, std::uint64_t total) {
      progress_.update(item_.shown, total == 0 ? 0 : static_cast<int>(done * 20 / total), "uploading");
    };
    RECAST_CHECK(client_.upload(form, source, name, uploading));
    RECAST_TRY(const auto finished, wait());
    for (const auto& task : finished.at("tasks").as_array()) {
      if (text_of(task, "status") == "error" && text_of(task, "code") != "INPUT_TASK_FAILED") {
        return fail(ErrorCode::conversion_failed,
                    fmt::format("{} ({})", text_of(task, "message"), text_of(task, "code")));
      }
    }
    RECAST_TRY(auto written, download(finished));
    (void)client_.remove("/v2/jobs/" + id_);
    return json::object{{"input", item_.shown}, {"job", id_}, {"outputs", std::move(written)}};
  }

  Result<json::value> wait() {
    using namespace std::chrono_literals;
    for (auto pause = 20ms;; pause = std::min(pause * 3 / 2, 500ms)) {
      if (g_interrupted != 0) return fail(ErrorCode::cancelled, "interrupted");
      RECAST_TRY(auto answer, client_.get("/v2/jobs/" + id_));
      auto& job = answer.at("data");
      const auto status = text_of(job, "status");
      if (status == "finished" || status == "error") return std::move(job);
      const auto& convert = job.at("tasks").as_array().at(1);
      const int percent =
          text_of(convert, "status") == "processing" ? static_cast<int>(convert.at("percent").to_number<int>()) : 0;
      progress_.update(item_.shown, 20 + percent * 7 / 10, "converting");
      std::this_thread::sleep_for(pause);
    }
  }

  Result<json::array> download(const json::value& job) {
    const auto& files = job.at("tasks").as_array().at(2).at("result").at("files").as_array();
    json::array written;
    std::size_t number = 0;
    for (const auto& file : files) {
      ++number;
      auto to = item_.output;
      if (item_.into_folder) {
        to /= text_of(file, "filename");
        if (fs::exists(to) && !overwrite_)
          return fail(ErrorCode::invalid_filename, fmt::format("{} exists; use --overwrite.", to.string()));
      } else if (files.size() > 1 && to != "-") {
        to = to.parent_path() / fmt::format("{}-{}{}", to.stem().string(), number, to.extension().string());
      } else if (files.size() > 1) {
        return fail(ErrorCode::invalid_filename,
                    fmt::format("{} files came out, which cannot all go to standard output: name a file or --out DIR.",
                                files.size()));
      }
      progress_.update(item_.shown, 90, "downloading");
      RECAST_CHECK(client_.download(text_of(file, "url"), to, {}));
      written.emplace_back(to.string());
    }
    return written;
  }

  Client& client_;
  Progress& progress_;
  const Plan& plan_;
  const Item& item_;
  bool overwrite_;
  std::string id_;
};

struct Results {
  std::mutex mutex;
  json::array rows;
  int status = kOk;
};

void work(const Endpoint& endpoint, const Plan& plan, bool overwrite, std::atomic<std::size_t>& next,
          Progress& progress, Results& results) {
  Client client(endpoint);
  for (std::size_t i = next++; i < plan.items.size() && g_interrupted == 0; i = next++) {
    const auto& item = plan.items[i];
    auto done = Conversion(client, progress, plan, item, overwrite).run();
    std::string text;
    if (done) {
      for (const auto& output : done->at("outputs").as_array())
        text += (text.empty() ? "" : ", ") + std::string(output.as_string());
    }
    progress.done(item.shown, done.has_value(), done ? text : done.error().message);
    std::lock_guard lock(results.mutex);
    if (done) {
      results.rows.emplace_back(std::move(*done));
    } else {
      results.rows.emplace_back(json::object{{"input", item.shown}, {"error", done.error().message}});
      results.status = std::max(results.status, exit_status(done.error()));
    }
  }
}

/// The API ignores options it does not know, for there are clients that send those of other versions. Who types one
/// would rather hear of it.
void warn_of_unknown_options(Client& client, const Plan& plan) {
  std::set<std::string> known{"input_format", "output_format", "engine", "engine_version", "timeout", "filename"};
  const auto is_known = [&](const auto& option) { return known.contains(std::string(option.key())); };
  if (std::ranges::all_of(plan.options, is_known)) return;
  const auto answer = client.get(
      "/v2/operations?alternatives=true&include=options&filter[operation]=convert"
      "&filter[output_format]=" +
      percent_encode(plan.to));
  if (!answer || answer->at("data").as_array().empty()) return;  // the conversion itself will say what is wrong
  for (const auto& record : answer->at("data").as_array()) {
    for (const auto& option : record.at("options").as_array()) known.insert(text_of(option, "name"));
  }
  for (const auto& option : plan.options) {
    if (!is_known(option))
      fmt::print(stderr, "warning: no option for {} is called {}; see recast operations --to {} --options\n", plan.to,
                 std::string(option.key()), plan.to);
  }
}

}  // namespace

int convert(const ConvertFlags& flags, const TargetFlags& target_flags) {
  const auto planned = plan(flags);
  if (!planned) return complain(planned.error());
  struct sigaction action {};
  action.sa_handler = [](int) { g_interrupted = 1; };
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  auto target = open_or_embed(target_flags);
  if (!target) return complain(target.error());
  Client first(target->endpoint);  // initialises libcurl before there are threads
  warn_of_unknown_options(first, *planned);
  Results results;
  {
    Progress progress(flags.quiet || flags.json ? Progress::Style::none : Progress::fitting(), planned->items.size());
    std::atomic<std::size_t> next = 0;
    const auto wanted = flags.parallel > 0 ? static_cast<std::size_t>(flags.parallel)
                                           : std::max<std::size_t>(2, std::thread::hardware_concurrency());
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(wanted, planned->items.size()); ++i) {
      threads.emplace_back([&] { work(target->endpoint, *planned, flags.overwrite, next, progress, results); });
    }
  }
  if (flags.json) print_json(results.rows);
  return g_interrupted != 0 ? kInterrupted : results.status;
}

}  // namespace recast::cli
