// recast: the command line.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>

#include "audit.hpp"
#include "commands.hpp"
#include "completion.hpp"
#include "limits.hpp"
#include "notices.hpp"
#include "oauth.hpp"
#include "presets.hpp"
#include "sandbox.hpp"
#include "signed_urls.hpp"
#include "users.hpp"
#include "webhooks.hpp"

namespace recast::cli {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  recast convert report.docx report.pdf\n"
    "  recast convert *.png --to webp --out web/ --set quality=80\n"
    "  curl -s URL | recast convert - --from html page.pdf\n"
    "  recast operations --from docx\n\n"
    "Server: --server and --key, or RECAST_URL and RECAST_API_KEY. Without one, convert and operations start a "
    "private\n"
    "server for the moment, which leaves nothing behind.\n"
    "Exit status: 0 done, 1 a conversion failed, 2 wrong usage, 3 server not reachable or key refused, 4 a local "
    "file,\n"
    "130 interrupted.";

void add_convert(CLI::App& app, ConvertFlags& flags) {
  auto* const command = app.add_subcommand("convert", "Convert files");
  command->add_option("files", flags.files, "Inputs, and the output last unless --to is given; - is a pipe")
      ->required();
  command->add_option("--to,-t", flags.to, "Format to convert to, such as pdf");
  command->add_option("--from,-f", flags.from, "Format of the inputs; else by their extensions");
  command->add_option("--out,-o", flags.out, "Folder for the outputs; made if missing");
  command->add_option("--set,-s", flags.set, "Option of the conversion: name=value; see recast operations --options")
      ->allow_extra_args(false);
  command->add_option("--engine", flags.engine, "Engine to use");
  command->add_option("--engine-version", flags.engine_version, "Version of the engine");
  command->add_option("--parallel,-j", flags.parallel, "Files at once");
  command->add_flag("--overwrite", flags.overwrite, "Replace outputs that exist");
  command->add_flag("--json", flags.json, "Print what was written as JSON");
  command->add_flag("--quiet,-q", flags.quiet, "Say nothing but errors");
}

void add_jobs(CLI::App& app, ListFlags& list, std::string& id, bool& json) {
  auto* const jobs = app.add_subcommand("jobs", "Watch and end jobs of a server");
  jobs->require_subcommand(1);
  auto* const all = jobs->add_subcommand("list", "List jobs, newest first");
  all->add_option("--status", list.status, "Only of this status")
      ->check(CLI::IsMember({"waiting", "processing", "finished", "error"}));
  all->add_option("--tag", list.tag, "Only with this tag");
  all->add_option("--page", list.page, "Page, from 1");
  all->add_flag("--json", list.json, "As JSON");
  for (const auto& [name, doc] :
       {std::pair("show", "Show a job and its tasks"), std::pair("wait", "Wait until a job has ended"),
        std::pair("cancel", "Cancel a job's tasks"), std::pair("delete", "Delete a job and its files")}) {
    auto* const command = jobs->add_subcommand(name, doc);
    command->add_option("id", id, "Id of the job")->required();
    if (std::string_view(name) == "show" || std::string_view(name) == "wait")
      command->add_flag("--json", json, "As JSON");
  }
}

struct Accounts {
  KeyFlags key;
  QuotaFlags quota;
  std::string id;
};

void add_accounts(CLI::App& app, Accounts& accounts, bool& json) {
  auto* const keys = app.add_subcommand("keys", "Your API keys");
  keys->require_subcommand(1);
  auto* const create = keys->add_subcommand("create", "Make a key; it is shown once");
  create->add_option("--name", accounts.key.name, "What it is for");
  create->add_option("--mode", accounts.key.mode, "Where it is good")
      ->check(CLI::IsMember({"both", "live", "sandbox"}));
  create->add_option("--expires-in", accounts.key.expires_in, "Seconds after which it is worth nothing");
  create->add_option("--scope", accounts.key.scopes, "A scope such as task.read; all of your own if none is named");
  accounts.quota.add(*create, "quota-");
  create->add_flag("--json", json, "As JSON");
  keys->add_subcommand("list", "List keys")->add_flag("--json", json, "As JSON");
  keys->add_subcommand("revoke", "Revoke a key")->add_option("id", accounts.id, "Number of the key")->required();

  auto* const secrets = app.add_subcommand("secrets", "What the server keeps sealed (administrators only)");
  secrets->require_subcommand(1);
  secrets->add_subcommand("rotate", "Seal everything anew with a new key, and forget the old one")
      ->add_flag("--json", json, "As JSON");
}

int dispatch(const CLI::App& app, const ConvertFlags& convert_flags, const OperationsFlags& operations_flags,
             const ListFlags& list, const std::string& id, bool json, const Accounts& accounts,
             const std::string& shell, const TargetFlags& target) {
  const auto chosen = [&](const char* group, const char* name) {
    return app.get_subcommand(group)->got_subcommand(name);
  };
  if (app.got_subcommand("convert")) return convert(convert_flags, target);
  if (app.got_subcommand("operations")) return operations(operations_flags, target);
  if (app.got_subcommand("formats")) return formats(target);
  if (app.got_subcommand("completion")) return print_completion(app, shell);
  if (app.got_subcommand("jobs")) {
    if (chosen("jobs", "list")) return jobs_list(list, target);
    if (chosen("jobs", "show")) return jobs_show(id, json, target);
    if (chosen("jobs", "wait")) return jobs_wait(id, json, target);
    return chosen("jobs", "cancel") ? jobs_cancel(id, target) : jobs_delete(id, target);
  }
  if (app.got_subcommand("keys")) {
    if (chosen("keys", "create")) return keys_create(accounts.key, accounts.quota.object(), json, target);
    return chosen("keys", "list") ? keys_list(json, target) : keys_revoke(accounts.id, target);
  }
  return secrets_rotate(json, target);
}

bool is_command(const CLI::App& app, std::string_view name) {
  const auto commands = app.get_subcommands([](const auto*) { return true; });
  return std::ranges::any_of(commands, [name](const auto* command) { return command->get_name() == name; });
}

int run(int argc, char** argv) {
  CLI::App app("recast: converts files with a Recast server, or with a private one of its own");
  app.set_version_flag("--version", "recast " RECAST_VERSION);
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();
  TargetFlags target;
  app.add_option("--server", target.server, "URL of the server (RECAST_URL)");
  app.add_option("--key", target.key, "API key (RECAST_API_KEY)");
  app.add_option("--cacert", target.ca_file, "Further certificate authority, a PEM file (RECAST_CA_FILE)");
  app.add_flag("--insecure", target.insecure, "Do not check the server's certificate");
  app.add_flag("--verbose", target.verbose, "Show the private server's messages");

  ConvertFlags convert_flags;
  OperationsFlags operations_flags;
  ListFlags list;
  Accounts accounts;
  std::string id, shell;
  bool json = false;
  add_convert(app, convert_flags);
  auto* const operations_command = app.add_subcommand("operations", "What can become what, and with which options");
  operations_command->add_option("--from,-f", operations_flags.from, "Only of this input format");
  operations_command->add_option("--to,-t", operations_flags.to, "Only to this output format");
  operations_command->add_option("--operation", operations_flags.operation, "Only this operation, such as convert");
  operations_command->add_flag("--options", operations_flags.options, "With each pair's options");
  operations_command->add_flag("--json", operations_flags.json, "As JSON");
  app.add_subcommand("formats", "Every format: whether it is read or written, by which engine, or why not");
  add_jobs(app, list, id, json);
  add_accounts(app, accounts, json);
  const WebhookCommands webhooks(app);
  const SignedUrlCommands signed_urls(app);
  const PresetCommands presets(app);
  const SandboxCommands sandbox(app);
  const AuditCommands audit(app);
  const NoticeCommands notices(app);
  const OauthCommands oauth(app);
  const UserCommands users(app);
  const LimitCommands limits(app);
  app.add_subcommand("completion", "Print a completion script: recast completion bash > /etc/bash_completion.d/recast")
      ->add_option("shell", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    const std::string_view first(argc > 1 ? argv[1] : "");
    if (first.empty() || first.starts_with('-') || is_command(app, first)) return app.exit(error), kUsage;
    fmt::print(stderr, "recast: there is no command {}. Run with --help for more information.\n", first);
    return kUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  if (const auto status = webhooks.run(target)) return *status;
  if (const auto status = signed_urls.run(target)) return *status;
  if (const auto status = presets.run(target)) return *status;
  if (const auto status = sandbox.run(target)) return *status;
  if (const auto status = audit.run(target)) return *status;
  if (const auto status = notices.run(target)) return *status;
  if (const auto status = oauth.run(target)) return *status;
  if (const auto status = users.run(target)) return *status;
  if (const auto status = limits.run(target)) return *status;
  return dispatch(app, convert_flags, operations_flags, list, id, json, accounts, shell, target);
}

}  // namespace
}  // namespace recast::cli

int main(int argc, char** argv) {
  try {
    return recast::cli::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "recast: {}\n", error.what());
    return recast::cli::kFailed;
  }
}
