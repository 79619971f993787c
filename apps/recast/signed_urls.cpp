#include "signed_urls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "account/signed_url.hpp"
#include "ask.hpp"
#include "base/text.hpp"
#include "schema/body.hpp"

namespace recast::cli {

namespace {

constexpr std::string_view kPath = "/v2/signed-urls";

void print_base(const json::value& base) {
  fmt::print("{}  {}\n  base {}\n  signing secret {}\n", text_of(base, "id"), text_of(base, "name"),
             text_of(base, "base"), text_of(base, "signing_secret"));
}

void print_bases(const json::value& bases) {
  for (const auto& base : bases.as_array()) {
    fmt::print("{}  {:<20}  {}\n", text_of(base, "id"), text_of(base, "name"), text_of(base, "base"));
  }
}

/// Of a file, or of standard input.
Result<std::string> read_job(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream stream(file);
  if (!stream) return fail(ErrorCode::not_found, fmt::format("{} cannot be read", file));
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace

SignedUrlCommands::SignedUrlCommands(CLI::App& app)
    : group_(app.add_subcommand("signed-urls", "Addresses that are conversions: a GET is a job")) {
  group_->require_subcommand(1);
  const auto command = [this](const char* name, const char* doc) {
    auto* const one = group_->add_subcommand(name, doc);
    one->add_flag("--json", json_, "As JSON");
    return one;
  };
  command("create", "Make a base with a signing secret")->add_option("name", name_, "What it is for")->required();
  command("list", "List bases");
  command("rotate-secret", "Make a new secret; what was signed with the former one is worth nothing any more")
      ->add_option("id", id_, "Id of the base")
      ->required();
  command("delete", "Remove a base")->add_option("id", id_, "Id of the base")->required();
  auto* const sign = command("sign", "Print the address of a job");
  sign->add_option("id", id_, "Id of the base")->required();
  sign->add_option("job", job_file_, "File with the job's body as JSON; - is standard input");
  sign->add_option("--cache-key", cache_key_, "Use the result again under this key");
}

int SignedUrlCommands::sign(const TargetFlags& target) const {
  const auto text = read_job(job_file_);
  if (!text) return complain(text.error());
  if (const auto body = schema::parse_body(*text); !body) return complain(body.error());
  bool found_base = false;
  const int status = list_at_server(target, false, std::string(kPath), [&](const json::value& bases) {
    const auto& all = bases.as_array();
    const auto* const found = std::ranges::find_if(all, [&](const auto& one) { return text_of(one, "id") == id_; });
    if (found == all.end()) {
      fmt::print(stderr, "recast: there is no base {}\n", id_);
      return;
    }
    found_base = true;
    auto job = to_base64(*text);
    for (auto& c : job) c = c == '+' ? '-' : c == '/' ? '_' : c;
    auto url = fmt::format("{}?job={}", text_of(*found, "base"), job.substr(0, job.find('=')));
    if (!cache_key_.empty()) url += "&cache_key=" + cache_key_;
    fmt::print("{}&s={}\n", url, account::signature_of(text_of(*found, "signing_secret"), url));
  });
  return status != kOk || found_base ? status : static_cast<int>(kFailed);
}

std::optional<int> SignedUrlCommands::run(const TargetFlags& target) const {
  if (!group_->parsed()) return std::nullopt;
  const auto one = fmt::format("{}/{}", kPath, percent_encode(id_));
  const auto chosen = [&](const char* name) { return group_->got_subcommand(name); };
  if (chosen("create")) {
    const json::object body{{"name", name_}};
    return ask_server(
        target, json_, [&](Client& client) { return client.post(kPath, body); }, print_base);
  }
  if (chosen("list")) return list_at_server(target, json_, std::string(kPath), print_bases);
  if (chosen("rotate-secret")) {
    return ask_server(
        target, json_, [&](Client& client) { return client.post(one + "/rotate-secret", json::object()); }, print_base);
  }
  return chosen("sign") ? sign(target) : remove_at_server(target, one);
}

}  // namespace recast::cli
