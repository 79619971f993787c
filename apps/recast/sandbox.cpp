#include "sandbox.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <boost/json/array.hpp>
#include <fstream>
#include <memory>

#include "ask.hpp"
#include "base/text.hpp"

namespace recast::cli {

namespace {

struct KnownFile {
  std::string_view md5, name;
};
/// What the official SDKs' own tests bring along. The Java suite's files are known by their hashes and kinds only.
constexpr std::array<KnownFile, 6> kSdkFiles{{
    {"53d6fe6b688c31c565907c81de625046", "SDKs: input.pdf"},
    {"99d4c165f77af02015aa647770286cf9", "SDKs: input.png"},
    {"07db6477193bf8313e8082a1e1b5eaf6", "Java SDK: first JPG"},
    {"7ef166ecc65949f6f2e7eb94a3dac0d4", "Java SDK: second JPG"},
    {"ccbb000ef5bd9dad0fab600d2fff02fb", "Java SDK: first ODT"},
    {"3a3b4d07338b51db19056a73a89a186b", "Java SDK: second ODT"},
}};

/// MD5 is what the service's whitelist is made of; nothing is protected by it.
Result<std::string> md5_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::error_code ignored;
  if (!stream || fs::is_directory(file, ignored))
    return fail(ErrorCode::invalid_filename, fmt::format("{} cannot be read.", file));
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!context || EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr) != 1)
    return fail(ErrorCode::internal, "MD5 is not to be had on this machine.");
  std::vector<char> buffer(1 << 16);
  while (stream) {
    stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) return fail(ErrorCode::invalid_filename, fmt::format("{} cannot be read.", file));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

json::object entry(std::string_view md5, std::string_view name) { return {{"md5", md5}, {"name", name}}; }

void print_files(const json::value& files) {
  for (const auto& one : files.as_array()) fmt::print("{}  {}\n", text_of(one, "md5"), text_of(one, "name"));
}

int allow(const TargetFlags& target, bool json, const std::string& path, json::array files) {
  const json::object body{{"files", std::move(files)}};
  return ask_server(
      target, json, [&](Client& client) { return client.post(path, body); }, print_files);
}

}  // namespace

SandboxCommands::SandboxCommands(CLI::App& app)
    : group_(app.add_subcommand("sandbox", "Files that may be used in the API's test mode")) {
  group_->require_subcommand(1);
  const auto command = [this](const char* name, const char* doc) {
    auto* const one = group_->add_subcommand(name, doc);
    one->add_option("--user", user_, "Number of another user (administrators only)");
    return one;
  };
  const auto allowing = [&](const char* name, const char* doc) {
    auto* const one = command(name, doc);
    one->add_flag("--json", json_, "As JSON");
    return one;
  };
  allowing("list", "List them with their MD5");
  allowing("allow", "Allow local files; only their MD5 is sent")->add_option("files", files_, "Files")->required();
  auto* const hashes = allowing("allow-md5", "Allow files by their MD5");
  hashes->add_option("md5", hashes_, "MD5 of each file")->required();
  hashes->add_option("--name", name_, "What they are called in lists");
  allowing("allow-sdk-files", "Allow the files that the official SDKs' own tests use");
  command("remove", "Allow files no longer")->add_option("md5", hashes_, "MD5 of each file")->required();
}

std::string SandboxCommands::path() const {
  return user_.empty() ? "/v2/sandbox/files" : fmt::format("/admin/v1/users/{}/sandbox-files", percent_encode(user_));
}

int SandboxCommands::allow_files(const TargetFlags& target) const {
  json::array list;
  for (const auto& file : files_) {
    const auto md5 = md5_of(file);
    if (!md5) return complain(md5.error());
    list.push_back(entry(*md5, fs::path(file).filename().string()));
  }
  return allow(target, json_, path(), std::move(list));
}

/// One after the other; the first that is not there ends it.
int SandboxCommands::remove(const TargetFlags& target) const {
  for (const auto& md5 : hashes_) {
    if (const int status = remove_at_server(target, fmt::format("{}/{}", path(), percent_encode(md5))); status != kOk)
      return status;
  }
  return kOk;
}

std::optional<int> SandboxCommands::run(const TargetFlags& target) const {
  if (!group_->parsed()) return std::nullopt;
  const auto chosen = [&](const char* name) { return group_->got_subcommand(name); };
  if (chosen("list")) return list_at_server(target, json_, path(), print_files);
  if (chosen("allow")) return allow_files(target);
  if (chosen("remove")) return remove(target);
  json::array list;
  if (chosen("allow-sdk-files")) {
    for (const auto& file : kSdkFiles) list.push_back(entry(file.md5, file.name));
  } else {
    for (const auto& md5 : hashes_) list.push_back(entry(md5, name_));
  }
  return allow(target, json_, path(), std::move(list));
}

}  // namespace recast::cli
